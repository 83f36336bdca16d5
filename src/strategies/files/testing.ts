import { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'

/** For tests alone: services of any kind. */
export const anyService: z.ZodType<Spec> = z.object({ type: z.string() }).catchall(z.json())
