import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { mayMount, room } from '../../host/tree/testing.ts'
import { planAdopt, planForget } from './adopt.ts'
import { configOf, contextOf, look, planned, refused, run, service } from './testing.ts'

const whereMounts = test.runIf(mayMount())
const dropIn = { path: '/etc/systemd/system/app.service.d/belay.conf', content: 'x', previous: null }

describe('adopt', () => {
  test('when a plain tree is adopted, then it becomes the first slot and the service is led to current', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1.0.0' })
    const config = configOf(here.at('app'), { service })
    const moves: unknown[] = []
    const relocation = async (_ref: unknown, move: unknown) => {
      moves.push(move)
      return dropIn
    }
    const phases = planned(await planAdopt(config, await look(config), contextOf({ relocation })))
    const parked = here.at(`.app.belay/adopt~${run}`)
    expect(phases.stopped).toMatchObject([
      { kind: 'rename', from: here.at('app'), to: parked },
      { kind: 'mkdir', paths: [here.at('app'), here.at('app/releases')] },
      { kind: 'rename', from: parked, to: here.at('app/releases/1.0.0') },
      { kind: 'link', link: here.at('app/current'), to: 'releases/1.0.0', from: null },
      {
        kind: 'write',
        ...dropIn,
        temporary: `/etc/systemd/system/app.service.d/.belay~${run}`,
        reload: { spec: service },
      },
    ])
    expect(moves).toEqual([{ from: here.at('app'), to: here.at('app/current') }])
    expect(phases.movesTo).toBe(here.at('app/current'))
  })

  test('when its version is unknown, then its slot says so', async () => {
    await using here = await room()
    here.plant({ 'app/bin': 'x' })
    const config = configOf(here.at('app'))
    const phases = planned(await planAdopt(config, await look(config), contextOf()))
    expect(phases.stopped.at(-1)).toMatchObject({ to: 'releases/unknown' })
  })

  test('when there are slots already, or nothing at all, then there is nothing to adopt', async () => {
    await using here = await room()
    here.plant({ 'app/releases/1.0.0/VERSION': '1.0.0', 'app/current': '-> releases/1.0.0' })
    for (const [path, hint] of [
      [here.at('app'), 'Nothing is left'],
      [here.at('none'), 'belay update app'],
    ] as const) {
      const config = configOf(path)
      expect(refused(await planAdopt(config, await look(config), contextOf()))).toMatchObject({
        code: 'E_USAGE',
        hint: expect.stringContaining(hint),
      })
    }
  })

  whereMounts('when the tree is a mount point, then it is refused before anything stops', async () => {
    await using here = await room()
    here.plant({ 'app/': '' })
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', here.at('app')])
    try {
      here.plant({ 'app/VERSION': '1' })
      const config = configOf(here.at('app'))
      expect(refused(await planAdopt(config, await look(config), contextOf())).code).toBe('E_TARGET_MOUNT')
    } finally {
      execFileSync('umount', [here.at('app')])
    }
  })
})

describe('forget', () => {
  test('when slots are released, then what runs becomes the plain tree, and the rest goes after the commit', async () => {
    await using here = await room()
    here.plant({ 'app/releases/1.0.0/VERSION': '1.0.0', 'app/current': '-> releases/1.0.0' })
    const config = configOf(here.at('app'), { service })
    const relocation = async (_ref: unknown, move: unknown) => (move === null ? { ...dropIn, content: null } : null)
    const phases = planned(await planForget(config, await look(config), contextOf({ relocation })))
    const [tree, shell] = [here.at(`.app.tree~${run}`), here.at(`.app.forget~${run}`)]
    expect(phases.stopped).toMatchObject([
      { kind: 'rename', from: here.at('app/releases/1.0.0'), to: tree },
      { kind: 'rename', from: here.at('app'), to: shell },
      { kind: 'rename', from: tree, to: here.at('app') },
      { kind: 'write', path: dropIn.path, content: null },
    ])
    expect(phases.cleanup).toMatchObject([{ kind: 'unguard' }, { kind: 'remove', phase: 'cleanup', path: shell }])
    expect(phases.movesTo).toBe(here.at('app'))
  })

  test('when a plain tree is released, then nothing stops, and only what lies beside it goes', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1', '.app.belay/0.9~r-0000000a/': '' })
    const config = configOf(here.at('app'))
    const phases = planned(await planForget(config, await look(config), contextOf()))
    expect(phases).toMatchObject({
      stop: 'never',
      stopped: [],
      cleanup: [{ kind: 'remove', path: here.at('.app.belay') }],
    })
  })

  test('when nothing is installed, then there is nothing to release', async () => {
    await using here = await room()
    const config = configOf(here.at('app'))
    expect(refused(await planForget(config, await look(config), contextOf())).code).toBe('E_NOT_INSTALLED')
  })
})
