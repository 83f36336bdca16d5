import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { followed, releasesOfFamily } from '../core/image/family.ts'
import type { Spec } from '../core/model/names.ts'
import { fail } from '../core/model/problem.ts'
import type { Release } from '../core/model/release.ts'
import { decide } from '../core/policy/decide.ts'
import { isFileName } from '../core/release/spec.ts'
import type { Platform } from '../core/release/platform.ts'
import { noProofs, verifyDemand } from '../core/trust/demand.ts'
import type { Scheme } from '../core/version/scheme.ts'
import { demand } from '../engine/find.ts'
import { nameResolver } from '../engine/names.ts'
import { localHttp } from '../host/bundle/local-http.ts'
import { systemClock } from '../host/clock.ts'
import { fileCache } from '../host/http/cache.ts'
import { httpClient } from '../host/http/client.ts'
import type { HttpClient } from '../host/http/types.ts'
import { openSecrets } from '../host/secrets.ts'
import type { BundleRequest, MadeBundle } from '../ports/bundles.ts'
import type { Settings } from '../protocol/settings.ts'
import { type Asked, collect, keepingHttp, keepingProofs, keepRoots } from '../publisher/bundle/collect.ts'
import { addLayout } from '../publisher/bundle/layout.ts'
import { openStage } from '../publisher/bundle/stage.ts'
import { requireFree, writeBundle } from '../publisher/bundle/write.ts'
import { repositoryOf } from '../sources/bundle/source.ts'
import { openAdapters } from './adapters.ts'
import type { AdapterDeps } from './deps.ts'
import { allLoaders } from './loaders.ts'
import { allProvers } from './provers.ts'
import { version as ownVersion } from './version.ts'

/** Whose releases, and how each is chosen and proven. */
interface Subject {
  readonly spec: Spec
  readonly scheme: Scheme
  readonly allowHttp: readonly string[]
  /** null: the network. */
  readonly http: HttpClient | null
  readonly prove: (deps: AdapterDeps) => Asked['prove']
}

