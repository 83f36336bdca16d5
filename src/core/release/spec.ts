import { z } from 'zod'
import { digestSchema } from '../model/names.ts'
import { cleanText } from './text.ts'

/** Pieces of schemas that several sources share: config keys, and what any of them says about a release. */

export const assetKey = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => !/[/\\]/.test(text), 'an asset is a file name: leave out folders')
  .refine(
    (text) => !/\{(?!(?:version|tag|os|arch)\})/.test(text),
    'use only {version}, {tag}, {os} and {arch} in braces',
  )

export const tagKey = z
  .string()
  .max(255)
  .refine((text) => text.split('{version}').length === 2, 'write {version} once, as in "core-v{version}"')

/** What every source of releases is told about which of them, and which of their files, are meant. */
export const releaseKeys = {
  asset: assetKey
    .optional()
    .describe(
      'Which file of a release: a name with {version}, {tag}, {os}, {arch}, * or ?; or source-zip, source-tar. Left out: the one archive for this platform.',
    ),
  tag: tagKey
    .optional()
    .describe(
      'How tags hold the version, such as "core-v{version}"; others are passed over. Left out: the version, with or without a v.',
    ),
  prereleases: z.boolean().default(false).describe('Whether prereleases are offered.'),
}

export const repoKey = z
  .string()
  .regex(/^[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+$/, 'write owner/name')
  .refine((text) => text.split('/').every((part) => !/^\.+$/.test(part)), 'write owner/name')

/** A whole address. Plain http is refused when it is used, unless its host is allowed. */
export const urlKey = z
  .url({ protocol: /^https?$/, error: 'write a whole address, beginning with https://' })
  .refine((text) => URL.parse(text)?.username === '', 'leave user and password out: use token')

/** A base address, without the slash at its end. */
export const addressKey = urlKey.transform((text) => text.replace(/\/+$/, ''))

/** A tag or version as text: it is shown, compared and made part of names, so nothing but visible characters. */
export const tagText = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cf}\p{Z}]+$/u, 'must be visible characters without spaces')

/** A plain file name: it becomes the name of the download. */
export const fileNameText = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cf}/\\]+$/u, 'must be a plain file name')
  .refine((name) => name !== '.' && name !== '..', 'must be a plain file name')

export const isFileName = (text: string): boolean => fileNameText.safeParse(text).success

export const titleText = z.string().transform((text) => cleanText(text, 300))
export const notesText = z.string().transform((text) => cleanText(text, 65_536))

/** ISO 8601; null where the text is no date: a wrong date makes no release unusable. */
export const dateText = z.string().transform((text) => {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
})

export const bytesCount = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 50)

/** `sha256:<hex>` or the hex alone; digests of other algorithms are null: nothing here compares them. */
export const digestText = z
  .string()
  .transform((text) => (/^[0-9a-f]{64}$/i.test(text) ? `sha256:${text}` : text))
  .transform((text) => (/^sha256:/i.test(text) ? text : null))
  .pipe(digestSchema.nullable())
