// needs: mounts
import { chmod, chown, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { packApp } from '../../crash/support/app.ts'
import { belay, cli, installed, refusal, type Setup, standing, withStrategy } from './support/installed.ts'
import { fill, mountSmall, unmount, whileReadOnly } from './support/mounts.ts'

/** Full, read-only and forbidden disks, each a real one: nothing is changed, and it says what to do. */
let releases: Releases
beforeAll(async () => {
  // 1.0.2 is larger than the reserve.
  releases = await publishReleases((dir) => packApp(dir, '1.0.2', 1, 6 * mebibyte))
})
afterAll(() => releases.close())

const nobody = 65534
const mebibyte = 1024 * 1024

interface Disk {
  /** What of the world lies on it, `.` for all. */
  readonly at: 'srv' | 'state' | '.'
  readonly bytes: number
  readonly app?: NonNullable<Setup['app']>
}

async function on({ at, bytes, app }: Disk, use: (world: World) => Promise<void>): Promise<void> {
  const made = (dir: string): void => mountSmall(join(dir, at), bytes)
  const world = await installed({ releases: releases.url, made, ...(app === undefined ? {} : { app }) })
  try {
    await use(world)
  } finally {
    await world.stop()
    unmount(join(world.dir, at))
    await world.remove()
  }
}

const target = { at: 'srv', bytes: 2 * mebibyte } as const
const state = { at: 'state', bytes: 8 * mebibyte } as const
const srvOf = (world: World): string => join(world.dir, 'srv')

describe.concurrent('when the disk', () => {
  test('of the target is full, then the update ends with E_DISK_FULL and nothing changed', async ({ expect }) => {
    await on(target, async (world) => {
      const filler = fill(srvOf(world), 64 * 1024)
      const before = await standing(world)
      const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
      expect(said.json.problem, said.stdout + said.stderr).toMatchObject({ code: 'E_DISK_FULL', hint: /space/ })
      expect(said.code).toBe(1)
      expect(await standing(world)).toEqual(before)
      await rm(filler)
      expect((await belay(world, (open) => open.update('app', { to: '1.0.1' }))).outcome).toBe('committed')
    })
  })

  test('of the target is too full from the start, then the check for it says so', async ({ expect }) => {
    const app: Setup['app'] = (plain) => ({
      ...plain,
      checks: { ...plain.checks, before: [{ type: 'disk_space', minimum_mb: 1 }] },
    })
    await on({ ...target, app }, async (world) => {
      fill(srvOf(world), 64 * 1024)
      const before = await standing(world)
      const problem = await refusal(belay(world, (open) => open.update('app', { to: '1.0.1' })))
      expect(problem).toMatchObject({ code: 'E_CHECK_FAILED', facts: { needed_mb: 1 } })
      expect(problem.hint).toMatch(/Free some space/)
      expect(await standing(world)).toEqual(before)
    })
  })

  test('of the state is full, then the update ends with E_DISK_FULL and nothing changed', async ({ expect }) => {
    await on(state, async (world) => {
      const before = await standing(world)
      const filler = fill(world.state, 64 * 1024)
      const said = await cli(world, ['update', 'app', '--to', '1.0.2', '--yes'])
      const problem = said.json.problem ?? said.json.error
      expect(problem?.code, said.stdout + said.stderr).toBe('E_DISK_FULL')
      expect(problem?.hint).toMatch(/space/)
      expect(said.code).toBe(1)
      expect(await standing(world)).toEqual(before)
      await rm(filler)
      expect((await belay(world, (open) => open.update('app', { to: '1.0.1' }))).outcome).toBe('committed')
    })
  })

  test('of the state has no room for the reserve, then no update begins', async ({ expect }) => {
    await on(state, async (world) => {
      await rm(join(world.state, 'ballast'))
      fill(world.state, mebibyte)
      const before = await standing(world)
      const problem = await refusal(belay(world, (open) => open.update('app', { to: '1.0.1' })))
      expect(problem).toMatchObject({ code: 'E_DISK_FULL', message: /reserve/ })
      expect(await readdir(world.state)).not.toContain('ballast')
      expect(await standing(world)).toEqual(before)
    })
  })

  test('of the state has not one page left, then belay can still be asked, and finishes what there is', async ({
    expect,
  }) => {
    await on(state, async (world) => {
      fill(world.state, 0)
      const [asked, resumed] = [await cli(world, ['status']), await cli(world, ['resume'])]
      expect(asked.code, asked.stdout).toBe(0)
      expect(resumed.code, resumed.stdout).toBe(0)
    })
  })

  test('becomes full while the service is stopped, then the reserve makes the way back possible', async ({
    expect,
  }) => {
    // Everything on one small disk, as on a small device: the migration eats what is left of it.
    const eats = (dir: string) => `test "$(cat VERSION)" = 1.0.0 || { cat /dev/zero > ${dir}/eaten; exit 1; }`
    const app = withStrategy((world) => ({ migrate: [['sh', '-c', eats(world.dir)]] }))
    await on({ at: '.', bytes: 24 * mebibyte, app }, async (world) => {
      const before = await world.look()
      const report = await belay(world, (open) => open.update('app', { to: '1.0.1' }))
      expect(report, JSON.stringify(report.problem)).toMatchObject({
        outcome: 'rolled-back',
        problem: { code: 'E_COMMAND_FAILED' },
      })
      expect(report.steps.find((step) => step.kind === 'stop')?.state).toBe('undone')
      expect(await world.look()).toEqual(before)
      expect(await readdir(world.state)).not.toContain('ballast')
    })
  })

  test('is full for a while and the update goes forward all the same, then the next one makes the reserve again', async ({
    expect,
  }) => {
    const app: Setup['app'] = (plain, { dir, state }) => ({
      ...plain,
      strategy: {
        ...plain.strategy,
        migrate: [['sh', '-c', `test "$(cat VERSION)" != 1.0.1 || cat /dev/zero > ${dir}/eaten || true`]],
      },
      checks: {
        before: [],
        after: [{ type: 'command', command: ['sh', '-c', `test -e ${state}/ballast || rm -f ${dir}/eaten`] }],
      },
    })
    await on({ at: '.', bytes: 24 * mebibyte, app }, async (world) => {
      const report = await belay(world, (open) => open.update('app', { to: '1.0.1' }))
      expect(report.outcome, JSON.stringify(report.problem)).toBe('committed')
      // It was given up: only then the check made room.
      expect(await readdir(world.dir)).not.toContain('eaten')
      expect(await readdir(world.state)).not.toContain('ballast')
      const back = await belay(world, (open) => open.rollback('app', { data: 'keep' }))
      expect(back.outcome, JSON.stringify(back.problem)).toBe('committed')
      expect((await stat(join(world.state, 'ballast'))).size).toBe(4 * mebibyte)
    })
  })

  const cut = 'test "$(cat VERSION)" = 1.0.0 || { kill -9 $PPID; sleep 5; }'
  const cutOff = withStrategy(() => ({ migrate: [['sh', '-c', cut]] }))

  test('has room again when what a crash left is finished, then the reserve is made again', async ({ expect }) => {
    await on({ at: '.', bytes: 24 * mebibyte, app: cutOff }, async (world) => {
      expect((await world.run('update 1.0.1')).signal).toBe('SIGKILL')
      await rm(join(world.state, 'ballast'))
      const resumed = await world.run('resume')
      expect(resumed.reports[0]?.outcome, resumed.output).toBe('rolled-back')
      expect(resumed.reports[0]?.warnings).not.toContainEqual(expect.stringMatching(/reserve/))
      expect((await stat(join(world.state, 'ballast'))).size).toBe(4 * mebibyte)
    })
  })

  test('has no room for the reserve when what a crash left is finished, then it is finished and says so', async ({
    expect,
  }) => {
    await on({ at: '.', bytes: 24 * mebibyte, app: cutOff }, async (world) => {
      expect((await world.run('update 1.0.1')).signal).toBe('SIGKILL')
      await rm(join(world.state, 'ballast'))
      fill(world.dir, mebibyte)
      const resumed = await world.run('resume')
      expect(resumed.reports[0]?.outcome, resumed.output).toBe('rolled-back')
      expect(resumed.reports[0]?.warnings).toContainEqual(expect.stringMatching(/reserve/))
      expect(await readdir(world.state)).not.toContain('ballast')
    })
  })

  test('becomes full after a crash, then what it left half done is undone all the same', async ({ expect }) => {
    await on({ at: '.', bytes: 24 * mebibyte, app: cutOff }, async (world) => {
      const before = await world.look()
      expect((await world.run('update 1.0.1')).signal).toBe('SIGKILL')
      fill(world.dir, 0)
      const resumed = await world.run('resume')
      expect(resumed.reports[0]?.outcome, resumed.output).toBe('rolled-back')
      expect(await world.look()).toEqual(before)
    })
  })

  test('of the target is read-only, then it is refused with a hint and nothing changed', async ({ expect }) => {
    await on(target, async (world) => {
      const before = await standing(world)
      const said = await whileReadOnly(srvOf(world), async () => {
        const refused = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
        expect(await standing(world)).toEqual(before)
        return refused
      })
      expect(said.json.error, said.stdout + said.stderr).toMatchObject({
        code: 'E_PARENT_NOT_WRITABLE',
        hint: /mount options/,
      })
      expect(said.code).toBe(1)
      expect((await belay(world, (open) => open.update('app', { to: '1.0.1' }))).outcome).toBe('committed')
    })
  })

  test('of the state is read-only, then it says so before anything is touched', async ({ expect }) => {
    await on(state, async (world) => {
      const before = await standing(world)
      const update = () => cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
      const said = await whileReadOnly(world.state, update)
      expect(said.json.error, said.stdout + said.stderr).toMatchObject({ code: 'E_READ_ONLY', hint: /writable/ })
      expect(said.code).toBe(1)
      expect(await standing(world)).toEqual(before)
    })
  })

  test('belongs to somebody else, then a user without rights is told so and changes nothing', async ({ expect }) => {
    const world = await installed({ releases: releases.url })
    try {
      const before = await standing(world)
      await chmod(world.dir, 0o755)
      const own = join(world.dir, 'own')
      await mkdir(own, { mode: 0o700 })
      await chown(own, nobody, nobody)
      const wrap = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
      const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'], { wrap, state: own })
      expect(said.json.error, said.stdout + said.stderr).toMatchObject({
        code: 'E_PARENT_NOT_WRITABLE',
        hint: /user who may write/,
      })
      expect(said.code).toBe(1)
      expect(await standing(world)).toEqual(before)
    } finally {
      await world.remove()
    }
  })
})
