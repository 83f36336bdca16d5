import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, test } from 'vitest'
import { stepRoom, verbs } from '../../test/fakes/steps.ts'
import { look, type Room } from '../host/tree/testing.ts'
import type { LinkStep, RenameStep, WriteStep } from '../core/plan/step.ts'

const common = { phase: 'stopped', detail: 'app' } as const

describe('link', () => {
  const step = (here: Room, from: string | null): LinkStep => ({
    ...common,
    kind: 'link',
    link: here.at('current'),
    to: 'releases/2',
    from,
    temporary: here.at('.current~r'),
  })

  test('when the power went before the rename, then the new link is made anew, or taken away', async () => {
    await using here = await stepRoom()
    here.plant({ current: '-> releases/1', '.current~r': '-> releases/2' })
    const it = verbs(here, step(here, 'releases/1'))
    expect(await it.observe()).toBe('absent')
    await it.undo()
    expect(look(here.dir)).toEqual({ current: '-> releases/1' })
    symlinkSync('something/else', here.at('.current~r'))
    await it.apply()
    expect(look(here.dir)).toEqual({ current: '-> releases/2' })
  })

  test('when there was no link before, then undo leaves none', async () => {
    await using here = await stepRoom()
    const it = verbs(here, step(here, null))
    await it.apply()
    await it.undo()
    expect(look(here.dir)).toEqual({})
  })

  test('when a reader follows it all the time, then it always leads somewhere', async () => {
    await using here = await stepRoom()
    here.plant({ current: '-> releases/1', 'releases/1/': '', 'releases/2/': '' })
    const it = verbs(here, step(here, 'releases/1'))
    const switching = (async () => {
      for (let i = 0; i < 10; i++) await (i % 2 === 0 ? it.apply() : it.undo())
    })()
    const end = new AbortController()
    const watching = (async () => {
      for (; !end.signal.aborted; await new Promise(setImmediate))
        expect(readlinkSync(here.at('current'))).toMatch(/^releases\/[12]$/)
    })()
    await switching.finally(() => end.abort())
    await watching
  })
})

describe('rename', () => {
  const step = (here: Room): RenameStep => ({ ...common, kind: 'rename', from: here.at('app'), to: here.at('side/1') })

  test('when something is in the way, then neither is touched and both are named', async () => {
    await using here = await stepRoom()
    here.plant({ 'app/VERSION': '1', 'side/1/other': 'x' })
    await expect(verbs(here, step(here)).apply()).rejects.toMatchObject({
      problem: {
        code: 'E_IO',
        message: `${here.at('side/1')} is in the way of ${here.at('app')}.`,
        hint: expect.stringContaining('belay resume'),
      },
    })
    expect(readFileSync(here.at('app/VERSION'), 'utf8')).toBe('1')
    expect(existsSync(here.at('side/1/other'))).toBe(true)
  })

  test('when the way back is blocked, then the same is said of it', async () => {
    await using here = await stepRoom()
    here.plant({ 'app/new': '', 'side/1/VERSION': '1' })
    await expect(verbs(here, step(here)).undo()).rejects.toThrow(
      `${here.at('app')} is in the way of ${here.at('side/1')}.`,
    )
  })

  test('when somebody removed the tree, then that is said', async () => {
    await using here = await stepRoom()
    const it = verbs(here, step(here))
    await expect(it.apply()).rejects.toThrow(`${here.at('app')} is gone, and so is ${here.at('side/1')}.`)
    expect(await it.observe()).toBe('absent')
  })

  test('when a link that leads nowhere is in the way, then it is in the way', async () => {
    await using here = await stepRoom()
    here.plant({ 'app/VERSION': '1', 'side/1': '-> nowhere' })
    await expect(verbs(here, step(here)).apply()).rejects.toThrow('in the way')
  })
})

describe('write', () => {
  const step = (here: Room, content: string | null, previous: string | null): WriteStep => ({
    ...common,
    kind: 'write',
    path: here.at('app.service.d/belay.conf'),
    content,
    previous,
    mode: 0o640,
    temporary: here.at('app.service.d/.belay~r'),
    reload: null,
  })
  const text = (here: Room) => readFileSync(here.at('app.service.d/belay.conf'), 'utf8')

  test('when the folder is not there, then it is made, and the file has its mode', async () => {
    await using here = await stepRoom()
    await verbs(here, step(here, 'new', null)).apply()
    expect(text(here)).toBe('new')
    expect(statSync(here.at('app.service.d/belay.conf')).mode & 0o777).toBe(0o640)
  })

  test('when it removes a file, then undo brings it back', async () => {
    await using here = await stepRoom()
    here.plant({ 'app.service.d/belay.conf': 'old' })
    const it = verbs(here, step(here, null, 'old'))
    await it.apply()
    expect(existsSync(here.at('app.service.d/belay.conf'))).toBe(false)
    await it.undo()
    expect(text(here)).toBe('old')
  })

  test('when there was no file, then undo takes it away, also one that was half written', async () => {
    await using here = await stepRoom()
    const it = verbs(here, step(here, 'new', null))
    await it.apply()
    await it.undo()
    expect(existsSync(here.at('app.service.d/belay.conf'))).toBe(false)
    here.plant({ 'app.service.d/.belay~r': 'ne' })
    await it.apply()
    expect(look(here.at('app.service.d'))).toEqual({ 'belay.conf': '640 new' })
  })
})

describe('mkdir', () => {
  test('when somebody put a file into the folder, then undo leaves that folder', async () => {
    await using here = await stepRoom()
    const paths = [here.at('app'), here.at('app/releases'), here.at('app/releases/x')]
    const it = verbs(here, { ...common, kind: 'mkdir', paths })
    await it.apply()
    writeFileSync(here.at('app/releases/note'), 'mine')
    await it.undo()
    expect(Object.keys(look(here.dir))).toEqual(['app', 'app/releases', 'app/releases/note'])
  })

  test('when a crash made only the first of them, then both verbs go on from there', async () => {
    await using here = await stepRoom()
    const it = verbs(here, { ...common, kind: 'mkdir', paths: [here.at('app'), here.at('app/releases')] })
    mkdirSync(here.at('app'))
    await it.apply()
    expect(existsSync(here.at('app/releases'))).toBe(true)
    rmSync(here.at('app/releases'), { recursive: true })
    await it.undo()
    expect(look(here.dir)).toEqual({})
  })
})
