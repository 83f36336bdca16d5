import { z } from 'zod'
import type { Facts } from '../../core/model/problem.ts'

/** What was seen, as JSON: it is made by belay and read by people, so its shape is not promised. */
export const factsSchema = z.custom<Facts>((value) => typeof value === 'object' && value !== null)

/** Lists are handed on as they are: nobody who is given one may change it. */
export const listOf = <S extends z.ZodType>(item: S) => z.array(item).readonly()

/** ISO 8601. */
export const timeSchema = z.string()
