import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { RunEvent } from '../../../src/main/open.ts'
import { packApp } from '../../crash/support/app.ts'
import { publishReleases, type Releases, type WorldConfig } from '../../crash/support/world.ts'
import { belay, cli, installed, refusal, withStrategy } from '../faults/support/installed.ts'

/** What is told must be so, at every moment: REGRESSIONS' D10, D12, D18 and W3. */
let releases: Releases
beforeAll(async () => {
  // 1.0.2 has a file more.
  releases = await publishReleases((dir) => packApp(dir, '1.0.2', 1, 1000))
})
afterAll(() => releases.close())

describe.concurrent('D10: the installed version', () => {
  test('D10: when something else was put in place after an update, then that is what is reported', async ({
    expect,
  }) => {
    const world = await installed({ releases: releases.url })
    try {
      await belay(world, async (open) => {
        await open.update('app', { to: '1.0.1' })
        expect((await open.status())[0]).toMatchObject({ installed: '1.0.1' })
        await unlink(world.tree)
        await symlink('releases/1.0.0', world.tree)
        expect((await open.status())[0]).toMatchObject({ installed: '1.0.0' })
        expect((await open.check({ force: true }))['app']).toMatchObject({ current: '1.0.0', update_available: true })
      })
    } finally {
      await world.remove()
    }
  })

  test('D10: when what runs cannot be asked, then it stays unknown, and nothing is called an update', async ({
    expect,
  }) => {
    const world = await installed({
      releases: releases.url,
      app: (app, { port }) => ({ ...app, version: { http: `http://127.0.0.1:${port}/`, json: '/version' } }),
    })
    try {
      await belay(world, async (open) => {
        expect(await open.versions()).toEqual({ app: '1.0.0' })
        await world.stop()
        expect(await open.versions()).toEqual({ app: null })
        const { app } = await open.check({ force: true })
        expect(app).toMatchObject({ current: null, relation: 'unknown', update_available: false })
        expect((await refusal(open.update('app'))).code).toBe('E_VERSION_UNKNOWN')
      })
    } finally {
      await world.remove()
    }
  })
})

describe.concurrent('an update that waits for its window', () => {
  test('when its window is closed, then it is recorded as an offer all the same, and one that is held for good is not', async ({
    expect,
  }) => {
    const cron = `0 ${(new Date().getUTCHours() + 12) % 24} * * *`
    for (const [policy, offered] of [
      [{ window: { cron, duration: '1h', timezone: 'UTC' }, hold: ['>=1.1.0'] }, ['1.0.2']],
      [{ hold: ['>=1.0.1'] }, []],
    ] as const) {
      const world = await installed({
        releases: releases.url,
        app: (app) => ({
          ...app,
          source: { type: 'http', url: `${releases.url}/feed.json`, asset: 'app-{version}.tar.gz' },
        }),
      })
      try {
        // Its first installation needed no window.
        const config = JSON.parse(await readFile(world.configFile, 'utf8')) as WorldConfig
        const app = { ...config.components.app, policy }
        await writeFile(world.configFile, JSON.stringify({ ...config, components: { app } }))
        const checked = await cli(world, ['check', 'app'])
        expect(checked.json).toMatchObject({ components: { app: { update_available: true } } })
        const listed = await cli(world, ['notifications', 'list'])
        expect(listed.json).toMatchObject({ notifications: offered.map((version) => ({ version })) })
      } finally {
        await world.remove()
      }
    }
  })
})

describe.concurrent('D12: readers', () => {
  test('D12: when a check is written while it is read, then no reader sees half of it', async ({ expect }) => {
    const world = await installed({ releases: releases.url })
    try {
      const module = new URL('../../../src/storage/last-checks.ts', import.meta.url)
      // Another process writes long and short ones in turn until it is told to stop; ours reads as fast as it can.
      const writer = spawn(
        process.execPath,
        [
          '-e',
          `
        const { fileLastChecks } = await import(${JSON.stringify(module.href)})
        const { setImmediate } = await import('node:timers/promises')
        const checks = fileLastChecks(${JSON.stringify(world.state)})
        let enough = false
        process.stdin.on('end', () => (enough = true)).resume()
        for (let i = 0; !enough; i++) {
          checks.put('app', { release_notes: 'x'.repeat(i % 2 === 0 ? 300_000 : 3), latest: String(i) })
          await setImmediate()
        }
      `,
        ],
        { stdio: ['pipe', 'inherit', 'inherit'] },
      )
      const ended = once(writer, 'exit')
      await belay(world, (open) => open.check())
      const seen = new Set<string>()
      for (let reads = 0; reads < 300 || seen.size < 50; reads++) {
        const text = await readFile(join(world.state, 'checks', 'app.json'), 'utf8')
        expect(() => JSON.parse(text) as unknown, text.slice(0, 50)).not.toThrow()
        seen.add((JSON.parse(text) as { latest: string }).latest)
      }
      writer.stdin.end()
      expect(await ended).toEqual([0, null])
    } finally {
      await world.remove()
    }
  })

  test('D12: when somebody asks again and again during an update, then every answer is whole and true', async ({
    expect,
  }) => {
    const world = await installed({ releases: releases.url })
    try {
      const update = world.run('update 1.0.1')
      const over = { yet: false }
      void update.finally(() => (over.yet = true))
      await belay(world, async (open) => {
        while (!over.yet) {
          const [seen] = await open.status()
          expect(seen).toMatchObject({ state: 'slots', problem: null })
          expect(['1.0.0', '1.0.1']).toContain(seen?.installed)
          if (seen?.unfinished !== null && !over.yet) expect(seen?.last_run?.outcome).toMatch(/unfinished|committed/)
        }
      })
      expect((await update).reports[0]?.outcome).toBe('committed')
    } finally {
      await world.remove()
    }
  })
})