export interface BundleWiring {
  /** Read where a component is meant. */
  readonly settings: () => Promise<Settings>
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Asks as an update on the other host would, with a memory of its own, and writes down what it was answered. */
export async function makeBundle(request: BundleRequest, { settings, env }: BundleWiring): Promise<MadeBundle> {
  const { of, out, told, signal } = request
  await requireFree(out)
  const clock = systemClock()
  const subject = 'component' in of ? component(of.component, await settings()) : await repository(of)
  const { spec, allowHttp } = subject
  const base = repositoryOf(spec)
  await using stage = await openStage(out, told)
  const net = subject.http ?? httpClient({ allowHttp, version: ownVersion, clock, environment: env })
  try {
    const http = base === null ? net : keepingHttp(net, base, stage)
    const releases = []
    let describe = ''
    for (const [i, platform] of platformsOf(request).entries()) {
      const stateDir = join(stage.dir, `asked-${i}`)
      const cache = async () => fileCache(join(stateDir, 'cache'))
      const own = { stateDir, clock, secrets: openSecrets(env), platform, http: async () => http, cache }
      const deps = { ...own, allowHttp, environment: env }
      const proofDeps = { ...deps, http: async () => keepingProofs(net, stage) }
      const source = await openAdapters(allLoaders(deps)).source(spec)
      describe = source.describe
      const choose = (all: readonly Release[]) => chosen(all, subject, request.version, clock.now())
      releases.push(await collect({ platform, source, choose, prove: subject.prove(proofDeps), base }, stage, signal))
    }
    if (base !== null) await keepRoots(net, base, stage, signal)
    await addLayout(stage, releases)
    const version = releases[0]?.release.version ?? ''
    const about = { source: { type: spec.type, describe }, version, releases }
    const { bytes } = await writeBundle(out, about, stage)
    const files = stage.files.map((file) => ({ path: file.path, bytes: file.bytes }))
    return { file: out, bytes, source: describe, version, platforms: releases.map((each) => each.platform), files }
  } finally {
    await net.close()
  }
}

function platformsOf({ platforms }: BundleRequest): readonly Platform[] {
  if (platforms.length === 0) return [{ os: process.platform, arch: process.arch }]
  return [...new Set(platforms)].map((text) => {
    const [os = '', arch = ''] = text.split('-')
    if (/^[a-z0-9]+-[a-z0-9]+$/.test(text)) return { os, arch }
    throw fail('E_USAGE', `"${text}" is no platform.`, { hint: 'Write it as linux-x64 or linux-arm64.' })
  })
}

function chosen(releases: readonly Release[], { spec, scheme }: Subject, to: string | null, now: number): Release {
  const named = { followed: followed(spec, undefined), named: to }
  const decision = decide({
    current: null,
    absent: true,
    releases: spec.type === 'oci' ? releasesOfFamily(releases, named, scheme) : releases,
    scheme,
    prereleases: spec['prereleases'] === true,
    policy: { window: null, minAgeMs: 0, hold: [] },
    now,
    failedBefore: [],
    to,
    override: 'now',
    reach: null,
  })
  if (decision.kind === 'candidate') return decision.release
  throw fail('E_NO_RELEASE', 'The source has no release to put into a bundle.', {
    hint: 'belay check shows what it has.',
  })
}

function component(text: string, settings: Settings): Subject {
  const found = settings.components.get(nameResolver(settings)(text))
  if (found === undefined) throw fail('E_COMPONENT_UNKNOWN', `There is no component ${text}.`)
  if (found.source.type === 'git' || found.source.type === 'github-tree') throw followsCommits(text, found.source.type)
  // How much is enough is for the host to say that installs it; what is wrong is wrong everywhere.
  const settingsHere = { ...found, trust: { ...found.trust, require: 'tls' as const } }
  return {
    spec: found.source,
    scheme: found.version.scheme,
    allowHttp: settings.agent.allowHttp,
    http: null,
    prove: (deps) => (source, release, signal) => {
      const ports = { provers: allProvers(deps), clock: deps.clock }
      return demand(ports, source, release, { name: found.name, settings: settingsHere }, signal)
    },
  }
}

/** Any address will do, as nobody is asked: hosts know the repository by the one in their config. */
const nowhere = 'https://repository.invalid'

async function repository(of: { repo: string; product: string | null; channel: string }): Promise<Subject> {
  const dir = (await namesIn(join(of.repo, 'repo', 'metadata'))).length > 0 ? join(of.repo, 'repo') : of.repo
  const roots = (await namesIn(join(dir, 'metadata'))).flatMap((name) => /^(\d+)\.root\.json$/.exec(name)?.[1] ?? [])
  const [first] = roots.map(Number).toSorted((a, b) => a - b)
  if (first === undefined) throw noRepository(of.repo)
  const product = of.product ?? (await onlyProduct(dir))
  const root = resolve(dir, 'metadata', `${first}.root.json`)
  return {
    spec: { type: 'belay', url: nowhere, root, product, channel: of.channel, prereleases: true },
    scheme: 'loose',
    allowHttp: [],
    http: localHttp(folderShelf(dir)),
    prove: () => async (_source, release) => {
      const { artifact } = release
      if (artifact !== null) {
        return verifyDemand({ release, artifact, required: 'tuf', stated: null, proofs: noProofs })
      }
      throw fail('E_NO_ASSET', `${release.version} has no file for that platform.`, {
        hint: `It has: ${release.assets.slice(0, 10).join(', ')}.`,
      })
    },
  }
}

function folderShelf(dir: string) {
  const root = pathToFileURL(`${resolve(dir)}/`).href
  const pathOf = (url: string): string | null => {
    const path = url.startsWith(`${nowhere}/`) ? url.slice(nowhere.length + 1) : ''
    const parts = path.split('/')
    return parts.every((part) => isFileName(decodeURIComponent(part))) ? path : null
  }
  // What is encoded in an address is so in the names of metadata files, too.
  const fileOf = (path: string): string =>
    path.startsWith('metadata/') ? join(dir, path) : fileURLToPath(new URL(path, root))
  return {
    name: dir,
    read: async (url: string) => {
      const path = pathOf(url)
      return path === null ? null : readFile(fileOf(path)).catch(absent)
    },
    open: async (url: string, offset: number) => {
      const path = pathOf(url)
      if (path === null) return null
      const chunks = createReadStream(fileOf(path), { start: offset }) as AsyncIterable<Buffer>
      return { offset, totalBytes: null, chunks }
    },
  }
}

function absent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

async function onlyProduct(dir: string): Promise<string> {
  const [only, ...more] = await namesIn(join(dir, 'targets'))
  if (only !== undefined && more.length === 0) return only
  throw fail('E_USAGE', `It cannot be told which product of ${dir} is meant.`, { hint: 'Name it: --product NAME.' })
}

async function namesIn(dir: string): Promise<readonly string[]> {
  return (await readdir(dir).catch(absent)) ?? []
}

function followsCommits(name: string, type: string) {
  return fail('E_USAGE', `${name} follows commits (source ${type}), which no bundle carries.`, {
    hint: 'Git has its own file for it: git bundle create FILE BRANCH, and on the other host source: { type: git, url: /path/to/FILE }.',
  })
}

function noRepository(dir: string) {
  return fail('E_USAGE', `${dir} is no signed repository: it has no metadata/1.root.json.`, {
    hint: 'Name the folder that belay release publish wrote.',
  })
}
