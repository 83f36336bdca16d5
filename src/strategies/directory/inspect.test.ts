import { chownSync, utimesSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { up } from '../../host/check-context.fixture.ts'
import { room } from '../../host/tree/testing.ts'
import { layoutOf } from './inspect.ts'
import { configOf, look, service } from './testing.ts'

const asRoot = test.runIf(process.getuid?.() === 0)

describe('what stands there', () => {
  test.each([
    ['nothing', {}],
    ['an empty folder', { 'app/': '' }],
    ['releases without a link', { 'app/releases/1.0.0/VERSION': '1.0.0' }],
    ['a link to a slot that is gone', { 'app/releases/': '', 'app/current': '-> releases/1.0.0' }],
  ])('when it is %s, then it is absent', async (_name, files) => {
    await using here = await room()
    here.plant(files)
    const found = await look(configOf(here.at('app')))
    expect(found).toMatchObject({ state: 'absent', tree: null, version: null })
  })

  test('when it is a tree that Belay did not make, then it is adopted, with the version that it tells', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1.0.0\n', 'app/bin': 'x' })
    expect(await look(configOf(here.at('app')))).toMatchObject({
      state: 'adopted',
      tree: here.at('app'),
      version: '1.0.0',
      kept: [],
      probe: { dir: here.at('app') },
    })
  })

  test('when its version cannot be read, then it is unknown and not guessed', async () => {
    await using here = await room()
    here.plant({ 'app/bin': 'x' })
    expect(await look(configOf(here.at('app')))).toMatchObject({ state: 'adopted', version: null })
  })

  test('when Belay has been there in place, then it is in-place, and the trees beside it are kept ones', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1.1.0', '.app.belay/1.0.0~r-0000000a/VERSION': '1.0.0' })
    here.plant({
      '.app.belay/failed~r-0000000b/x': '',
      '.app.belay/new~r-0000000c/x': '',
      '.app.belay/.building~r/': '',
    })
    expect(await look(configOf(here.at('app')))).toMatchObject({
      state: 'in-place',
      version: '1.1.0',
      kept: [{ version: '1.0.0', path: here.at('.app.belay/1.0.0~r-0000000a') }],
    })
  })

  test('when current points at a slot, then that is the tree, and the other slots are kept ones', async () => {
    await using here = await room()
    here.plant({ 'app/releases/1.0.0/VERSION': '1.0.0', 'app/releases/1.1.0/VERSION': '1.1.0' })
    here.plant({
      'app/current': '-> releases/1.1.0',
      'app/releases/.failed~r-0000000b/x': '',
      'app/releases/note': 'x',
    })
    expect(await look(configOf(here.at('app')))).toMatchObject({
      state: 'slots',
      tree: here.at('app/releases/1.1.0'),
      version: '1.1.0',
      kept: [{ version: '1.0.0', path: here.at('app/releases/1.0.0') }],
      probe: { dir: here.at('app/current') },
      facts: { link: 'releases/1.1.0' },
    })
  })

  test('when no probe is set and there is no VERSION, then a slot’s own name tells', async () => {
    await using here = await room()
    here.plant({ 'app/releases/1.1.0~r-0000000a/x': '', 'app/current': '-> releases/1.1.0~r-0000000a' })
    expect(await look(configOf(here.at('app')), { probeSpec: { type: 'none' } })).toMatchObject({ version: '1.1.0' })
    // A probe that is set and finds nothing is not overruled.
    expect(await look(configOf(here.at('app')))).toMatchObject({ version: null })
  })

  test.each([
    ['a file', { app: 'x' }],
    ['a link', { 'real/x': '', app: '-> real' }],
  ])('when it is %s, then it is foreign', async (_name, files) => {
    await using here = await room()
    here.plant(files)
    expect(await look(configOf(here.at('app')))).toMatchObject({ state: 'foreign', tree: null })
  })

  test('when current points somewhere else, then it is a plain tree with a link in it', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1.0.0', 'app/current': '-> /var/lib/other' })
    expect(await look(configOf(here.at('app')))).toMatchObject({ state: 'adopted', version: '1.0.0' })
  })
})

test('when the tree steps aside and comes back while it is looked at, then it is there or absent, and never an error', async () => {
  await using here = await room()
  here.plant({ 'app/VERSION': '1.0.0', '.app.belay/': '' })
  const over = { yet: false }
  const moving = (async () => {
    for (let times = 0; times < 500; times += 1) {
      await rename(here.at('app'), here.at('.app.belay/1.0.0~r-0000000a'))
      await rename(here.at('.app.belay/1.0.0~r-0000000a'), here.at('app'))
    }
  })().finally(() => (over.yet = true))
  const seen = new Set<string>()
  while (!over.yet) seen.add((await look(configOf(here.at('app')))).state)
  await moving
  expect(['absent', 'in-place']).toEqual(expect.arrayContaining([...seen]))
})

test('when several are kept, then the one that was left last comes first', async () => {
  await using here = await room()
  for (const version of ['1.0.0', '0.9.0', '1.1.0']) {
    here.plant({ [`.app.belay/${version}~r-0000000a/`]: '' })
    // The change time is the kernel's: it cannot be set, only waited for, a tick at the most.
    await setTimeout(12)
    utimesSync(here.at(`.app.belay/${version}~r-0000000a`), 0, 0)
  }
  here.plant({ 'app/VERSION': '2' })
  const { kept } = await look(configOf(here.at('app')))
  expect(kept.map((one) => one.version)).toEqual(['1.1.0', '0.9.0', '1.0.0'])
})

describe('the layout', () => {
  test.each([
    ['absent', 'slots'],
    ['slots', 'slots'],
    ['adopted', 'in-place'],
    ['in-place', 'in-place'],
    ['foreign', 'in-place'],
  ] as const)('when it is %s and none is set, then it is %s', (state, layout) => {
    expect(layoutOf(configOf('/opt/app'), { state })).toBe(layout)
    expect(layoutOf(configOf('/opt/app', { layout: 'slots' }), { state })).toBe('slots')
    expect(layoutOf(configOf('/opt/app', { layout: 'in-place' }), { state })).toBe('in-place')
  })

  test('when nothing is there yet, then service and probe look where it will be', async () => {
    await using here = await room()
    const found = await look(configOf(here.at('app'), { service }))
    expect(found.service?.ref.cwd).toBe(here.at('app/current'))
    expect(found.probe.dir).toBe(here.at('app/current'))
    expect((await look(configOf(here.at('app'), { service, layout: 'in-place' }))).probe.dir).toBe(here.at('app'))
  })
})

describe('the user', () => {
  test('when the config names one, then it is that one; else the service’s', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1' })
    const inspectService = async () => ({ ...up, user: 'www' })
    expect(await look(configOf(here.at('app'), { service, user: 'app' }), { inspectService })).toMatchObject({
      user: 'app',
    })
    expect(await look(configOf(here.at('app'), { service }), { inspectService })).toMatchObject({
      user: 'www',
      service: { ref: { user: 'www' } },
      probe: { user: 'www' },
    })
  })

  test('when nobody says and the tree is ours, then it is nobody in particular', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1' })
    expect((await look(configOf(here.at('app')))).user).toBeNull()
  })

  asRoot('when nobody says and the tree is another user’s, then it is that user', async () => {
    await using here = await room()
    here.plant({ 'app/VERSION': '1' })
    chownSync(here.at('app'), 65_534, 65_534)
    expect((await look(configOf(here.at('app')))).user).toBe('nobody')
  })
})

test('when there is no service, then none is asked', async () => {
  await using here = await room()
  expect((await look(configOf(here.at('app')))).service).toBeNull()
})
