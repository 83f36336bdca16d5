import { followed, releasesOfFamily } from '../core/image/family.ts'
import type { Digest } from '../core/model/names.ts'
import { fail, type Problem, problem } from '../core/model/problem.ts'
import type { Artifact, Decision, Release, VerifiedRelease } from '../core/model/release.ts'
import type { Auto } from '../core/policy/auto.ts'
import { blamesRelease } from '../core/policy/blame.ts'
import { decide, type Override } from '../core/policy/decide.ts'
import { checksumFileBytesMax, digestFromChecksumFile } from '../core/release/checksum-file.ts'
import { fold } from '../core/run/fold.ts'
import { verifyDemand } from '../core/trust/demand.ts'
import type { OpenSource } from '../ports/adapters.ts'
import type { Listing } from '../ports/source.ts'
import type { Opened } from './component.ts'
import { reportDecision } from './decision-report.ts'
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
  const failed = await failedBefore(ports, opened)
  const decided = (to: string | null, override: Override, reach: Auto | null) =>
    decide({
      current: installed.version,
      absent: installed.tree === null,
      releases:
        settings.source.type === 'oci' ? releasesOfFamily(releases, { followed: what, named: to }, scheme) : releases,
      scheme,
      prereleases: settings.source['prereleases'] === true,
      policy: settings.policy,
      now: ports.clock.now(),
      failedBefore: failed,
      override,
      reach,
      to,
    })
  // A check notes its own answer, and its failures.
  if (options.override !== 'none' || options.auto === true)
    await noteCheck(ports, opened, listing, () => decided(null, 'none', null))
  const wanted = decided(options.to ?? null, options.override, options.auto === true ? settings.policy.auto : null)
  return { source, listing, decision: options.to === undefined ? await knowing(opened, wanted) : wanted }
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

/**
 * Versions that were put back here for a reason that speaks against them, by a run or by a person, with that run: what
 * somebody went back from must not return by itself the next night.
 */
async function failedBefore(
  ports: EnginePorts,
  { name }: Opened,
): Promise<readonly { readonly version: string; readonly run: string }[]> {
  const failed = new Map<string, string>()
  const runs = await ports.journal.runs({ component: name, limit: 100 })
  for (const { action, outcome, from, to, run } of runs.toReversed()) {
    if (action === 'rollback' && outcome === 'committed' && from !== null) failed.set(from, run)
    if (action !== 'update' || to === null) continue
    if (outcome === 'committed') failed.delete(to)
    if (outcome === 'rolled-back' && blamesRelease(fold(await ports.journal.read(run)).problem)) failed.set(to, run)
  }
  return [...failed].map(([version, by]) => ({ version, run: by }))
}

/** First stage of trust: what the download must meet. */
export async function demand(
  source: OpenSource,
  release: Release,
  opened: Opened,
  signal: AbortSignal,
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
  const stated = await statedDigest(source, release, artifact, signal)
  return verifyDemand({ release, artifact, required: opened.settings.trust.require, stated })
}

async function statedDigest(
  source: OpenSource,
  release: Release,
  artifact: Artifact,
  signal: AbortSignal,
): Promise<{ digest: Digest; by: string } | null> {
  for (const file of release.checksums) {
    const text = await readSmall(source, file, signal)
    const digest = digestFromChecksumFile(text, artifact.name, file.name)
    if (digest !== null) return { digest, by: file.name }
  }
  return null
}

async function readSmall(source: OpenSource, file: Artifact, signal: AbortSignal): Promise<string> {
  const stream = await source.open(file, 0, signal)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream.chunks) {
    bytes += chunk.length
    if (bytes > checksumFileBytesMax) {
      throw fail('E_RESPONSE_TOO_LARGE', `${file.name} is larger than a checksum file can be.`, {
        hint: 'Look at the release: that file does not hold checksums.',
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
