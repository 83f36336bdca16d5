import { DatabaseSync } from 'node:sqlite'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { publishReleases, type Releases, type World } from '../crash/support/world.ts'
import { belay, cli, installed } from './faults/support/installed.ts'

/** Ctrl-C during a run asks for rollback; a second one exits and leaves the journal. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

/**
 * 1.2.0-broken never answers well, so that its checks wait for a person, and does not end at TERM until `go` is there: the
 * way back stands still in its first step for that time.
 */
function stubborn(url: string, layout: 'slots' | 'in-place'): Promise<World> {
  return installed({
    releases: url,
    layout,
    app: (app, { dir, port }) => {
      const health = { type: 'health_endpoint', url: `http://127.0.0.1:${port}/` }
      const service = app.strategy['service'] as { readonly [key: string]: unknown }
      const node = `"${process.execPath}" server.mjs`
      const script = `grep -q broken VERSION || exec ${node}; trap '' TERM; ${node} & while [ ! -e ${dir}/go ]; do sleep 0.1; done`
      return {
        ...app,
        strategy: {
          ...app.strategy,
          service: { ...service, command: ['sh', '-c', script], stop_timeout: '2m' },
        },
        checks: { before: [], after: [{ ...health, timeout_seconds: 60 }] },
      }
    },
  })
}

/** What the journal of the last run says, from its failure on. */
function wayBack(world: World): readonly string[] {
  const database = new DatabaseSync(join(world.state, 'journal.db'), { readOnly: true })
  const [last] = database.prepare('SELECT run FROM runs ORDER BY opened_at DESC').all()
  const said = database
    .prepare("SELECT json_extract(entry, '$.t') AS t FROM entries WHERE run = ? ORDER BY seq")
    .all(String(last?.['run']))
    .map(({ t }) => String(t))
  database.close()
  return said.slice(said.indexOf('failed'))
}

describe.concurrent('when a person presses Ctrl-C a second time while the update goes back', () => {
  for (const layout of ['slots', 'in-place'] as const) {
    test(`${layout}: then belay exits at once, the journal keeps the run, and resume finishes it`, async ({
      expect,
    }) => {
      const world = await stubborn(releases.url, layout)
      try {
        const before = await world.look()
        const said = await cli(world, ['update', 'app', '--to', '1.2.0-broken', '--yes'], {
          stop: [/✓ start/, /Press Ctrl-C again[^]*✗ verify/],
        })
        // Only the check was undone: it left while the new version was being stopped.
        expect(wayBack(world), said.stderr).toEqual(['failed', 'undone'])
        expect(said.code, said.stderr).toBe(4)
        expect(said.json.error).toMatchObject({ code: 'E_INTERRUPTED', hint: /belay resume/ })

        const [left] = await belay(world, (open) => open.status())
        expect(left).toMatchObject({ lock: null, unfinished: { run: /^r-/, phase: 'rolling_back' } })
        const told = await cli(world, ['status'], { json: false })
        expect(told.stdout + told.stderr).toMatch(/belay\s+resume/)

        await writeFile(join(world.dir, 'go'), '')
        const resumed = await cli(world, ['resume'])
        expect(resumed.code, resumed.stderr).toBe(3)
        expect(resumed.json).toMatchObject({
          runs: [{ run: left?.unfinished?.run, outcome: 'rolled-back', problem: { code: 'E_CANCELLED' } }],
        })
        expect(await world.look()).toEqual(before)
        expect((await belay(world, (open) => open.status()))[0]?.unfinished).toBeNull()
      } finally {
        await world.remove()
      }
    })
  }
})
