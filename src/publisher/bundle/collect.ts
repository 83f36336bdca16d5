import { manifestNames } from '../../core/manifest/manifest.ts'
import { type BundleList, carried } from '../../core/bundle/format.ts'
import type { Digest } from '../../core/model/names.ts'
import { BelayError, fail, type Problem, problemOf } from '../../core/model/problem.ts'
import type { Artifact, Release, VerifiedRelease } from '../../core/model/release.ts'
import type { Platform } from '../../core/release/platform.ts'
import type { HttpClient } from '../../host/http/types.ts'
import type { OpenSource } from '../../ports/adapters.ts'
import type { Stage } from './stage.ts'

/** A source as it is asked for one platform, and how its releases are proven. */
export interface Asked {
  readonly platform: Platform
  readonly source: OpenSource
  readonly choose: (releases: readonly Release[]) => Release
  readonly prove: (source: OpenSource, release: Release, signal: AbortSignal) => Promise<VerifiedRelease | Problem>
  /** The address that files of a signed repository lie below; null: each file has an address of its own. */
  readonly base: string | null
}

/**
 * Asks the source what an update would ask, proves what an update would prove, and keeps every file that it took: what a
 * bundle holds has been accepted once already, and nothing that the other host needs is missing.
 */
export async function collect(
  { platform, source, choose, prove, base }: Asked,
  stage: Stage,
  signal: AbortSignal,
): Promise<BundleList['releases'][number]> {
  const keeping = keepingSource(source, base, stage)
  const { releases } = await source.list({ force: true, cacheMs: 0, signal })
  const release = await source.pin(choose(releases), signal)
  const verified = await prove(keeping, release, signal)
  if ('code' in verified) throw new BelayError(verified)
  const parts = await keeping.parts({ ...release, artifact: verified.artifact }, signal)
  const files = parts ?? [{ ...verified.artifact, digest: verified.digest }]
  for (const file of files) await keepStated(keeping, file, stage, base, signal)
  for (const file of proofs(release)) await keeping.open(file, 0, signal)
  const atRoot = await manifestsAtRoot(keeping, release, signal)
  const blobs = (parts ?? []).map(({ digest }) => digest)
  return {
    platform: `${platform.os}-${platform.arch}`,
    release: carried(verified.release),
    atRoot: [...atRoot],
    blobs: blobs.filter(isKnown),
  }
}

/** The same source; whatever is opened of it is in the bundle. */
function keepingSource(source: OpenSource, base: string | null, stage: Stage): OpenSource {
  return {
    ...source,
    open: async (artifact, offset, signal) => {
      const url = addressIn(artifact.url, base)
      const known = stage.find(url)
      const file =
        known ?? (await stage.add(url, pathOf(artifact, url), (await source.open(artifact, 0, signal)).chunks))
      return stage.open(file, offset)
    },
  }
}

/** As in the repository, as in an OCI layout, or by its name. */
function pathOf({ name, url }: Artifact, address: string): string {
  if (address !== url) return address
  return name.startsWith('blobs/') ? name : `files/${name}`
}

async function keepStated(
  source: OpenSource,
  artifact: Artifact,
  stage: Stage,
  base: string | null,
  signal: AbortSignal,
): Promise<void> {
  await source.open(artifact, 0, signal)
  const file = stage.find(addressIn(artifact.url, base))
  if (file === null || isAsStated(file, artifact)) return
  const { digest, name } = artifact
  throw fail('E_CHECKSUM_MISMATCH', `${name} is not what was stated: it has the SHA-256 ${file.sha256}`, {
    hint: 'No bundle was made. Try again; if it stays so, ask the publisher which one is right.',
    facts: { artifact: name, expected: digest, actual: `sha256:${file.sha256}` },
  })
}

const isKnown = (digest: Digest | null): digest is Digest => digest !== null

const proofBytesMax = 1024 * 1024
const proofName =
  /(?:\.(?:minisig|sig|asc|sha256|sha512|pem|crt|sigstore|sigstore\.jsonl?|bundle\.json|intoto\.jsonl)|sums?(?:\.txt)?)$/i

/** What the other host may ask for though this one does not. */
function proofs({ files = [] }: Release): readonly Artifact[] {
  const small = files.filter(({ bytes }) => bytes === null || bytes <= proofBytesMax)
  return small.filter(({ name }) => proofName.test(name) || manifestNames.some((manifest) => manifest === name))
}

/** The update manifest of a repository; most have none. */
async function manifestsAtRoot(
  source: OpenSource,
  release: Release,
  signal: AbortSignal,
): Promise<readonly Artifact[]> {
  const found: Artifact[] = []
  for (const name of manifestNames) {
    const file = await source.atRoot(release, name, signal)
    if (file !== null && (await isThere(source, file, signal))) found.push(file)
  }
  return found
}

async function isThere(source: OpenSource, file: Artifact, signal: AbortSignal): Promise<boolean> {
  try {
    const { chunks } = await source.open(file, 0, signal)
    const read = chunks[Symbol.asyncIterator]()
    // Begun, so that to end it gives the connection back.
    await read.next()
    await read.return?.()
    return true
  } catch (error) {
    if (problemOf(error).code !== 'E_NOT_FOUND') throw error
    return false
  }
}

function isAsStated(file: { readonly sha256: string; readonly bytes: number }, { bytes, digest }: Artifact): boolean {
  return (digest === null || digest === `sha256:${file.sha256}`) && (bytes === null || bytes === file.bytes)
}

/** Below a repository the path, as the other host may know it by another address. */
function addressIn(url: string, base: string | null): string {
  return base !== null && url.startsWith(base) ? url.slice(base.length) : url
}

/** The same client; the metadata of a repository that it brings is in the bundle. */
export function keepingHttp(http: HttpClient, base: string, stage: Stage): HttpClient {
  return {
    ...http,
    ask: async (url, options) => {
      const answer = await http.ask(url, options)
      const address = addressIn(url, base)
      if (answer.status === 200 && address !== url) await stage.add(address, address, [answer.body])
      return answer
    },
  }
}

/** A registry's tokens are asked for with these, and are nobody else's business. */
const forToken = /[?&](?:scope|service|client_id|account)=/

/** The same client, for those who look for proofs beside what the source lists: what they are answered is in the bundle. */
export function keepingProofs(http: HttpClient, stage: Stage): HttpClient {
  return {
    ...http,
    ask: async (url, options) => {
      const answer = await http.ask(url, options)
      const asksOnly = (options.method ?? 'GET') === 'GET' && options.form === undefined && !forToken.test(url)
      if (answer.status === 200 && asksOnly) await stage.add(url, '', [answer.body])
      return answer
    },
  }
}

const rootsMax = 256
const rootBytesMax = 512_000

/** Every root before the one that was seen last: the other host may have pinned an older one. */
export async function keepRoots(http: HttpClient, base: string, stage: Stage, signal: AbortSignal): Promise<void> {
  const keeping = keepingHttp(http, base, stage)
  for (let version = 1; version <= rootsMax; version++) {
    const name = `metadata/${version}.root.json`
    if (stage.find(name) !== null) continue
    const options = { bytesMax: rootBytesMax, passes: [403, 404], signal }
    const { status } = await keeping.ask(`${base}${name}`, options)
    // Below those that are there, some may have been taken away; above them there is none.
    if (status !== 200 && stage.files.every(({ url }) => rootVersion(url) < version)) return
  }
}

function rootVersion(url: string): number {
  return Number(/^metadata\/(\d+)\.root\.json$/.exec(url)?.[1] ?? 0)
}
