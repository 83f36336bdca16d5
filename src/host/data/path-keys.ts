import { z } from 'zod'

const pattern = z.string().min(1).max(1000)
const patterns = z.array(pattern).max(1000)

/** Config keys of every kind of data that is a tree of files: which of it is saved, and what of that may be missing. */
export const pathKeys = {
  include: patterns
    .default([])
    .describe('Patterns of what is saved, by segment from the folder on. Empty: everything.'),
  exclude: patterns
    .default([])
    .describe('Patterns of what is not saved, and stays as it is when a backup is restored.'),
  optional: z
    .union([z.boolean(), patterns])
    .default(false)
    .describe('What may be missing or unreadable: all of it (true), or what these patterns match.'),
}

const selectedSchema = z.object(pathKeys)

/** A folder or a file, and what of it is saved. */
export type PathData = z.infer<typeof selectedSchema> & { readonly path: string }
