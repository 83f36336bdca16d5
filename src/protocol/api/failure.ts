import { z } from 'zod'
import { problemCodes } from '../../core/model/codes.ts'
import { factsSchema } from './json.ts'

/** A failure as part of an answer: what happened, and what to do next. */
export const failureSchema = z.object({
  code: z.enum(problemCodes),
  message: z.string(),
  hint: z.string().nullable(),
  retryable: z.boolean(),
  facts: factsSchema,
})
export type Failure = Readonly<z.infer<typeof failureSchema>>
