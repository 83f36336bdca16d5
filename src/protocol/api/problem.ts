import { z } from 'zod'
import { factsSchema } from './json.ts'

/** RFC 9457, with the stable `code` and the `hint` of every failure of belay. */
export const problemDocumentSchema = z.object({
  /** A relative address: the page of the code in the documents. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  hint: z.string().nullable(),
  retryable: z.boolean(),
  facts: factsSchema,
})
export type ProblemDocument = Readonly<z.infer<typeof problemDocumentSchema>>
