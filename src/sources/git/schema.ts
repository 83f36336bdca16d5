import { z } from 'zod'
import { tokenKeys } from '../../host/secrets.ts'
import { parseRemote } from '../../host/git/remote.ts'

const commitsMax = 500
const namesMax = 200

/** A branch or a pattern of tags, as git takes names of references; never an option. */
const refText = z
  .string()
  .max(namesMax)
  .regex(/^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock$|[/.]$))[^\s~^:?[\\\p{Cc}]+$/u, 'write the name of a branch')

const branch = refText.refine((text) => !text.includes('*'), 'for tags write ref: { tags: "v*" }')
const tags = z.union([z.literal('*'), refText])

/** `ref: main`, `ref: { tags: "v*" }`, or the same in one text: `tags: v*`. */
const refKey = z.union(
  [
    z
      .string()
      .regex(/^tags:/)
      .transform((text) =>
        text
          .slice('tags:'.length)
          .trim()
          .replace(/^["']|["']$/g, ''),
      )
      .pipe(tags)
      .transform((pattern) => ({ tags: pattern })),
    branch,
    z.strictObject({ tags: tags.describe('A pattern of tags, such as "v*"; the newest version among them is taken.') }),
  ],
  { error: 'write a branch (ref: main), or tags (ref: { tags: "v*" })' },
)

export const gitConfigSchema = z.strictObject({
  type: z.literal('git'),
  url: z
    .string()
    .max(2000)
    .refine(
      (text) => parseRemote(text) !== null,
      'write https://…, ssh://…, git@host:path, file:///… or an absolute path, without a password: use token',
    )
    .describe('The repository, as git clone takes it.'),
  ref: refKey.optional().describe('The branch that is followed, or tags: { tags: "v*" }. Left out: its main branch.'),
  commits: z.int().min(1).max(commitsMax).default(30).describe('How many commits of a branch are listed.'),
  prereleases: z.boolean().default(false).describe('Whether tags of prereleases are offered.'),
  username: z.string().min(1).max(200).default('x-access-token').describe('The user name that goes with the token.'),
  ...tokenKeys,
})

export type GitConfig = z.infer<typeof gitConfigSchema>
