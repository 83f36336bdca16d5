import { lstat, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { fail } from '../../core/model/problem.ts'
import { fileNameText, isFileName, tagText } from '../../core/release/spec.ts'
import { versionOfTag } from '../../core/release/tag.ts'
import type { Digests } from './digests.ts'
import { isChecksumList, versionInName } from './naming.ts'
import { looksLikePrerelease, newestFirst } from './order.ts'
import type { ServedFile, ServedRelease } from './served.ts'

/**
 * A folder of releases, read anew at each question so that a file dropped into it is a release at once:
 *
 *   DIR/1.2.0/ or DIR/v1.2.0/     one release: its files, with
 *     release.json                (optional) {tag, version, name, notes, prerelease, draft, published_at}
 *     NOTES.md                    (optional) its notes
 *   DIR/app-1.2.0.tar.gz          or flat: files with a version in their name, one release for each version;
 *   DIR/SHA256SUMS                a checksum list beside them is part of all
 *   DIR/<owner>/<repo>/…          either of the two for this repository alone
 *
 * Links are not followed and names that begin with a dot are left out. A file is never looked for by a path made from a
 * request: requests choose from what was found here, so there is no path to walk out by.
 */
export interface ReleaseFolder {
  /** null: there is no such repository. */
  releases(repo: RepoName | null): Promise<readonly ServedRelease[] | null>
}

export interface RepoName {
  readonly owner: string
  readonly repo: string
}

const metadataBytesMax = 1024 * 1024

const metadataSchema = z.strictObject({
  tag: tagText.optional(),
  version: tagText.optional(),
  name: z.string().max(300).optional(),
  notes: z.string().optional(),
  prerelease: z.boolean().optional(),
  draft: z.boolean().optional(),
  published_at: z.union([z.iso.datetime({ offset: true }), z.iso.date()]).optional(),
})
type Metadata = z.infer<typeof metadataSchema>

const descriptions: ReadonlySet<string> = new Set(['release.json', 'NOTES.md'])

export function openFolder(dir: string, digests: Digests): ReleaseFolder {
  return {
    releases: async (repo) => {
      const own = repo === null ? null : await ownFolder(dir, repo)
      return await readFolder(own ?? dir, digests)
    },
  }
}

/** DIR/<owner>/<repo> where it is there; any other repository is answered with DIR itself. */
async function ownFolder(dir: string, { owner, repo }: RepoName): Promise<string | null> {
  if (!isFileName(owner) || !isFileName(repo)) return null
  for (const path of [join(dir, owner), join(dir, owner, repo)]) {
    const stat = await lstat(path).catch(() => null)
    if (stat === null || !stat.isDirectory()) return null
  }
  return join(dir, owner, repo)
}

async function readFolder(dir: string, digests: Digests): Promise<readonly ServedRelease[]> {
  const { files, folders } = await entriesOf(dir, digests)
  const named = await Promise.all(folders.filter(isTag).map((name) => readRelease(join(dir, name), name, digests)))
  return [...named.filter((release) => release !== null), ...flatReleases(files)].toSorted(newestFirst)
}

const isTag = (name: string): boolean => tagText.safeParse(name).success

async function entriesOf(dir: string, digests: Digests) {
  const entries = (await readdir(dir, { withFileTypes: true })).filter((entry) => !entry.name.startsWith('.'))
  const plain = entries.filter((entry) => entry.isFile() && fileNameText.safeParse(entry.name).success)
  return {
    folders: entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
    files: await Promise.all(plain.map((entry) => servedFile(dir, entry.name, digests))),
  }
}

async function servedFile(dir: string, name: string, digests: Digests): Promise<ServedFile> {
  const path = join(dir, name)
  const stat = await lstat(path)
  const stamp = { bytes: stat.size, modifiedMs: Math.round(stat.mtimeMs) }
  return { name, path, ...stamp, digest: await digests.of(path, stamp) }
}

/** null: a draft, or a folder that holds no file (an owner's). */
async function readRelease(dir: string, folder: string, digests: Digests): Promise<ServedRelease | null> {
  const { files } = await entriesOf(dir, digests)
  if (files.length === 0) return null
  const metadata = await readMetadata(files.find((file) => file.name === 'release.json') ?? null)
  if (metadata.draft === true) return null
  const tag = metadata.tag ?? folder
  const version = metadata.version ?? versionOfTag(tag, null) ?? tag
  const notes = files.find((file) => file.name === 'NOTES.md')
  return {
    tag,
    version,
    name: metadata.name ?? null,
    notes: metadata.notes ?? (notes === undefined ? null : await readSmall(notes)),
    prerelease: metadata.prerelease ?? looksLikePrerelease(version),
    publishedAt: metadata.published_at === undefined ? newest(files) : new Date(metadata.published_at).toISOString(),
    files: files.filter((file) => !descriptions.has(file.name)),
  }
}

async function readMetadata(file: ServedFile | null): Promise<Metadata> {
  if (file === null) return {}
  const read = metadataSchema.safeParse(parseJson(await readSmall(file)))
  if (read.success) return read.data
  const issue = read.error.issues[0]
  throw fail('E_CONFIG_INVALID', `${file.path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not valid'}`, {
    hint: 'Known are tag, version, name, notes, prerelease, draft and published_at.',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function readSmall(file: ServedFile): Promise<string> {
  if (file.bytes <= metadataBytesMax) return await readFile(file.path, 'utf8')
  throw fail('E_CONFIG_INVALID', `${file.path} is larger than ${metadataBytesMax} bytes`, { hint: 'Make it shorter.' })
}

function flatReleases(files: readonly ServedFile[]): readonly ServedRelease[] {
  const lists = files.filter((file) => isChecksumList(file.name))
  const groups = Map.groupBy(files, (file) => versionInName(file.name))
  return [...groups].flatMap(([version, own]) =>
    version === null
      ? []
      : [
          {
            tag: version,
            version,
            name: null,
            notes: null,
            prerelease: looksLikePrerelease(version),
            publishedAt: newest(own),
            files: [...own, ...lists],
          },
        ],
  )
}

const newest = (files: readonly ServedFile[]): string =>
  new Date(Math.max(...files.map((file) => file.modifiedMs))).toISOString()
