import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { up } from '../../host/check-context.fixture.ts'
import { mayMount, room } from '../../host/tree/testing.ts'
import { configOf, contextOf, look, planned, refused, releaseOf, run, service } from './testing.ts'
import { planBack, planUpdate } from './update.ts'

const whereMounts = test.runIf(mayMount())
const slotTree = { 'app/releases/1.0.0/VERSION': '1.0.0', 'app/current': '-> releases/1.0.0' }

describe('slots', () => {
  test('when it updates, then the tree grows beside the others and one rename of the link switches', async () => {
    await using here = await room()
    here.plant(slotTree)
    const config = configOf(here.at('app'), { preserve: ['config/**'] })
    const phases = planned(await planUpdate(config, await look(config), releaseOf('1.1.0'), contextOf()))
    const tree = here.at('app/releases/1.1.0')
    expect(phases.before).toMatchObject([
      {
        kind: 'unpack',
        archive: '/state/runs/r-00000001/artifact',
        archiveName: 'app-1.1.0.tar.gz',
        to: tree,
        building: here.at(`app/releases/.building~${run}`),
        failed: here.at(`app/releases/.failed~${run}`),
      },
      { kind: 'carry', phase: 'before', from: here.at('app/releases/1.0.0'), to: tree, patterns: ['config/**'] },
    ])
    expect(phases.settle).toMatchObject([{ kind: 'sync', path: tree }])
    expect(phases.stopped).toMatchObject([
      { kind: 'carry', phase: 'stopped', from: here.at('app/releases/1.0.0'), to: tree },
      {
        kind: 'link',
        link: here.at('app/current'),
        from: 'releases/1.0.0',
        to: 'releases/1.1.0',
        temporary: here.at(`app/.current~${run}`),
      },
    ])
    expect(phases).toMatchObject({ newTree: tree, stop: 'always', locks: [`path:${here.at('app')}`] })
  })

  test('when files are carried over, then data among them is migrated after the last carry, where it will be used', async () => {
    await using here = await room()
    here.plant({ ...slotTree, 'plain/VERSION': '1.0.0' })
    const migratesIn = async (path: string, preserve: string[]) => {
      const config = configOf(path, { preserve })
      return planned(await planUpdate(config, await look(config), releaseOf('1.1.0'), contextOf())).migrateIn
    }
    expect(await migratesIn(here.at('app'), ['data.db'])).toBe(here.at('app/releases/1.1.0'))
    expect(await migratesIn(here.at('plain'), ['data.db'])).toBe(here.at('plain'))
    expect(await migratesIn(here.at('app'), [])).toBeNull()
    expect(await migratesIn(here.at('new'), ['data.db'])).toBeNull()
  })

  test('when it is the first install, then there is nothing to carry and no link to come from', async () => {
    await using here = await room()
    const config = configOf(here.at('app'), { preserve: ['config/**'] })
    const phases = planned(await planUpdate(config, await look(config), releaseOf('1.1.0'), contextOf()))
    expect([...phases.before, ...phases.stopped].map((step) => step.kind)).toEqual(['unpack', 'link'])
    expect(phases.stopped[0]).toMatchObject({ from: null })
  })

  test('when a folder of that version is there already, then the run makes one of its own', async () => {
    await using here = await room()
    here.plant({ ...slotTree, 'app/releases/1.1.0/VERSION': '1.1.0' })
    const config = configOf(here.at('app'))
    const phases = planned(await planUpdate(config, await look(config), releaseOf('1.1.0'), contextOf()))
    expect(phases.newTree).toBe(here.at(`app/releases/1.1.0~${run}`))
    expect(phases.stopped.at(-1)).toMatchObject({ to: `releases/1.1.0~${run}` })
  })

  test('when a tag tries to leave the folder, then its tree stays inside', async () => {
    await using here = await room()
    const config = configOf(here.at('app'))
    const phases = planned(await planUpdate(config, await look(config), releaseOf('../../etc'), contextOf()))
    expect(phases.newTree).toBe(here.at('app/releases/etc'))
  })

  test('when it goes back, then the link does, and preserved files are carried back', async () => {
    await using here = await room()
    here.plant({ ...slotTree, 'app/releases/0.9.0/VERSION': '0.9.0' })
    const config = configOf(here.at('app'), { preserve: ['config/**'] })
    const now = await look(config)
    const [kept] = now.kept
    if (kept === undefined) throw new Error('one is kept')
    const phases = planned(await planBack(config, now, kept, contextOf()))
    expect(phases.before).toEqual([])
    expect(phases.stopped).toMatchObject([
      { kind: 'carry', from: here.at('app/releases/1.0.0'), to: here.at('app/releases/0.9.0') },
      { kind: 'link', from: 'releases/1.0.0', to: 'releases/0.9.0' },
    ])
  })
})

