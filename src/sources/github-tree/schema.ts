import { z } from 'zod'
import { addressKey, bytesCount, dateText, notesText, repoKey } from '../../core/release/spec.ts'
import { tokenKeys } from '../../host/secrets.ts'

/** What git takes for a branch (git-check-ref-format), and no more than one line of it. */
const branchKey = z
  .string()
  .min(1)
  .max(255)
  .refine(
    (text) => !/[\s~^:?*[\\\u0000-\u001f\u007f]|\.\.|@\{|^[-/]|\/$|\/\/|\.lock$/.test(text),
    'write the name of a branch',
  )

/** `api` is another one for GitHub Enterprise (`https://host/api/v3`). */
export const githubTreeSchema = z.strictObject({
  type: z.literal('github-tree'),
  repo: repoKey.describe('owner/name.'),
  branch: branchKey.optional().describe("The branch that is followed. Left out: the repository's own default."),
  commits: z.int().min(1).max(100).default(30).describe('How many of the newest commits are listed.'),
  api: addressKey
    .prefault('https://api.github.com')
    .describe('The address of the API; another one for GitHub Enterprise, such as https://host/api/v3.'),
  ...tokenKeys,
})
export type GithubTreeConfig = z.infer<typeof githubTreeSchema>

const objectId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'must be an object id')

export const commitSchema = z.object({
  sha: objectId,
  html_url: z.url().nullish(),
  commit: z.object({
    message: notesText,
    committer: z.object({ date: dateText.nullish() }).nullish(),
  }),
})
export type Commit = z.infer<typeof commitSchema>

/** Only what is used of it: this much is kept in the cache. */
export const treeSchema = z.object({
  truncated: z.boolean().default(false),
  tree: z
    .array(
      z.object({
        path: z.string().min(1),
        mode: z.string(),
        type: z.enum(['blob', 'tree', 'commit']),
        sha: objectId,
        size: bytesCount.nullish(),
      }),
    )
    .max(200_000),
})
export type Tree = z.infer<typeof treeSchema>
