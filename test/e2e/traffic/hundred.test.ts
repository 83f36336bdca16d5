// needs: nginx
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endStrays } from '../../../examples/demo/host.ts'
import { serveReleases } from '../../../src/cli/release/server.ts'
import { openBelay } from '../../../src/main/open.ts'
import { type Census, census } from '../../fakes/traffic/census.ts'
import { sampleConfig } from '../../fakes/traffic/component.ts'
import { failures } from '../../fakes/traffic/load-result.ts'
import { whole } from '../../crash/support/sample.ts'
import { startLoad } from '../../fakes/traffic/loaded.ts'
import { type ProxyKind, startProxy } from '../../fakes/traffic/proxies.ts'
import { sampleProgram } from '../../fakes/traffic/sample.ts'
import { packRelease, writeTree } from '../bed/archive.ts'

/** `npm run test:crash` makes all of them, `npm test` enough to see what grows. */
const updates = whole ? 100 : 25
/** From here on nothing grows any more: as many versions, backups and runs are kept as are ever kept. */
const settledAfter = 10
/** It is seen to serve by whoever asks for it; how long it stays up is not what is asked here. */
const after = [{ type: 'service_active', stable_seconds: 0 }]
const env = { IDLE_MS: 100 }
const restMs = 60_000
const steadyMs = 6000

let releases: string
let server: Awaited<ReturnType<typeof serveReleases>>

beforeAll(async () => {
  releases = await mkdtemp(join(tmpdir(), 'belay-hundred-releases-'))
  const tree = join(releases, 'tree')
  const program = await readFile(sampleProgram, 'utf8')
  for (let patch = 0; patch <= updates; patch++) {
    await writeTree(tree, { VERSION: `1.0.${patch}\n`, 'server.mjs': program })
    await packRelease(tree, 'flat', `1.0.${patch}`, join(releases, `app-1.0.${patch}.tar.gz`))
  }
  await rm(tree, { recursive: true })
  server = await serveReleases({ dir: releases, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
})
afterAll(async () => {
  await server?.close()
  await rm(releases, { recursive: true, force: true })
})

/** Connections that proxies keep for later, and workers that finish, take their time. */
async function atRest(dir: string, stateDir: string): Promise<Census> {
  let seen = await census(dir, stateDir)
  let since = performance.now()
  await expect
    .poll(
      async () => {
        const now = await census(dir, stateDir)
        if (JSON.stringify(now) !== JSON.stringify(seen)) [seen, since] = [now, performance.now()]
        return performance.now() - since
      },
      { timeout: restMs, interval: 250 },
    )
    .toBeGreaterThan(steadyMs)
  return seen
}

const kinds: readonly { readonly kind: ProxyKind; readonly lostAtMost: (requests: number) => number }[] = [
  { kind: 'nginx', lostAtMost: (requests) => requests / 10_000 },
  { kind: 'builtin', lostAtMost: () => 0 },
]

describe.each(kinds)(`when ${updates} updates follow each other under load, behind $kind`, ({ kind, lostAtMost }) => {
  test('then nothing is left of any, and nobody noticed', { timeout: 900_000 }, async () => {
    const dir = await mkdtemp(join(tmpdir(), `belay-hundred-${kind}-`))
    await using proxy = await startProxy(kind, join(dir, 'proxy'))
    const stateDir = join(dir, 'state')
    await mkdir(stateDir, { mode: 0o700 })
    const config = sampleConfig({
      url: server.url,
      path: join(dir, 'app'),
      traffic: proxy.traffic,
      startupMs: 0,
      env,
      after,
    })
    const belay = await openBelay({ config, state: stateDir })
    try {
      const bring = async (patch: number) => {
        const report = await belay.update('app', { to: `1.0.${patch}` })
        expect(report, JSON.stringify(report.problem)).toMatchObject({ outcome: 'committed' })
      }
      await bring(0)
      const under = async (from: number, to: number) => {
        await using load = await startLoad({ url: proxy.url, clients: 20, slow: 2, slowMs: 300, streams: 0 })
        for (let patch = from; patch <= to; patch++) await bring(patch)
        const seen = await load.stop()
        expect(failures(seen), JSON.stringify(seen)).toBeLessThanOrEqual(lostAtMost(seen.requests))
        expect(seen.slow.answered).toBe(seen.slow.asked)
      }
      await under(1, settledAfter)
      const before = await atRest(dir, stateDir)
      await under(settledAfter + 1, updates)
      await expect.poll(() => census(dir, stateDir), { timeout: restMs }).toEqual(before)
    } finally {
      await belay.close()
      await endStrays(dir)
      await rm(dir, { recursive: true, force: true })
    }
  })
})
