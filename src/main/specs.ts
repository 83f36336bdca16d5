import { z } from 'zod'
import type { Spec } from '../core/model/names.ts'

/** A spec of any kind, as it was written. */
export const anySpec: z.ZodType<Spec> = z.object({ type: z.string() }).catchall(z.json())
