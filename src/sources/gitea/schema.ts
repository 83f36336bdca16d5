import { z } from 'zod'
import { githubShape } from '../../core/release/github-shape.ts'
import { addressKey, bytesCount, fileNameText, releaseKeys, repoKey } from '../../core/release/spec.ts'
import { tokenKeys } from '../../host/secrets.ts'

/** Gitea and Forgejo; `url` is the server, `api` its API where that is elsewhere. */
export const giteaConfigSchema = z.strictObject({
  type: z.literal('gitea'),
  repo: repoKey.describe('owner/name.'),
  ...releaseKeys,
  url: addressKey.describe('The server, such as https://codeberg.org.'),
  api: addressKey.optional().describe('The address of its API. Left out: /api/v1 of the server.'),
  ...tokenKeys,
})
export type GiteaConfig = z.infer<typeof giteaConfigSchema>

export const giteaReleaseSchema = z.object({
  ...githubShape,
  assets: z
    .array(z.object({ name: fileNameText, size: bytesCount, browser_download_url: z.url() }))
    .max(1000)
    .nullish(),
})
export type GiteaRelease = z.infer<typeof giteaReleaseSchema>
