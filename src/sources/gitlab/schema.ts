import { z } from 'zod'
import { addressKey, dateText, notesText, releaseKeys, tagText, titleText } from '../../core/release/spec.ts'
import { tokenKeys } from '../../host/secrets.ts'

const projectKey = z.union([
  z.string().regex(/^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/, 'write group/name, or the number of the project'),
  z.int().positive().transform(String),
])

/** `repo` and `project` are one thing under two names; `url` is the server, `api` its API where that is elsewhere. */
export const gitlabConfigSchema = z
  .strictObject({
    type: z.literal('gitlab'),
    repo: projectKey.optional().describe('group/name of the project; this or project.'),
    project: projectKey.optional().describe('The number of the project, or group/name; this or repo.'),
    ...releaseKeys,
    url: addressKey.prefault('https://gitlab.com').describe('The server.'),
    api: addressKey.optional().describe('The address of its API. Left out: /api/v4 of the server.'),
    ...tokenKeys,
  })
  .refine((config) => (config.repo === undefined) !== (config.project === undefined), {
    message: 'give either repo (group/name) or project (its number)',
    path: ['repo'],
  })
export type GitlabConfig = z.infer<typeof gitlabConfigSchema>

export const gitlabReleaseSchema = z.object({
  tag_name: tagText,
  name: titleText.nullish(),
  description: notesText.nullish(),
  released_at: dateText.nullish(),
  upcoming_release: z.boolean().nullish(),
  _links: z.object({ self: z.url().nullish() }).nullish(),
  assets: z
    .object({
      links: z
        .array(z.object({ name: z.string().max(300), url: z.url(), direct_asset_url: z.url().nullish() }))
        .max(1000)
        .default([]),
      sources: z
        .array(z.object({ format: z.string(), url: z.url() }))
        .max(20)
        .default([]),
    })
    .default({ links: [], sources: [] }),
})
export type GitlabRelease = z.infer<typeof gitlabReleaseSchema>