describe.concurrent('D18: the outcome', () => {
  /** One line of 200 kB. */
  const line = "head -c 200000 /dev/zero | tr '\\0' x"
  /** On both streams, in short lines and a long one, and some of it from a child that stays behind. */
  const noisy = (end: string) => {
    const script = `(sleep 0.2; echo late) & ${line}; yes out | head -c 200000; yes err | head -c 200000 >&2; ${end}`
    return withStrategy(() => ({ prepare: [['sh', '-c', script]] }))
  }

  test('D18: when progress is still coming in, then nothing follows the final word, which is the one that stays', async ({
    expect,
  }) => {
    const world = await installed({ releases: releases.url, app: noisy('true') })
    try {
      await belay(world, async (open) => {
        const events: RunEvent[] = []
        open.subscribe((event) => events.push(event))
        const report = await open.update('app', { to: '1.0.1' })
        expect(report.outcome).toBe('committed')
        expect(events.some((event) => event.t === 'progress' && event.message === 'out')).toBe(true)
        // Another question to the whole machine: whatever was late has come by then.
        expect((await open.update('app', { to: '1.0.1' })).outcome).toBe('current')
        expect(events.at(-1)).toMatchObject({ t: 'closed', outcome: 'committed' })
        expect(events.filter((event) => event.t === 'closed')).toHaveLength(1)
        expect((await open.runs({ limit: 1 }))[0]?.outcome).toBe('committed')
      })
    } finally {
      await world.remove()
    }
  })

  test('D18: when a step writes more than 128 kB and fails, then the report is whole and of a readable size', async ({
    expect,
  }) => {
    const world = await installed({
      releases: releases.url,
      app: noisy(`test "$(cat VERSION)" = 1.0.0 || { ${line} >&2; exit 1; }`),
    })
    try {
      const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
      expect(said, said.stderr.slice(0, 2000)).toMatchObject({
        code: 1,
        json: { outcome: 'failed', problem: { code: 'E_COMMAND_FAILED' } },
      })
      expect(said.stdout.length).toBeLessThan(64 * 1024)
      const show = await cli(world, ['show', said.json.run ?? ''])
      expect(show.json).toMatchObject({ run: { outcome: 'failed' } })
    } finally {
      await world.remove()
    }
  })
})

describe.concurrent('W3: a rollback', () => {
  test('W3: when a person goes back, then the tree, the service and the version are the old ones, and the update waits for a word', async ({
    expect,
  }) => {
    const world = await installed({
      releases: releases.url,
      app: (app) => ({
        ...app,
        source: { type: 'http', url: `${releases.url}/feed.json`, asset: 'app-{version}.tar.gz' },
        // 1.0.2 is the newest of the others.
        policy: { hold: ['>=1.1.0'] },
      }),
    })
    try {
      await belay(world, async (open) => {
        expect((await open.update('app')).to).toBe('1.0.2')
        expect((await stat(join(world.tree, 'more'))).size).toBe(1000)
        expect((await world.look()).version).toBe('1.0.2')

        const report = await open.rollback('app')
        expect(report).toMatchObject({ outcome: 'committed', from: '1.0.2', to: '1.0.0' })
        await expect(stat(join(world.tree, 'more'))).rejects.toThrow('ENOENT')
        // What answers read its version when it was started: it was started again.
        expect((await world.look()).version).toBe('1.0.0')
        expect(await open.versions()).toEqual({ app: '1.0.0' })
        const held = { kind: 'failed-before', run: report.run }
        expect((await open.status())[0]).toMatchObject({ available: '1.0.2', held })
        const again = await refusal(open.rollback('app'))
        expect(again).toMatchObject({ code: 'E_NO_WAY_BACK', hint: expect.stringContaining('rollback app --to 1.0.2') })
        const { app } = await open.check({ force: true })
        expect(app).toMatchObject({ current: '1.0.0', latest: '1.0.2', update_available: true, relation: 'older' })
        expect(app?.held).toEqual(held)
        // Asked for by name of a person it may come again.
        expect((await open.update('app')).to).toBe('1.0.2')
      })
    } finally {
      await world.remove()
    }
  })
})
