import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Change, publishReleases, type Releases, World } from '../../crash/support/world.ts'
import { belay, cli, withApp, withStrategy } from '../faults/support/installed.ts'

/** What requires what: the order of updates, and what waits when one of them does not come about. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

/** All but 1.0.1: these migrate data, or are never healthy. */
const newer = ['>=1.1.0', '1.2.0-broken']

interface Pair {
  /** What `page` requires of `app`. */
  readonly range: string
  /** Versions of `app` that are not installed. */
  readonly hold?: readonly string[]
  /** Where `page` looks for releases. */
  readonly feed?: string
}

/** `page`, a tree without a service, stands before `app` in the config and requires it. */
function pair({ range, hold = [], feed = '/feed.json' }: Pair): Change {
  return (config, world) => {
    const { components, ...rest } = withApp((app) => ({ ...app, policy: { hold } }))(config, world)
    const page = {
      ...components.app,
      source: { ...Object(components.app['source']), url: `${releases.url}${feed}` },
      strategy: { type: 'directory', path: join(world.dir, 'srv', 'page'), layout: 'slots' },
      data: [],
      checks: { before: [], after: [{ type: 'version_check' }] },
      policy: { hold: newer },
      requires: { app: range },
    }
    const both = { page, app: components.app }
    return { ...rest, components: both }
  }
}

/** Both at 1.0.0. */
async function both(wanted: Pair): Promise<World> {
  const world = await World.create('slots', releases.url, { change: pair({ range: '*' }) })
  try {
    await belay(world, async (open) => {
      for (const name of ['app', 'page']) {
        const { outcome, problem } = await open.update(name, { to: '1.0.0' })
        if (outcome !== 'committed') throw new Error(`${name} was not installed: ${JSON.stringify(problem)}`)
      }
    })
    await world.configure(releases.url, pair(wanted))
    return world
  } catch (error) {
    await world.remove()
    throw error
  }
}

interface Runs {
  readonly runs: readonly unknown[]
}

function runsOf(said: { readonly stdout: string }): readonly unknown[] {
  return (JSON.parse(said.stdout) as Runs).runs
}

