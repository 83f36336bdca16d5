import { z } from 'zod'
import {
  addressKey,
  assetKey,
  bytesCount,
  dateText,
  fileNameText,
  notesText,
  repoKey,
  tagKey,
  tagText,
  titleText,
} from '../../core/release/spec.ts'
import { tokenKeys } from '../../host/secrets.ts'

/** Gitea and Forgejo; `url` is the server, `api` its API where that is elsewhere. */
export const giteaConfigSchema = z.strictObject({
  type: z.literal('gitea'),
  repo: repoKey,
  asset: assetKey.optional(),
  tag: tagKey.optional(),
  prereleases: z.boolean().default(false),
  url: addressKey,
  api: addressKey.optional(),
  ...tokenKeys,
})
export type GiteaConfig = z.infer<typeof giteaConfigSchema>

export const giteaReleaseSchema = z.object({
  tag_name: tagText,
  name: titleText.nullish(),
  body: notesText.nullish(),
  html_url: z.url().nullish(),
  draft: z.boolean().default(false),
  prerelease: z.boolean().default(false),
  published_at: dateText.nullish(),
  zipball_url: z.url().nullish(),
  tarball_url: z.url().nullish(),
  assets: z
    .array(z.object({ name: fileNameText, size: bytesCount, browser_download_url: z.url() }))
    .max(1000)
    .nullish(),
})
export type GiteaRelease = z.infer<typeof giteaReleaseSchema>
