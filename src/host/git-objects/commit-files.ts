import { existsSync, readFileSync, statSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { attributesOf, type Attributes } from '../../core/files/attributes.ts'
import { checkedOut } from '../../core/files/eol.ts'
import { staysInside } from '../../core/files/link-target.ts'
import type { FetchChange } from '../../core/plan/step.ts'
import { contentPath } from '../file-set/set.ts'
import { atomicWrite } from '../tree/durable.ts'
import { formatOfId, sha256Of } from './blob-id.ts'
import { hashAll, type HashedFile, type ObjectFormat } from './work.ts'

/** What came for one path: a content in the set, or where a link leads. */
export type Fetched =
  | { readonly kind: 'file'; readonly sha256: string; readonly bytes: number; readonly crlf: boolean }
  | { readonly kind: 'link'; readonly target: string }

const linkBytesMax = 4096
/** Larger ones are no texts that somebody reads line by line. */
const textBytesMax = 64 * 1024 * 1024
const attributesBytesMax = 1024 * 1024

/** Whether a file on this host is the content that git knows by this id. What is no file is none. */
export function isBlob(file: string, blob: string): boolean {
  const [answer] = hashAll([{ path: file, sha256: null }], formatOfId(blob))
  return answer !== undefined && 'blob' in answer && answer.blob === blob
}

function read(file: string, format: ObjectFormat): HashedFile {
  const [answer] = hashAll([{ path: file, sha256: null }], format)
  if (answer !== undefined && 'blob' in answer) return answer
  throw Object.assign(new Error(`cannot read '${file}'`), { code: answer?.errno })
}

/** E_CHECKSUM_MISMATCH: what came is not what the commit has. */
export function assertBlob(file: string, path: string, { blob, commit }: { blob: string; commit: string }): void {
  const actual = read(file, formatOfId(blob)).blob
  if (actual === blob) return
  throw fail(
    'E_CHECKSUM_MISMATCH',
    `${path} is not what commit ${commit.slice(0, 12)} has: git calls that ${blob}, what came is ${actual}`,
    {
      hint: 'Nothing was changed. Try again; if it stays so, something on the way changes files: look for a proxy.',
      facts: { path, commit, expected: blob, actual },
    },
  )
}

/** Puts a proven content into the set as it shall stand on the disk; `file` is used up. */
export async function takeIn(
  set: string,
  { path, to, crlf }: FetchChange,
  file: string,
  attributes: (path: string) => Attributes,
): Promise<Fetched> {
  if (to?.mode === '120000') return { kind: 'link', target: await linkTarget(path, file) }
  const said = attributes(path)
  if ((crlf || said.eol === 'crlf') && statSync(file).size <= textBytesMax) {
    const content = await readFile(file)
    const written = checkedOut(content, said, crlf ? 'crlf' : 'as-is')
    if (written !== content) {
      const sha256 = sha256Of(written)
      await atomicWrite(contentPath(set, sha256), written, { mode: 0o600 })
      return { kind: 'file', sha256, bytes: written.length, crlf: true }
    }
  }
  const { sha256, bytes } = read(file, 'sha1')
  const place = contentPath(set, sha256)
  await (existsSync(place) ? rm(file) : rename(file, place))
  return { kind: 'file', sha256, bytes, crlf: false }
}

async function linkTarget(path: string, file: string): Promise<string> {
  const content = await readFile(file)
  const target = content.toString('utf8')
  const plain = content.length <= linkBytesMax && Buffer.from(target).equals(content)
  if (plain && staysInside(path, target)) return target
  throw fail('E_PATH_INVALID', `The link ${path} leads out of the tree${plain ? `, to "${target}"` : ''}.`, {
    hint: 'Nothing was changed. Links of a release may lead inside its tree alone.',
    facts: { path },
  })
}

/** Of the commit: where its `.gitattributes` were fetched, as they came; else as they stand in the tree. */
export function attributesIn(root: string, paths: readonly string[], fetched: ReadonlyMap<string, string>) {
  const texts = paths.flatMap((path) => {
    const text = attributesText(fetched.get(path) ?? join(root, path))
    return text === null ? [] : [[path, text] as const]
  })
  return attributesOf(new Map(texts))
}

function attributesText(file: string): string | null {
  try {
    const content = readFileSync(file)
    return content.length > attributesBytesMax ? null : content.toString('utf8')
  } catch (error) {
    // Kept out by the user, or a folder by now: then nothing is said about line ends.
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(error.code)))
      return null
    throw error
  }
}

/** A content that this host keeps, into the set; E_CHECKSUM_MISMATCH when it is not what it was. */
export async function takeCopy(set: string, content: string, sha256: string): Promise<void> {
  const place = contentPath(set, sha256)
  if (existsSync(place)) return
  const part = `${place}.part`
  await mkdir(join(set, 'new'), { recursive: true, mode: 0o700 })
  await copyFile(content, part)
  const actual = read(part, 'sha1').sha256
  if (actual !== sha256) {
    throw fail('E_CHECKSUM_MISMATCH', `${content} is not what was kept: it was ${sha256}, and is ${actual}`, {
      hint: 'That version cannot be gone back to. Name a published one: belay rollback NAME --to COMMIT.',
      facts: { path: content, expected: sha256, actual },
    })
  }
  await rename(part, place)
}
