import { fail } from '../model/problem.ts'
import { digestSchema } from '../model/names.ts'
import type { Digest } from '../model/names.ts'

/** A checksum file is a list of names; one of more than this is something else. */
export const checksumFileBytesMax = 1024 * 1024

const hex = '[0-9a-fA-F]{64}'
const sumLine = new RegExp(`^\\\\?(${hex})[ \\t]+\\*?(.+)$`)
const bsdLine = new RegExp(`^SHA(?:2-)?256 ?\\((.+)\\) ?= ?(${hex})$`, 'i')
const bareLine = new RegExp(`^(${hex})$`)

/**
 * The SHA-256 that a checksum file states for `fileName`, or null when it says nothing about it. Understood are the lines
 * of `sha256sum` (text and binary) and of BSD, and a digest alone where the file is about one file by its own name
 * (`checksumName` = `<fileName>.sha256`). E_CHECKSUM_MISMATCH when it states two different ones: then neither counts.
 */
export function digestFromChecksumFile(text: string, fileName: string, checksumName: string): Digest | null {
  const aboutOne = checksumName.toLowerCase().startsWith(`${fileName.toLowerCase()}.`)
  const found = new Set<string>()
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    const stated = readLine(line.trim(), aboutOne ? fileName : null)
    if (stated !== null && stated.name === fileName) found.add(stated.digest.toLowerCase())
  }
  if (found.size > 1) throw conflicting(fileName, checksumName, [...found])
  const [digest] = found
  return digest === undefined ? null : digestSchema.parse(`sha256:${digest}`)
}

function readLine(line: string, own: string | null): { readonly name: string; readonly digest: string } | null {
  const bsd = bsdLine.exec(line)
  if (bsd !== null) return { name: baseName(bsd[1] ?? ''), digest: bsd[2] ?? '' }
  const bare = bareLine.exec(line)
  if (bare !== null) return own === null ? null : { name: own, digest: bare[1] ?? '' }
  const sum = sumLine.exec(line)
  return sum === null ? null : { name: baseName(sum[2] ?? ''), digest: sum[1] ?? '' }
}

/** Only a leading `./` is left out: `linux/app.zip` and `windows/app.zip` may stand in one list. */
const baseName = (name: string): string => name.trim().replace(/^(?:\.\/)+/, '')

function conflicting(fileName: string, checksumName: string, digests: readonly string[]) {
  return fail('E_CHECKSUM_MISMATCH', `${checksumName} states ${digests.length} different checksums for ${fileName}`, {
    hint: 'The release is published wrongly, or someone changed it: ask its publisher before installing it.',
    facts: { file: fileName, checksums: checksumName, digests: [...digests] },
  })
}
