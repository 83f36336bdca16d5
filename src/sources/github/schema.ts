import { z } from 'zod'
import { githubShape } from '../../core/release/github-shape.ts'
import { addressKey, bytesCount, digestText, fileNameText, releaseKeys, repoKey } from '../../core/release/spec.ts'
import { tokenKeys } from '../../host/secrets.ts'

/** `api` is another one for GitHub Enterprise (`https://host/api/v3`) and for `belay release serve`. */
export const githubConfigSchema = z.strictObject({
  type: z.literal('github'),
  repo: repoKey.describe('owner/name.'),
  ...releaseKeys,
  api: addressKey
    .prefault('https://api.github.com')
    .describe('The address of the API; another one for GitHub Enterprise, such as https://host/api/v3.'),
  ...tokenKeys,
})
export type GithubConfig = z.infer<typeof githubConfigSchema>

export const githubAssetSchema = z.object({
  name: fileNameText,
  /** The API's own address of the asset: the only one that takes a token. */
  url: z.url(),
  browser_download_url: z.url(),
  size: bytesCount,
  /** `starter` while it is being uploaded, `open` when that failed. */
  state: z.string().default('uploaded'),
  digest: digestText.nullish(),
})
export type GithubAsset = z.infer<typeof githubAssetSchema>

export const githubReleaseSchema = z.object({
  ...githubShape,
  assets: z.array(githubAssetSchema).max(1000).default([]),
})
export type GithubRelease = z.infer<typeof githubReleaseSchema>
