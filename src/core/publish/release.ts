import { releaseFieldsSchema, type ReleaseFields } from '../trust/tuf/offers.ts'
import { fail } from '../model/problem.ts'
import type { TargetEntry, TargetsBody } from './documents.ts'
import type { Place } from './roles.ts'

/** A file of a release, as it was built. */
export interface BuiltFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  readonly platform: string | null
  /** SHA-256 of the list of what is in it. */
  readonly manifest: string | null
}

/** What is said of a whole release. */
export interface ReleaseWords {
  readonly version: string
  readonly min_agent: string | null
  readonly prerelease: boolean
  readonly reboot: boolean
  readonly migration: boolean
  readonly notes: string | null
  readonly published: string
  /** The lowest release number that may still be installed; null: as before. */
  readonly floor: number | null
}

export interface Added {
  readonly body: TargetsBody
  readonly seq: number
  readonly floor: number
  /** Old releases that made room. */
  readonly dropped: readonly string[]
  /** false: the very same was there. */
  readonly changed: boolean
}

/** Entries that are live in one role: clients fetch them all. */
export const entriesMax = 100

/**
 * The role's document with a release more; its version is not touched.
 * E_RELEASE_EXISTS: that version is there with other bytes. A version is one thing for ever, or hosts that have it would
 * differ from those that get it.
 */
export function withRelease(body: TargetsBody, place: Place, files: readonly BuiltFile[], words: ReleaseWords): Added {
  const known = listed(body)
  const same = known.filter(({ fields }) => fields.version === words.version)
  for (const file of files) requireSame(same, place, file, words.version)
  const floor = Math.max(words.floor ?? 0, ...known.map(({ fields }) => fields.floor))
  const seq = same[0]?.fields.seq ?? Math.max(0, ...known.map(({ fields }) => fields.seq)) + 1
  if (floor > seq) throw floorTooHigh(floor, seq)
  const lines = new Set(same.map(({ path }) => path))
  const added = files.filter((file) => !lines.has(pathOf(place, file)))
  if (added.length === 0) return { body, seq, floor, dropped: [], changed: false }
  const entries = added.map((file) => [pathOf(place, file), entryOf(file, place, words, { seq, floor })] as const)
  const kept = newestFirst([...known], entriesMax - entries.length)
  const dropped = [...new Set(known.filter((one) => !kept.includes(one)).map(({ fields }) => fields.version))]
  const targets = Object.fromEntries([...kept.map(({ path, entry }) => [path, entry] as const), ...entries])
  return { body: { ...body, targets }, seq, floor, dropped, changed: true }
}

/** The role's document with another floor: what lies below may no longer be installed. */
export function withFloor(body: TargetsBody, floor: number): TargetsBody {
  const known = listed(body)
  const newest = Math.max(0, ...known.map(({ fields }) => fields.seq))
  if (floor > newest) throw floorTooHigh(floor, newest)
  const targets = known.map(({ path, entry, fields }) => {
    const raised = fields.seq === newest ? { ...entry.custom, floor: Math.max(floor, fields.floor) } : entry.custom
    return [path, raised === undefined ? entry : { ...entry, custom: raised }] as const
  })
  return { ...body, targets: Object.fromEntries(targets) }
}

export interface Listed {
  readonly path: string
  readonly entry: TargetEntry
  readonly fields: ReleaseFields
}

/** What a role vouches for; an entry without release fields is not ours to touch, and stops everything. */
export function listed(body: TargetsBody): readonly Listed[] {
  return Object.entries(body.targets).map(([path, entry]) => {
    const parsed = releaseFieldsSchema.safeParse(entry.custom)
    if (parsed.success) return { path, entry, fields: parsed.data }
    throw fail('E_METADATA_INVALID', `${path} is signed without a usable ${parsed.error.issues[0]?.path.join('.')}`, {
      hint: 'It was not made by belay release. Nothing was changed: remove that target with the tool that made it.',
    })
  })
}

const pathOf = ({ product, channel }: Place, { name }: BuiltFile): string => `${product}/${channel}/${name}`

function entryOf(
  file: BuiltFile,
  { product, channel }: Place,
  { version, min_agent, prerelease, reboot, migration, notes, published }: ReleaseWords,
  numbers: { readonly seq: number; readonly floor: number },
): TargetEntry {
  const { platform } = file
  const manifest = file.manifest === null ? {} : { manifest: `sha256:${file.manifest}` }
  return {
    length: file.bytes,
    hashes: { sha256: file.sha256 },
    custom: {
      product,
      channel,
      version,
      ...numbers,
      published,
      ...manifest,
      ...(platform === null ? {} : { platform }),
      ...(min_agent === null ? {} : { min_agent }),
      ...(notes === null ? {} : { notes }),
      ...(prerelease ? { prerelease } : {}),
      ...(reboot ? { reboot } : {}),
      ...(migration ? { migration } : {}),
    },
  }
}

function requireSame(same: readonly Listed[], place: Place, file: BuiltFile, version: string): void {
  const path = pathOf(place, file)
  const there = same.find((one) => one.path === path || one.fields.platform === file.platform)
  if (there === undefined || (there.path === path && there.entry.hashes['sha256'] === file.sha256)) return
  throw otherBytes(version, there.path)
}

export function otherBytes(version: string, path: string) {
  return fail('E_RELEASE_EXISTS', `version ${version} was signed before with other content: ${path}`, {
    hint: 'Nothing was changed. Give what you built a new version: hosts that have the old one could never tell the two apart.',
    facts: { version, path },
  })
}

function floorTooHigh(floor: number, seq: number) {
  return fail('E_USAGE', `a floor of ${floor} would forbid the newest release, which has the number ${seq}`, {
    hint: 'A floor is the number of the oldest release that may still be installed: belay release verify shows the numbers.',
  })
}

function newestFirst(all: Listed[], most: number): readonly Listed[] {
  return all.toSorted((a, b) => b.fields.seq - a.fields.seq).slice(0, Math.max(0, most))
}