describe.concurrent('when one component requires another', () => {
  test('then the other one goes first, and its new version counts', async ({ expect }) => {
    const world = await both({ range: '>=1.0.1', hold: newer })
    try {
      const plan = await cli(world, ['plan', '--all'], { json: false })
      expect(plan.stdout).toMatch(/1 {2}app +1\.0\.0 → 1\.0\.1[^]*2 {2}page +1\.0\.0 → 1\.0\.1 +[^\n]*after app/)
      const alone = await cli(world, ['update', 'page', '--yes'])
      expect(alone).toMatchObject({ code: 1, json: { error: { code: 'E_HELD', hint: /belay update app page/ } } })

      const said = await cli(world, ['update', '--all', '--yes'])
      expect(said.code, said.stderr).toBe(0)
      expect(runsOf(said)).toMatchObject([
        { component: 'app', outcome: 'committed', from: '1.0.0', to: '1.0.1', held: null },
        { component: 'page', outcome: 'committed', from: '1.0.0', to: '1.0.1', held: null },
      ])
      expect(await belay(world, (open) => open.versions())).toEqual({ app: '1.0.1', page: '1.0.1' })
    } finally {
      await world.remove()
    }
  })

  test('and that one is rolled back, then the first is not started, and both are as they were', async ({ expect }) => {
    const world = await both({ range: '>=1.0.1' })
    try {
      const before = await world.look()
      const said = await cli(world, ['update', 'page', 'app', '--yes'])
      expect(said.code, said.stderr).toBe(3)
      expect(runsOf(said)).toMatchObject([
        { component: 'app', outcome: 'rolled-back', to: '1.2.0-broken' },
        {
          component: 'page',
          run: null,
          outcome: 'current',
          held: { kind: 'requires', component: 'app', range: '>=1.0.1', found: '1.0.0' },
          problem: { code: 'E_HELD' },
        },
      ])
      expect(said.stderr).toContain('page was not started: it requires app >=1.0.1')
      expect(await world.look()).toEqual(before)
      expect(await belay(world, (open) => open.versions())).toEqual({ app: '1.0.0', page: '1.0.0' })
      expect(await belay(world, (open) => open.runs({ name: 'page' }))).toHaveLength(1)
    } finally {
      await world.remove()
    }
  })

  test('and nothing brings what it requires, then it waits, which is no failure of the others', async ({ expect }) => {
    const world = await both({ range: '>=2', hold: newer })
    try {
      const said = await cli(world, ['update', '--all', '--yes'])
      expect(said.code, said.stderr).toBe(0)
      expect(runsOf(said)).toMatchObject([
        { component: 'app', outcome: 'committed' },
        { component: 'page', outcome: 'current', held: { kind: 'requires', found: '1.0.1' } },
      ])
      expect(said.stderr).toMatch(/page +1\.0\.1 waits +needs app >=2, found 1\.0\.1/)
    } finally {
      await world.remove()
    }
  })

  test('and its own source does not answer, then that is an error, and the other one is updated', async ({
    expect,
  }) => {
    const world = await both({ range: '*', hold: newer, feed: '/gone.json' })
    try {
      const said = await cli(world, ['update', '--all', '--yes'])
      expect(said.code, said.stderr).toBe(1)
      expect(runsOf(said)).toMatchObject([
        { component: 'app', outcome: 'committed' },
        { component: 'page', outcome: 'failed', problem: { code: 'E_NOT_FOUND' }, held: null },
      ])
    } finally {
      await world.remove()
    }
  })

  test('and a run of that one was left behind, then it is ended before anything else', async ({ expect }) => {
    const world = await both({ range: '*', hold: newer })
    try {
      expect((await world.run('update 1.0.1', { kill: 'after:4' })).signal).toBe('SIGKILL')
      const plan = await cli(world, ['plan', '--all'], { json: false })
      expect(plan.stdout).toMatch(/1 {2}app +unfinished run r-\w+ +ended first, then updated/)
      const said = await cli(world, ['update', '--all', '--yes'])
      expect(said.code, said.stderr).toBe(0)
      expect(await belay(world, (open) => open.versions())).toEqual({ app: '1.0.1', page: '1.0.1' })
    } finally {
      await world.remove()
    }
  })
})

/** Stands still in `prepare` until `go` is there. */
const waits = withStrategy(({ dir }) => ({
  prepare: [['sh', '-c', `test "$(cat VERSION)" = 1.0.0 || while [ ! -e ${dir}/go ]; do sleep 0.05; done`]],
}))

describe.concurrent('D24: a second request while one runs', () => {
  test('D24: when an update is asked for again while it runs, then the second is told by whom and since when, and nothing is queued', async ({
    expect,
  }) => {
    const world = await both({ range: '*', hold: newer })
    try {
      await world.configure(releases.url, (config, self) => {
        const { components, ...rest } = pair({ range: '*', hold: newer })(config, self)
        return { ...rest, components: { ...components, app: waits(components.app, self) } }
      })
      await belay(world, async (first) => {
        const preparing = Promise.withResolvers<void>()
        first.subscribe((event) => {
          if (event.t === 'progress' || (event.t === 'step' && event.state === 'running' && event.step >= 4))
            preparing.resolve()
        })
        const running = first.update('app')
        await Promise.race([preparing.promise, running])
        const second = await cli(world, ['update', '--all', '--yes'])
        expect(second.code, second.stdout).toBe(1)
        const who = new RegExp(`process ${process.pid} .* since \\d{4}-.*: update`)
        expect(runsOf(second)).toMatchObject([
          { component: 'app', run: null, outcome: 'failed', problem: { code: 'E_LOCKED', message: who } },
          // It would have come after the one that is going on, and is not started in its stead.
          { component: 'page', run: null, held: { kind: 'requires', component: 'app' } },
        ])
        await writeFile(join(world.dir, 'go'), '')
        expect((await running).outcome).toBe('committed')
      })
      // The second request is over: nothing of it comes back later.
      expect(await belay(world, (open) => open.runs({ name: 'app' }))).toHaveLength(2)
      expect(await belay(world, (open) => open.versions())).toEqual({ app: '1.0.1', page: '1.0.0' })
    } finally {
      await world.remove()
    }
  })
})