describe('in place', () => {
  const side = (name: string) => `.app.belay/${name}`

  test('when it updates, then the tree grows beside it and two renames exchange them', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1.0.0' })
    const config = configOf(here.at('app'))
    const phases = planned(await planUpdate(config, await look(config), releaseOf('1.1.0'), contextOf()))
    const tree = here.at(side(`new~${run}`))
    expect(phases.before).toMatchObject([
      { kind: 'unpack', to: tree, building: here.at(side(`.building~${run}`)), failed: here.at(side(`failed~${run}`)) },
    ])
    expect(phases.stopped).toMatchObject([
      { kind: 'rename', from: here.at('app'), to: here.at(side(`1.0.0~${run}`)) },
      { kind: 'rename', from: tree, to: here.at('app') },
    ])
    expect(phases.newTree).toBe(tree)
  })

  test('when nothing is there, then there is nothing to step aside; an empty folder does', async () => {
    await using here = await room()
    const config = configOf(here.at('app'), { layout: 'in-place' })
    const first = planned(await planUpdate(config, await look(config), releaseOf('1.1.0'), contextOf()))
    expect(first.stopped).toMatchObject([{ kind: 'rename', to: here.at('app') }])
    here.plant({ 'app/': '' })
    const second = planned(await planUpdate(config, await look(config), releaseOf('1.1.0'), contextOf()))
    expect(second.stopped).toHaveLength(2)
  })

  test('when it goes back, then the kept tree takes the name again', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1.1.0', [side('1.0.0~r-0000000a/VERSION')]: '1.0.0' })
    const config = configOf(here.at('app'))
    const now = await look(config)
    const [kept] = now.kept
    if (kept === undefined) throw new Error('one is kept')
    const phases = planned(await planBack(config, now, kept, contextOf()))
    expect(phases.stopped).toMatchObject([
      { kind: 'rename', from: here.at('app'), to: here.at(side(`1.1.0~${run}`)) },
      { kind: 'rename', from: here.at(side('1.0.0~r-0000000a')), to: here.at('app') },
    ])
  })
})

describe('what is kept', () => {
  test.each([
    [1, ['0.8.0', '0.9.0']],
    [2, ['0.8.0']],
    [3, []],
    [9, []],
  ])('when %i are kept and the present one becomes one of them, then %j go', async (keep, gone) => {
    await using here = await room()
    here.plant({ ...slotTree, 'app/releases/0.9.0/': '', 'app/releases/0.8.0/': '' })
    const config = configOf(here.at('app'))
    const now = await look(config)
    const kept = now.kept.toSorted((a, b) => (a.path < b.path ? 1 : -1))
    const phases = planned(await planUpdate(config, { ...now, kept }, releaseOf('1.1.0'), contextOf({ keep })))
    const removed = phases.cleanup.map((step) => (step.kind === 'remove' ? step.path : step.kind))
    expect(removed.toSorted()).toEqual(gone.map((version) => here.at(`app/releases/${version}`)))
  })

  test('when earlier runs failed, then their trees go before the new one grows, in either layout', async () => {
    await using here = await room()
    here.plant({ ...slotTree, 'app/releases/.failed~r-0000000b/': '' })
    here.plant({ 'web/VERSION': '1', '.web.belay/failed~r-0000000b/': '' })
    for (const [path, tree] of [
      [here.at('app'), here.at('app/releases/.failed~r-0000000b')],
      [here.at('web'), here.at('.web.belay/failed~r-0000000b')],
    ] as const) {
      const config = configOf(path)
      const phases = planned(await planUpdate(config, await look(config), releaseOf('2.0.0'), contextOf()))
      expect(phases.before.slice(0, -1)).toMatchObject([{ kind: 'remove', phase: 'before', path: tree }])
      expect(phases.cleanup).toEqual([])
    }
  })
})

