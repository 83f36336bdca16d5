import { followed, releasesOfFamily } from '../core/image/family.ts'
import type { Spec } from '../core/model/names.ts'
import { fail, type Problem, problem } from '../core/model/problem.ts'
import type { Artifact, Decision, Release, VerifiedRelease } from '../core/model/release.ts'
import type { Auto } from '../core/policy/auto.ts'
import { decide, type Override } from '../core/policy/decide.ts'
import { checksumFileBytesMax, digestFromChecksumFile } from '../core/release/checksum-file.ts'
import { verifyDemand } from '../core/trust/demand.ts'
import { prove, type Question, type Statement } from '../core/trust/prover.ts'
import type { OpenSource } from '../ports/adapters.ts'
import type { Listing } from '../ports/source.ts'
import type { Opened } from './component.ts'
import { reportDecision } from './decision-report.ts'
import { failedBefore } from './failed-before.ts'
import type { EnginePorts } from './ports.ts'

export interface Found {
  readonly source: OpenSource
  readonly listing: Listing
  readonly decision: Decision
}

export interface FindOptions {
  readonly force: boolean
  readonly to?: string | undefined
  readonly override: Override
  /** Only as far as the component's policy `auto` goes. */
  readonly auto?: boolean
  readonly signal: AbortSignal
}

/** Asks the source and decides. Throws what the source throws: an unasked source is an error, never "up to date". */
export async function findRelease(ports: EnginePorts, opened: Opened, options: FindOptions): Promise<Found> {
  const { settings, installed } = opened
  const source = await ports.adapters.source(settings.source)
  const what = followed(settings.source, installed.facts['tag'])
  const listing = await source.list({
    force: options.force,
    cacheMs: settings.cacheMs,
    signal: options.signal,
    tag: what?.byDigest === true ? what.tag : null,
  })
  const { scheme } = settings.version
  const { releases } = listing
  const failed = await failedBefore(ports, opened.name)
  const decided = (to: string | null, override: Override, reach: Auto | null) =>
    decide({
      current: installed.version,
      absent: installed.tree === null,
      releases:
        settings.source.type === 'oci' ? releasesOfFamily(releases, { followed: what, named: to }, scheme) : releases,
      scheme,
      prereleases: settings.source['prereleases'] === true || isFromBundle(settings.source),
      policy: settings.policy,
      now: ports.clock.now(),
      failedBefore: failed,
      override,
      reach,
      to,
    })
  // A check notes its own answer, and its failures.
  if (!isFromBundle(settings.source) && (options.override !== 'none' || options.auto === true))
    await noteCheck(ports, opened, listing, () => decided(null, 'none', null))
  const wanted = decided(options.to ?? null, options.override, options.auto === true ? settings.policy.auto : null)
  return { source, listing, decision: options.to === undefined ? await knowing(opened, wanted) : wanted }
}

/** One release that somebody carried here: it says nothing of what else there is, and is meant even when it is a prerelease. */
export function isFromBundle(source: Spec): boolean {
  return source['bundle'] !== undefined
}

/** Commits have no order: a checkout that is ahead of its branch would be taken for one that is behind (W4). */
async function knowing({ strategy, installed, context }: Opened, decision: Decision): Promise<Decision> {
  if (decision.kind === 'current' || installed.tree === null) return decision
  if (!(await strategy.contains(installed, decision.release, context))) return decision
  return { kind: 'current', relation: 'local-newer', latest: decision.release }
}

/** Whoever asks a source has checked it: `status` tells what a check would have said. */
async function noteCheck(
  ports: EnginePorts,
  opened: Opened,
  { checkedAt }: Listing,
  decided: () => Decision,
): Promise<void> {
  try {
    const decision = await knowing(opened, decided())
    ports.lastChecks.put(opened.name, reportDecision(opened.installed.version, decision, checkedAt, opened))
  } catch {
    // Nothing is offered to those who do not name it, or the note cannot be written: a note stops no update.
  }
}

/** First stage of trust: what the download must meet. `said`: what the release's manifest says of it, where nothing else does. */
export async function demand(
  ports: Pick<EnginePorts, 'provers' | 'clock'>,
  source: OpenSource,
  release: Release,
  opened: Pick<Opened, 'name' | 'settings'>,
  signal: AbortSignal,
  said: Statement | null = null,
): Promise<VerifiedRelease | Problem> {
  const { artifact } = release
  if (artifact === null) {
    const named =
      release.assets.length === 0 ? 'It has no files.' : `It has: ${release.assets.slice(0, 10).join(', ')}.`
    return problem('E_NO_ASSET', `Release ${release.tag} has no file that fits. ${named}`, {
      hint: 'Set source.asset to the name of the right file, with {version} in it.',
      facts: { assets: release.assets.slice(0, 50) },
    })
  }
  const read = readFiles(source, signal)
  const stated = (await statedDigest(release, artifact, read)) ?? said
  const { name, settings } = opened
  const { trust } = settings
  const question = { release, artifact, source: settings.source, trust, stated, signal, read }
  const proofs = await prove(ports.provers, {
    ...question,
    products: productNames(name, settings),
    nowMs: ports.clock.now(),
  })
  if ('code' in proofs) return proofs
  return verifyDemand({ release, artifact, required: trust.require, stated, proofs })
}

/** The publisher may call it otherwise than this host's config does. */
function productNames(name: string, { trust, aliases, source }: Opened['settings']): readonly string[] {
  if (trust.product !== null) return [trust.product]
  const project = ['product', 'repo', 'image'].flatMap((key) => source[key] ?? []).filter(isText)
  return [...new Set([name, ...aliases, ...project.map((path) => path.replace(/[:@].*$/, '').replace(/^.*\//, ''))])]
}

const isText = (value: unknown): value is string => typeof value === 'string'

async function statedDigest(release: Release, artifact: Artifact, read: Question['read']): Promise<Statement | null> {
  for (const file of release.checksums) {
    const text = Buffer.from(await read(file, checksumFileBytesMax)).toString('utf8')
    const digest = digestFromChecksumFile(text, artifact.name, file.name)
    if (digest !== null) return { digest, by: file.name }
  }
  return null
}

/** Each file once: what was read of it is what was checked. */
function readFiles(source: OpenSource, signal: AbortSignal): Question['read'] {
  const known = new Map<string, Promise<Uint8Array>>()
  return (file, bytesMax) => {
    const read = known.get(file.url) ?? readSmall(source, file, bytesMax, signal)
    known.set(file.url, read)
    return read
  }
}

async function readSmall(
  source: OpenSource,
  file: Artifact,
  bytesMax: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const stream = await source.open(file, 0, signal)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream.chunks) {
    bytes += chunk.length
    if (bytes > bytesMax) {
      throw fail('E_RESPONSE_TOO_LARGE', `${file.name} is larger than ${bytesMax} bytes, as no such file is.`, {
        hint: 'Look at the release: that file is not what its name says.',
        facts: { file: file.name, bytesMax },
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
