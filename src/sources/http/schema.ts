import { z } from 'zod'
import {
  bytesCount,
  dateText,
  digestText,
  fileNameText,
  notesText,
  releaseKeys,
  tagText,
  titleText,
  urlKey,
} from '../../core/release/spec.ts'
import { tokenKeys } from '../../host/secrets.ts'

/** `url` is the feed itself: a file on any web server, or something that answers like one. */
export const httpConfigSchema = z.strictObject({
  type: z.literal('http'),
  url: urlKey.describe('The address of the feed: a JSON file on any web server, or what an update server answers.'),
  ...releaseKeys,
  ...tokenKeys,
})
export type HttpConfig = z.infer<typeof httpConfigSchema>

/** An address that may be relative to the feed's. */
const reference = z.string().min(1).max(4096)

const feedFileSchema = z.object({
  name: fileNameText.optional(),
  download_url: reference,
  sha256: digestText.nullish(),
  size: bytesCount.nullish(),
})

/** The update server's own shape, and what `belay release serve` adds to it. */
export const feedItemSchema = z.object({
  version: tagText,
  release_date: dateText.nullish(),
  release_notes: notesText.nullish(),
  download_url: reference.nullish(),
  sha256: digestText.nullish(),
  size: bytesCount.nullish(),
  prerelease: z.boolean().nullish(),
  /** Where a release has several files; `download_url` is then the one for who reads no further. */
  assets: z.array(feedFileSchema).max(1000).nullish(),
})
export type FeedItem = z.infer<typeof feedItemSchema>

/** GitHub's release, as little of it as the seed's example has. */
export const githubItemSchema = z.object({
  tag_name: tagText,
  name: titleText.nullish(),
  body: notesText.nullish(),
  html_url: z.string().nullish(),
  draft: z.boolean().nullish(),
  prerelease: z.boolean().nullish(),
  published_at: dateText.nullish(),
  zipball_url: reference.nullish(),
  tarball_url: reference.nullish(),
  assets: z
    .array(
      z.object({
        name: fileNameText,
        browser_download_url: reference,
        size: bytesCount.nullish(),
        digest: digestText.nullish(),
      }),
    )
    .max(1000)
    .nullish(),
})
export type GithubItem = z.infer<typeof githubItemSchema>

export const gitlabItemSchema = z.object({
  tag_name: tagText,
  name: titleText.nullish(),
  description: notesText.nullish(),
  released_at: dateText.nullish(),
  upcoming_release: z.boolean().nullish(),
  assets: z
    .object({
      links: z
        .array(z.object({ name: z.string(), url: reference, direct_asset_url: reference.nullish() }))
        .max(1000)
        .default([]),
      sources: z
        .array(z.object({ format: z.string(), url: reference }))
        .max(20)
        .default([]),
    })
    .nullish(),
})
export type GitlabItem = z.infer<typeof gitlabItemSchema>
