import { createHash } from 'node:crypto'
import { manifestRefused, refusedWarning, unaskedWarning } from '../core/manifest/failures.ts'
import { manifestNames } from '../core/manifest/manifest.ts'
import type { AcceptedManifest, ManifestRelease, PlanManifest } from '../core/manifest/facts.ts'
import { type Digest, digestSchema } from '../core/model/names.ts'
import { disagreement } from '../core/trust/demand.ts'
import type { Statement } from '../core/trust/prover.ts'
import { BelayError, type Problem, problemOf } from '../core/model/problem.ts'
import type { Artifact, Release, VerifiedRelease } from '../core/model/release.ts'
import type { OpenSource } from '../ports/adapters.ts'
import type { JudgedManifest } from '../ports/manifest.ts'
import { manifestBytesMax } from '../protocol/manifest/schema.ts'
import type { Opened } from './component.ts'
import { manifestComponent } from './manifest-component.ts'
import type { EnginePorts } from './ports.ts'

/** What a release's manifest comes to for one plan. */
export interface Manifested {
  readonly about: PlanManifest
  /** null: the built-in procedure alone. */
  readonly accepted: AcceptedManifest | null
  readonly warnings: readonly string[]
}

interface Found {
  readonly file: Artifact
  readonly bytes: Uint8Array
}

/**
 * Looks for the manifest among the release's assets, then at the root of its repository, and judges it. undefined: the
 * config says not to look. E_MANIFEST_REFUSED where it is required, and whatever the source fails with then; where it is
 * optional, all of that is a warning.
 */
export async function manifestOf(
  ports: EnginePorts,
  opened: Opened,
  source: OpenSource,
  release: Release,
  signal: AbortSignal,
): Promise<Manifested | undefined> {
  const { manifest: wanted } = opened.settings
  if (wanted === 'ignore') return undefined
  const required = wanted === 'required'
  const found = await search(source, release, signal).catch((error: unknown) => {
    if (required || signal.aborted) throw error
    return problemOf(error)
  })
  // It may still lie inside the archive, where it is looked for when that is there.
  if (found === null) return without({ ...nothing, verdict: 'missing' }, [])
  if ('code' in found) return unasked(found)
  const judge = await ports.manifests()
  const judged = judge(found.bytes, found.file.name, asManifestRelease(release), manifestComponent(ports, opened))
  if (judged.kind === 'refused' && required)
    throw manifestRefused(opened.name, release.version, found.file.name, judged.reasons)
  return manifested(found, judged)
}

async function search(source: OpenSource, release: Release, signal: AbortSignal): Promise<Found | null> {
  const assets = manifestNames.flatMap((name) => (release.files ?? []).find((file) => file.name === name) ?? [])
  for (const file of assets) return { file, bytes: await read(source, file, signal) }
  for (const name of manifestNames) {
    const file = await source.atRoot(release, name, signal)
    if (file === null) return null
    const bytes = await read(source, file, signal).catch(absent)
    if (bytes !== null) return { file, bytes }
  }
  return null
}

function absent(error: unknown): null {
  if (error instanceof BelayError && error.problem.code === 'E_NOT_FOUND') return null
  throw error
}

/** One byte more than allowed is enough to be refused. */
async function read(source: OpenSource, file: Artifact, signal: AbortSignal): Promise<Uint8Array> {
  const stream = await source.open(file, 0, signal)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream.chunks) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > manifestBytesMax) break
  }
  return Buffer.concat(chunks).subarray(0, manifestBytesMax + 1)
}

export function asManifestRelease({ version, tag, artifact }: Release): ManifestRelease {
  return { version, tag, artifact: artifact === null ? null : { name: artifact.name, url: artifact.url } }
}

const nothing: Omit<PlanManifest, 'verdict'> = {
  name: null,
  url: null,
  digest: null,
  reasons: [],
  steps: [],
  rollback: [],
  before: [],
  after: [],
  requires: {},
}

function without(about: PlanManifest, warnings: readonly string[]): Manifested {
  return { about, accepted: null, warnings }
}

function unasked({ message }: Problem): Manifested {
  return without({ ...nothing, verdict: 'unasked', reasons: [message] }, [unaskedWarning(message)])
}

function manifested({ file, bytes }: Found, judged: JudgedManifest): Manifested {
  const about = { ...nothing, name: file.name, url: file.url, digest: digestOf(bytes) }
  if (judged.kind === 'refused') {
    const { reasons } = judged
    return without({ ...about, verdict: 'refused', reasons }, [refusedWarning(reasons)])
  }
  const { steps, rollback, before, after, requires, notes } = judged
  return {
    about: { ...about, verdict: 'accepted', steps, rollback, before, after, requires },
    accepted: judged,
    warnings: notes,
  }
}

/** What an accepted manifest says the download must be. */
export function saidBy(manifest: Manifested | undefined): Statement | null {
  const digest = manifest?.accepted?.digest ?? null
  return digest === null ? null : { digest, by: manifest?.about.name ?? manifestNames[0] }
}

/** E_CHECKSUM_MISMATCH: a manifest that says something else of the bytes speaks of another file than is downloaded. */
export function refuseOtherBytes({ artifact, digest, statedBy }: VerifiedRelease, said: Statement | null): void {
  if (said === null || digest === null || said.digest === digest) return
  throw new BelayError(disagreement(artifact, [{ digest, by: statedBy ?? 'api' }, said]))
}

function digestOf(bytes: Uint8Array): Digest {
  return digestSchema.parse(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
}
