import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestSchema } from '../../core/model/names.ts'
import { BelayError, fail, problemOf } from '../../core/model/problem.ts'
import type { Release } from '../../core/model/release.ts'
import { describeRelease } from '../../core/release/describe.ts'
import { builtMs } from '../../core/trust/tuf/built.ts'
import type { SeenReleases } from '../../core/trust/tuf/memory.ts'
import { type Offer, refusal } from '../../core/trust/tuf/offers.ts'
import { listOffers, type Listed } from '../../core/trust/tuf/poll.ts'
import { openArtifact } from '../../host/http/releases.ts'
import type { SourceDeps } from '../../host/http/source-deps.ts'
import type { Headers } from '../../host/http/types.ts'
import { targetUrl } from '../../host/trust/download-target.ts'
import { drive } from '../../host/trust/drive.ts'
import { openTrustStore } from '../../host/trust/store.ts'
import type { Source } from '../../ports/source.ts'
import { type BelayConfig, belayConfigSchema } from './schema.ts'

export interface BelayDeps extends SourceDeps {
  /** Where what was seen of each repository is kept. */
  readonly trustDir: string
  /** Belay's own version. */
  readonly version: string
}

/** A signed repository: whatever it lists is proven by TUF from the pinned root, or nothing is listed. */
export function belaySource(deps: BelayDeps): Source<BelayConfig> {
  const poll = inTurns(deps)
  return {
    kind: 'belay',
    config: belayConfigSchema,
    describe: ({ url, product, channel }) => `belay ${url} ${product} (${channel})`,
    list: async (config, { signal }) => {
      const listed = await poll(config, signal)
      const releases = listed.offers.flatMap((offer) => described(deps, config, listed, offer) ?? [])
      return { releases, checkedAt: new Date(deps.clock.now()).toISOString(), fromCache: false }
    },
    // Asked for the one that was decided for: what is refused is listed, so that it can be told why.
    pin: async (config, release, signal) => {
      const listed = await poll(config, signal)
      const offer = listed.offers.find(({ version }) => version === release.version)
      const now = offer === undefined ? null : described(deps, config, listed, offer)
      if (offer === undefined || now === null) throw gone(config, release)
      requireAllowed(offer, listed.seen, deps.version)
      return now
    },
    open: async (config, artifact, offset, signal) => {
      const secretHeaders = () => authorization(deps, config)
      return await openArtifact(deps, artifact, { secretHeaders, origins: [config.url] }, offset, signal)
    },
  }
}

type Poll = (config: BelayConfig, signal: AbortSignal) => Promise<Listed>

const meetingsMax = 3

/**
 * One check of a repository at a time: several components may come from it. Another process may check it too; whoever
 * writes second looks again.
 */
function inTurns(deps: BelayDeps): Poll {
  const last = new Map<string, Promise<unknown>>()
  const again = async (config: BelayConfig, signal: AbortSignal): Promise<Listed> => {
    for (let meetings = 1; ; meetings++) {
      try {
        return await pollOnce(deps, config, signal)
      } catch (error) {
        if (problemOf(error).code !== 'E_CONFLICT' || meetings === meetingsMax) throw error
      }
    }
  }
  return (config, signal) => {
    const before = last.get(config.url) ?? Promise.resolve()
    const mine = before.then(() => again(config, signal))
    last.set(
      config.url,
      mine.catch(() => {}),
    )
    return mine
  }
}

async function pollOnce(deps: BelayDeps, config: BelayConfig, signal: AbortSignal): Promise<Listed> {
  const { product, channel, url } = config
  const [pinned, secretHeaders] = await Promise.all([pinnedRoot(config), authorization(deps, config)])
  const store = await openTrustStore(join(deps.trustDir, createHash('sha256').update(url).digest('hex').slice(0, 32)))
  const start = { pinned, memory: await store.memory(), systemMs: deps.clock.now(), builtMs }
  const { os, arch } = deps.platform
  const cycle = listOffers(start, { product, channel }, `${os}-${arch}`)
  return await drive(cycle, { http: deps.http, store, metadataUrl: `${url}/metadata/`, secretHeaders, signal })
}

const rootBytesMax = 512_000

async function pinnedRoot({ root }: BelayConfig): Promise<Uint8Array> {
  try {
    const bytes = await readFile(root)
    if (bytes.byteLength <= rootBytesMax) return bytes
  } catch (error) {
    throw noRoot(root, error)
  }
  throw noRoot(root)
}

function noRoot(path: string, cause?: unknown): BelayError {
  return fail('E_CONFIG_INVALID', `the pinned root ${path} cannot be read`, {
    hint: 'Put the root.json that the publisher gave you there, or name its path in source.root.',
    facts: { path },
    cause,
  })
}

function described(
  { platform }: BelayDeps,
  config: BelayConfig,
  listed: Listed,
  { version, files }: Offer,
): Release | null {
  const [first] = files
  const published = {
    tag: version,
    title: null,
    notes: first?.fields.notes ?? null,
    url: null,
    publishedAt: first?.fields.published ?? null,
    prerelease: files.some(({ fields }) => fields.prerelease),
    files: files.map(({ name, sha256, target, fields }) => ({
      name,
      url: fields.url ?? targetUrl({ targetsUrl: `${config.url}/targets/`, hashed: listed.hashed, target }),
      bytes: target.bytes,
      digest: digestSchema.parse(`sha256:${sha256}`),
    })),
    archives: { 'source-zip': null, 'source-tar': null },
  }
  const choice = { asset: config.asset ?? null, tag: null, platform, project: config.product, archiveIfNoFiles: false }
  const release = describeRelease(published, choice)
  if (release === null) return null
  // The digest is signed itself: a checksum file beside it could only repeat it.
  return {
    ...release,
    checksums: [],
    proof: { rung: 'tuf', kind: 'tuf', by: `${first?.target.role ?? 'targets'}.json` },
  }
}

function requireAllowed(offer: Offer, seen: SeenReleases, version: string): void {
  const refused = refusal(offer, seen, version)
  if (refused !== null) throw new BelayError(refused)
}

function gone({ product, channel }: BelayConfig, { version }: Release): BelayError {
  return fail('E_VERSION_NOT_FOUND', `${product} ${version} is no longer in the channel ${channel}`, {
    hint: 'belay check shows what is.',
    facts: { version },
  })
}

async function authorization(deps: BelayDeps, config: BelayConfig): Promise<Headers> {
  const token = await deps.secrets.token(config)
  return token === null ? {} : { authorization: `Bearer ${token}` }
}
