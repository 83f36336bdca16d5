import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sampleConfig } from '../fakes/traffic/component.ts'
import { type ProxyKind, startProxy } from '../fakes/traffic/proxies.ts'
import { sampleProgram, startSample } from '../fakes/traffic/sample.ts'
import { packApplication } from './archive.ts'
import { thisHost, underLoad } from './downtime-load.ts'
import { type Allowed, none, type Place, startupMs } from './downtime-place.ts'
import { belayProgram, type Lab, openLab, run } from './lab.ts'

const size = { files: 50, bytes: 500_000 }
const gzipLevel = 1
const nginxAllowed: Allowed = { failed: 1, of: 10_000 }

/** Belay in front of two processes of this host, with a real proxy or its own forwarder between. */
export async function hostPlace(kind: ProxyKind, releases: Releases): Promise<Place> {
  const { lab } = releases
  const dir = join(lab.dir, kind)
  await mkdir(dir)
  const proxy = await startProxy(kind, join(dir, 'proxy'))
  const file = join(lab.dir, `${kind}.json`)
  const config = sampleConfig({ url: lab.url, path: join(dir, 'app'), traffic: proxy.traffic, startupMs })
  await writeFile(file, JSON.stringify(config))
  const belay = async (...words: readonly string[]) => {
    await run(belayProgram, ['-c', file, '--state', join(dir, 'state'), ...words])
  }
  let patch = 0
  const next = async () => belay('update', 'app', '--to', await releases.version(patch++), '--yes')
  await next()
  return {
    name: kind,
    allowed: kind === 'nginx' ? nginxAllowed : none,
    change: async () => {
      await releases.version(patch)
      return underLoad(thisHost, proxy.url, next)
    },
    beside: () => underLoad(thisHost, proxy.url, startBeside),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  }
}

/** The same start, without anybody being sent there. */
async function startBeside(): Promise<void> {
  await using sample = await startSample({ version: 'beside', env: { STARTUP_MS: String(startupMs) } })
  await sample.end()
}

/** Versions of the sample application, made as they are asked for and served to whoever updates. */
export interface Releases extends AsyncDisposable {
  readonly lab: Lab
  /** `1.0.<patch>`, published. */
  version(patch: number): Promise<string>
}

export async function openReleases(): Promise<Releases> {
  const lab = await openLab()
  const program = await readFile(sampleProgram, 'utf8')
  const made = new Set<string>()
  return {
    lab,
    version: async (patch) => {
      const version = `1.0.${patch}`
      if (!made.has(version)) {
        made.add(version)
        await packApplication(version, program, size, lab.releases, gzipLevel)
      }
      return version
    },
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  }
}
