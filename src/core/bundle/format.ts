import { z } from 'zod'
import { digestSchema } from '../model/names.ts'
import type { Release } from '../model/release.ts'
import { bytesCount, dateText, digestText, fileNameText, notesText, tagText, titleText } from '../release/spec.ts'

/**
 * A bundle is one plain tar for a host without a network: `bundle.json` first, then every file that it lists, in its
 * order, each 512-byte block as `tarHeader` makes it and nothing else. Nobody signs the list: it finds files and notices
 * damage, and what is in the files is proven as if it had come from the source.
 */
export const listName = 'bundle.json'
export const listBytesMax = 4 * 1024 * 1024
export const filesMax = 10_000
/** What a plain tar can say of one file. */
export const fileBytesMax = 8 ** 11 - 1

const part = /^[A-Za-z0-9][A-Za-z0-9._+@=~%-]*$/

/** Where a file lies in the bundle. It unpacks below the folder it is unpacked in, whoever does that. */
export const isEntryPath = (path: string): boolean =>
  path.length <= 240 && path.split('/').every((name) => part.test(name))

const entryPath = z.string().refine(isEntryPath, 'is no path inside a bundle')
const platformText = z.string().regex(/^[a-z0-9]+-[a-z0-9]+$/)

/** `url`: where the source has it; below the address of a signed repository, the path from there. */
const fileSchema = z.object({
  path: entryPath,
  bytes: bytesCount.max(fileBytesMax),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  url: z.string().max(4096),
})
export type BundleFile = z.infer<typeof fileSchema>

const artifactSchema = z.object({
  name: fileNameText.or(z.string().max(512)),
  url: z.string().max(4096),
  bytes: bytesCount.nullable(),
  digest: digestText.nullable(),
})

/** As the source described it, but for what it proved: a list that nobody signed proves nothing. */
const releaseSchema = z.object({
  version: tagText,
  tag: tagText,
  title: titleText.nullable(),
  notes: notesText.nullable(),
  url: z.string().max(4096).nullable(),
  publishedAt: dateText.nullable(),
  prerelease: z.boolean(),
  artifact: artifactSchema.nullable(),
  checksums: z.array(artifactSchema).max(100),
  assets: z.array(z.string().max(255)).max(1000),
  files: z.array(artifactSchema).max(1000).default([]),
})

/** `atRoot`: files of its repository. `blobs`: what an image is made of, the manifest that its digest names first. */
const carriedSchema = z.object({
  platform: platformText,
  release: releaseSchema,
  atRoot: z.array(artifactSchema).max(10),
  blobs: z.array(digestSchema).max(1100),
})

/** `source.describe` is the source in words (`github owner/app`): a bundle of one is not taken for another. */
export const bundleListSchema = z.object({
  v: z.literal(1),
  source: z.object({ type: z.string().max(64), describe: z.string().max(1000) }),
  version: tagText,
  /** One for each platform that it is for; the files may be the same. */
  releases: z.array(carriedSchema).max(100),
  files: z.array(fileSchema).max(filesMax),
})
export type BundleList = z.infer<typeof bundleListSchema>

/** What of a release is written down: never its proof, which the source gives anew from the files. */
export function carried(release: Release): BundleList['releases'][number]['release'] {
  return releaseSchema.parse(release)
}
