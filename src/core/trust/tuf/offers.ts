import { z } from 'zod'
import { digestSchema } from '../../model/names.ts'
import { fail, type Problem, problem } from '../../model/problem.ts'
import { fileNameText, notesText, tagText } from '../../release/spec.ts'
import { compareVersions } from '../../version/compare.ts'
import type { SeenReleases } from './memory.ts'
import type { Target } from './search.ts'

const count = z.int().min(0)
const slug = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)

/**
 * What a publisher signs about each file of a release, as the target's custom fields. `seq` rises with every release;
 * `floor` is the lowest one that may still be installed: metadata cannot be rolled back, but new metadata could name an
 * old release.
 */
export const releaseFieldsSchema = z.object({
  product: slug,
  channel: slug,
  version: tagText,
  seq: count.min(1),
  floor: count.default(0),
  /** `linux-x64`; null: for every platform. */
  platform: z
    .string()
    .regex(/^[a-z0-9]+-[a-z0-9]+$/)
    .nullable()
    .default(null),
  /** The lowest version of belay that can install it. */
  min_agent: z.string().max(64).nullable().default(null),
  /** SHA-256 of the release's file manifest. */
  manifest: digestSchema.nullable().default(null),
  /** Where the file lies, when not below the targets; signed, so it may be anywhere. */
  url: z
    .url({ protocol: /^https$/ })
    .nullable()
    .default(null),
  prerelease: z.boolean().default(false),
  published: z.iso.datetime().nullable().default(null),
  notes: notesText.nullable().default(null),
  reboot: z.boolean().default(false),
  migration: z.boolean().default(false),
})
export type ReleaseFields = z.infer<typeof releaseFieldsSchema>

export interface Offered {
  readonly target: Target
  readonly name: string
  readonly sha256: string
  readonly fields: ReleaseFields
}

/** One release of a product's channel, with the files that fit this platform. */
export interface Offer {
  readonly version: string
  readonly seq: number
  readonly files: readonly Offered[]
}

export interface Place {
  readonly product: string
  readonly channel: string
}

/** The folder of a product's channel: a role that is trusted with one signs nothing of another. */
export const folderOf = ({ product, channel }: Place): string => `${product}/${channel}/`

/** E_METADATA_INVALID where what is signed contradicts its place, or itself. */
export function readOffers(targets: readonly Target[], place: Place, platform: string): readonly Offer[] {
  const all = targets.map((target) => readOne(target, place))
  const versions = Map.groupBy(all, ({ fields }) => fields.version)
  const seqs = new Map<number, string>()
  return [...versions].map(([version, files]) => {
    const seq = files[0]?.fields.seq ?? 0
    if (files.some(({ fields }) => fields.seq !== seq)) throw wrong(version, 'has two release numbers')
    const other = seqs.get(seq)
    if (other !== undefined) throw wrong(version, `has the release number ${seq}, and so has ${other}`)
    seqs.set(seq, version)
    return { version, seq, files: files.filter(({ fields }) => [null, platform].includes(fields.platform)) }
  })
}

function readOne(target: Target, place: Place): Offered {
  const { path, custom, hashes } = target
  const parsed = releaseFieldsSchema.safeParse(custom)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw wrong(path, `is signed without a usable ${issue?.path.join('.') ?? 'description'}`)
  }
  const fields = parsed.data
  if (fields.product !== place.product || fields.channel !== place.channel) {
    throw wrong(path, `is signed as ${fields.product}, channel ${fields.channel}`)
  }
  const name = path.slice(folderOf(place).length)
  if (!fileNameText.safeParse(name).success) throw wrong(path, 'is no plain file of its folder')
  const sha256 = hashes.find(({ algorithm }) => algorithm === 'sha256')?.hex
  if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) throw wrong(path, 'is signed without a SHA-256')
  return { target, name, sha256, fields }
}

/** What was seen before, and this: both numbers only ever rise. */
export function seenAfter(before: SeenReleases | undefined, offers: readonly Offer[]): SeenReleases {
  const all = offers.flatMap(({ files }) => files.map(({ fields }) => fields))
  return {
    seq: Math.max(before?.seq ?? 0, ...offers.map(({ seq }) => seq)),
    floor: Math.max(before?.floor ?? 0, ...all.map(({ floor }) => floor)),
  }
}

/** Why an offer may not be installed here; null: it may. */
export function refusal({ version, seq, files }: Offer, seen: SeenReleases, agent: string): Problem | null {
  if (seq < seen.floor) {
    return problem(
      'E_RELEASE_FLOORED',
      `release ${version} has the number ${seq}, and the publisher allows none below ${seen.floor}`,
      {
        hint: 'It was withdrawn for a reason, such as a known hole: choose a newer one, which belay check shows.',
        facts: { version, seq, floor: seen.floor },
      },
    )
  }
  const needs = files.map(({ fields }) => fields.min_agent).find((least) => least !== null && isOlder(agent, least))
  if (needs === undefined || needs === null) return null
  return problem('E_PLATFORM', `release ${version} needs belay ${needs} or later, and this is ${agent}`, {
    hint: 'Update belay first.',
    facts: { version, needs, agent },
  })
}

/** A version that cannot be compared is no reason to hope. */
function isOlder(version: string, than: string): boolean {
  const order = compareVersions(version, than, 'semver')
  return order === null || order < 0
}

function wrong(what: string, how: string) {
  return fail('E_METADATA_INVALID', `${what} ${how}`, {
    hint: 'Nothing was installed. The publisher signed something that contradicts itself: ask them.',
    facts: { file: what },
  })
}
