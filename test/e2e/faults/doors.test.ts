import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { hashTree } from '../../../src/host/tree/hash.ts'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { faultyReleases } from './support/faulty.ts'
import { belay, cli, installed, keptAside, refusal, standing, withStrategy } from './support/installed.ts'

/** Who may run, who is asked to stop, and what is left for the next one. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

/** Stands still in `prepare` until `go` is there. */
const waits = withStrategy(({ dir }) => ({
  prepare: [['sh', '-c', `test "$(cat VERSION)" = 1.0.0 || while [ ! -e ${dir}/go ]; do sleep 0.05; done`]],
}))

describe.concurrent('when two doors update at once', () => {
  test('then one goes on and the other is told who holds it, since when and why', async ({ expect }) => {
    const world = await installed({ releases: releases.url, app: waits })
    try {
      await belay(world, async (first) => {
        const preparing = Promise.withResolvers<void>()
        first.subscribe((event) => {
          if (event.t === 'step' && event.state === 'running' && event.step >= 4) preparing.resolve()
        })
        const running = first.update('app', { to: '1.0.1' })
        await Promise.race([preparing.promise, running])
        const second = await cli(world, ['update', 'app', '--yes'])
        expect(second.code, second.stdout).toBe(1)
        expect(second.json.error).toMatchObject({ code: 'E_LOCKED', hint: /Wait/ })
        expect(second.json.error?.message).toMatch(new RegExp(`process ${process.pid} .* since \\d{4}-.*: update`))
        await writeFile(join(world.dir, 'go'), '')
        expect((await running).outcome).toBe('committed')
      })
      expect((await world.look()).version).toBe('1.0.1')
    } finally {
      await world.remove()
    }
  })
})

describe.concurrent('when belay is killed in the middle of an update', () => {
  test('then its lock is free at once, reading commands only tell of it, and the next update finishes it first', async ({
    expect,
  }) => {
    const world = await installed({ releases: releases.url })
    try {
      expect((await world.run('update 1.0.1', { kill: 'after:4' })).signal).toBe('SIGKILL')
      const [left] = await belay(world, (open) => open.status())
      expect(left).toMatchObject({ lock: null, unfinished: { run: /^r-/ }, installed: '1.0.0' })
      const tree = await hashTree(join(world.dir, 'srv'))
      const reading = [['status'], ['history'], ['check'], ['plan', 'app']]
      for (const said of await Promise.all(reading.map((words) => cli(world, words, { json: false })))) {
        expect(said.code, said.stderr).toBe(0)
        expect(said.stdout + said.stderr).toMatch(/belay\s+resume/)
      }
      expect(await hashTree(join(world.dir, 'srv'))).toBe(tree)
      expect((await belay(world, (open) => open.status()))[0]?.unfinished).toEqual(left?.unfinished)

      const next = await belay(world, (open) => open.update('app', { to: '1.0.1' }))
      expect(next.outcome).toBe('current')
      const runs = await belay(world, (open) => open.runs())
      expect(runs.map((run) => run.outcome)).toEqual(['committed', 'committed'])
      expect((await world.look()).version).toBe('1.0.1')
    } finally {
      await world.remove()
    }
  })
})

describe.concurrent('when a person presses Ctrl-C', () => {
  test('during the download, then nothing was changed', async ({ expect }) => {
    const server = await faultyReleases(releases.url)
    const world = await installed({ releases: server.url })
    try {
      const before = await standing(world)
      // Half of it, and then silence.
      server.set('archive', (response, { headers, body }) => {
        response.writeHead(200, headers)
        response.write(body.subarray(0, body.length / 2))
      })
      const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'], { stop: [/✓ check/] })
      expect(said, said.stderr).toMatchObject({
        code: 1,
        json: { outcome: 'failed', problem: { code: 'E_CANCELLED' } },
      })
      expect(await standing(world)).toEqual(before)
    } finally {
      await world.remove()
      await server.close()
    }
  })

  test('during prepare, then nothing was changed', async ({ expect }) => {
    const world = await installed({ releases: releases.url, app: waits })
    try {
      const before = await standing(world, keptAside)
      const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'], { stop: [/✓ carry over/] })
      expect(said, said.stderr).toMatchObject({
        code: 1,
        json: { outcome: 'failed', problem: { code: 'E_CANCELLED' } },
      })
      expect(await standing(world, keptAside)).toEqual(before)
    } finally {
      await world.remove()
    }
  })

  test('during the checks of the new version, then the old one is back and verified', async ({ expect }) => {
    const world = await installed({
      releases: releases.url,
      app: (app, { port }) => ({
        ...app,
        checks: {
          before: [],
          after: [{ type: 'health_endpoint', url: `http://127.0.0.1:${port}/`, timeout_seconds: 60 }],
        },
      }),
    })
    try {
      const before = await world.look()
      const said = await cli(world, ['update', 'app', '--to', '1.2.0-broken', '--yes'], { stop: [/✓ start/] })
      expect(said, said.stderr).toMatchObject({
        code: 3,
        json: { outcome: 'rolled-back', problem: { code: 'E_CANCELLED' } },
      })
      expect(await world.look()).toEqual(before)
      // It was not the release's fault.
      const { app } = await belay(world, (open) => open.check())
      expect(app).toMatchObject({ latest: '1.2.0-broken', held: null })
    } finally {
      await world.remove()
    }
  })
})

describe.concurrent('when the journal', () => {
  const cases = [
    { name: 'is gone', code: 'E_JOURNAL_MISSING', spoil: (file: string) => rm(file) },
    { name: 'is damaged', code: 'E_JOURNAL_UNREADABLE', spoil: (file: string) => writeFile(file, 'no'.repeat(5000)) },
  ] as const
  for (const { name, code, spoil } of cases) {
    test(`${name}, then nothing begins, and the state stays as it was`, async ({ expect }) => {
      const world = await installed({ releases: releases.url })
      try {
        await spoil(join(world.state, 'journal.db'))
        const before = await untouched(world)
        const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
        expect(said.json.error, said.stderr).toMatchObject({ code, hint: /backup/ })
        expect(said.code).toBe(4)
        const problem = await refusal(belay(world, (open) => open.update('app', { to: '1.0.1' })))
        expect(problem.code).toBe(code)
        expect(await untouched(world)).toEqual(before)
      } finally {
        await world.remove()
      }
    })
  }
})

async function untouched(world: World) {
  const { version } = await world.look()
  return { version, state: await hashTree(world.state), srv: await hashTree(join(world.dir, 'srv')) }
}
