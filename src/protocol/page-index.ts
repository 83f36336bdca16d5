import { z } from 'zod'

const encodingSchema = z.enum(['br', 'gzip'])

/** Written by the build of the page beside its files, read by the agent that serves them. */
export const pageIndexSchema = z.object({
  /** Of everything the page was built from: a build with the same one need not be made again. */
  sources: z.string(),
  files: z.record(
    z.string().startsWith('/'),
    z.object({
      type: z.string(),
      hash: z.string(),
      immutable: z.boolean(),
      /** How large it is as it stands, and in each form it is packed in. */
      bytes: z.int(),
      packed: z.partialRecord(encodingSchema, z.int()),
    }),
  ),
})
export type PageIndex = Readonly<z.infer<typeof pageIndexSchema>>

/** In the folder of the page; never served. */
export const pageIndexName = 'files.json'
export const packedSuffix = { br: '.br', gzip: '.gz' } as const
