import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { serveReleases } from '../../src/cli/release/server.ts'
import { packApp } from '../crash/support/app.ts'
import { patient } from './agent/support/patient.ts'
import { belay, cli, installed } from './faults/support/installed.ts'

/** Whoever asked the source has checked: `status` must not say that nobody ever did. */
let dir: string
let server: Awaited<ReturnType<typeof serveReleases>>
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-releases-'))
  for (const version of ['1.0.0', '1.0.1', '1.0.2']) await packApp(dir, version, 1)
  server = await serveReleases({ dir, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
})
afterAll(async () => {
  await server?.close()
  await rm(dir, { recursive: true, force: true })
})

describe.concurrent('when an update asked the source', () => {
  test('then status tells when, and what a check would have found', async ({ expect }) => {
    const since = Date.now()
    const world = await installed({ releases: server.url, app: (app) => patient(app) })
    try {
      const asked = await belay(world, async (open) => {
        const [first] = await open.status()
        expect(Date.parse(first?.last_checked ?? '')).toBeGreaterThanOrEqual(since - 1000)
        await open.update('app', { to: '1.0.1' })
        return (await open.status())[0]
      })
      // It was told which version to install; the newest is another one.
      expect(asked).toMatchObject({ installed: '1.0.1', available: '1.0.2', update_available: true, held: null })
      expect((await cli(world, ['status'], { json: false })).stdout).not.toContain('never checked')
    } finally {
      await world.remove()
    }
  })

  test('for a version that is held, then status says so until that is installed', async ({ expect }) => {
    const world = await installed({
      releases: server.url,
      app: (app) => ({ ...patient(app), policy: { min_age: '10d' } }),
    })
    try {
      await belay(world, async (open) => {
        await open.plan('app', { now: true })
        expect((await open.status())[0]).toMatchObject({ update_available: true, held: { kind: 'min-age' } })
        expect((await open.update('app', { now: true })).outcome).toBe('committed')
        const after = { installed: '1.0.2', available: '1.0.2', update_available: false, held: null }
        expect((await open.status())[0]).toMatchObject(after)
      })
    } finally {
      await world.remove()
    }
  })
})