describe('refusals', () => {
  async function refusalOf(config: ReturnType<typeof configOf>, paths: readonly string[] = []) {
    const now = await look(config, { inspectService: async () => ({ ...up, paths }) })
    return refused(await planUpdate(config, now, releaseOf('1.1.0'), contextOf()))
  }

  test('when a file stands there, then it is refused', async () => {
    await using here = await room()
    here.plant({ app: 'x' })
    expect(await refusalOf(configOf(here.at('app')))).toMatchObject({
      code: 'E_TARGET_FOREIGN',
      hint: expect.stringContaining('strategy.path'),
    })
  })

  test('when slots are asked for where a plain tree stands, then adopt is the way', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1' })
    expect(await refusalOf(configOf(here.at('app'), { layout: 'slots' }))).toMatchObject({
      code: 'E_TARGET_FOREIGN',
      hint: expect.stringContaining('belay adopt'),
    })
  })

  test('when in-place is asked for where slots are, then forget is the way', async () => {
    await using here = await room()
    here.plant(slotTree)
    expect(await refusalOf(configOf(here.at('app'), { layout: 'in-place' }))).toMatchObject({
      code: 'E_TARGET_FOREIGN',
      hint: expect.stringContaining('belay forget'),
    })
  })

  test('when the service does not run from current, then a switch would change nothing', async () => {
    await using here = await room()
    here.plant(slotTree)
    const config = configOf(here.at('app'), { service })
    expect(await refusalOf(config, [here.at('app/bin/server')])).toMatchObject({
      code: 'E_TARGET_FOREIGN',
      hint: expect.stringContaining(here.at('app/current')),
    })
    for (const fine of ['app/current/bin/server', 'app/releases/1.0.0']) {
      expect((await refusalOf(config, ['/usr/bin/node', here.at(fine)])).code, fine).toBe('E_INTERNAL')
    }
    expect((await refusalOf(config, ['/usr/bin/node'])).code).toBe('E_INTERNAL')
  })

  whereMounts('when the tree is a mount point, then its files are changed where they are', async () => {
    await using here = await room()
    here.plant({ 'app/': '' })
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', here.at('app')])
    try {
      here.plant({ 'app/VERSION': '1' })
      const config = configOf(here.at('app'), { preserve: ['data/**'] })
      const phases = planned(await planUpdate(config, await look(config), releaseOf('2.0.0'), contextOf()))
      expect(phases.settle.at(-1)).toMatchObject({ kind: 'tree-diff', root: here.at('app'), keep: ['data/**'] })
      expect(phases.stopped).toMatchObject([
        { kind: 'files', root: here.at('app'), edited: 'save', versions: { from: '1', to: '2.0.0' } },
      ])
    } finally {
      execFileSync('umount', [here.at('app')])
    }
  })

  whereMounts('when the folder above cannot be written, then the switch is not possible, and why is told', async () => {
    await using here = await room()
    here.plant({ 'disk/': '' })
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', here.at('disk')])
    try {
      here.plant({ 'disk/app/VERSION': '1' })
      execFileSync('mount', ['-o', 'remount,ro', here.at('disk')])
      expect(await refusalOf(configOf(here.at('disk/app')))).toMatchObject({
        code: 'E_PARENT_NOT_WRITABLE',
        hint: expect.stringContaining('mount options'),
        facts: { dir: here.at('disk') },
      })
    } finally {
      execFileSync('umount', [here.at('disk')])
    }
  })
})
