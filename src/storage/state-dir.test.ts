import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { mayMount, room } from '../host/tree/testing.ts'
import { ballast, defaultStateDir, prepareStateDir } from './state-dir.ts'

const isRoot = process.getuid?.() === 0
const asRoot = test.runIf(isRoot)
const whereMounts = test.runIf(mayMount())
const unsafe = expect.objectContaining({ problem: expect.objectContaining({ code: 'E_STATE_UNSAFE' }) })

describe('the state folder', () => {
  test('when it is not there, then it is made, closed to others', async () => {
    await using here = await room()
    prepareStateDir(here.at('a/b'))
    expect(statSync(here.at('a/b')).mode & 0o777).toBe(0o700)
  })

  test('when it is there and safe, then it is taken as it is', async () => {
    await using here = await room()
    here.plant({ 'state/file': 'x' })
    chmodSync(here.at('state'), 0o750)
    prepareStateDir(here.at('state'))
    expect(readdirSync(here.at('state'))).toEqual(['file'])
  })

  test.each([0o770, 0o707, 0o777])('when others may write there (%o), then it is refused', async (mode) => {
    await using here = await room()
    here.plant({ 'state/': '' })
    chmodSync(here.at('state'), mode)
    expect(() => prepareStateDir(here.at('state'))).toThrow(unsafe)
  })

  test('when it is a link, then it is refused: its target could be changed', async () => {
    await using here = await room()
    here.plant({ 'real/': '', state: '-> real' })
    expect(() => prepareStateDir(here.at('state'))).toThrow(unsafe)
  })

  test.each(['file', 'file/below', 'dangling'])('when %s is in its place, then that is said', async (name) => {
    await using here = await room()
    here.plant({ file: 'x', dangling: '-> nowhere' })
    expect(() => prepareStateDir(here.at(name))).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({ code: 'E_PATH_INVALID', message: expect.stringContaining(here.at(name)) }),
      }),
    )
  })

  asRoot('when it is somebody else’s, then it is refused', async () => {
    await using here = await room()
    here.plant({ 'state/': '' })
    chmodSync(here.at('state'), 0o700)
    chownSync(here.at('state'), 65_534, 65_534)
    expect(() => prepareStateDir(here.at('state'))).toThrow(unsafe)
  })

  test('when none is named, then root has one for the host and others one of their own', () => {
    expect(defaultStateDir({ XDG_STATE_HOME: '/x' })).toBe(isRoot ? '/var/lib/belay' : '/x/belay')
    expect(defaultStateDir({})).toBe(isRoot ? '/var/lib/belay' : `${homedir()}/.local/state/belay`)
  })
})

describe('the reserve', () => {
  const reserveBytes = 4 * 1024 * 1024

  test('when it is made, then it takes real room, and dropping it gives that back', async () => {
    await using here = await room()
    const reserve = ballast(here.dir)
    reserve.ensure()
    const { size, blocks } = statSync(here.at('ballast'))
    expect(size).toBe(reserveBytes)
    expect(blocks * 512).toBeGreaterThanOrEqual(reserveBytes)
    reserve.drop()
    reserve.drop()
    expect(existsSync(here.at('ballast'))).toBe(false)
  })

  test('when it is there, then it is not written again', async () => {
    await using here = await room()
    ballast(here.dir).ensure()
    const { mtimeNs } = statSync(here.at('ballast'), { bigint: true })
    ballast(here.dir).ensure()
    expect(statSync(here.at('ballast'), { bigint: true }).mtimeNs).toBe(mtimeNs)
  })

  test('when a crash left half of it, then it is made whole', async () => {
    await using here = await room()
    ballast(here.dir).ensure()
    truncateSync(here.at('ballast'), 1000)
    ballast(here.dir).ensure()
    expect(statSync(here.at('ballast')).blocks * 512).toBeGreaterThanOrEqual(reserveBytes)
  })

  whereMounts('when the disk is too full for it, then it is refused and leaves nothing', async () => {
    await using here = await room()
    here.plant({ 'disk/': '' })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', here.at('disk')])
    try {
      writeFileSync(here.at('disk/data'), Buffer.alloc(3 * 1024 * 1024))
      expect(() => ballast(here.at('disk')).ensure()).toThrow(
        expect.objectContaining({ problem: expect.objectContaining({ code: 'E_DISK_FULL' }) }),
      )
      expect(readdirSync(here.at('disk'))).toEqual(['data'])
    } finally {
      execFileSync('umount', [here.at('disk')])
    }
  })
})
