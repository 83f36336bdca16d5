import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { signedScene } from './bundle.scene.ts'
import { isoAt, newKey, roleOf } from './tuf.repository.ts'

/** Clocks and roots that are lost: agents keep running, and there is a way on. */
const dayMs = 24 * 3_600_000

function clockAt(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: ms })
  onTestFinished(() => void vi.useRealTimers())
}

test('A7-46: when the clock jumps back in the middle of a check, then the time of its beginning counts', async () => {
  const { release, belay, running, nowMs, door, server } = await signedScene()
  await release('1.1.0', 2)
  clockAt(nowMs + 4 * dayMs)
  let asked = 0
  door.fault = () => {
    asked += 1
    vi.setSystemTime(nowMs)
    return false
  }
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: { code: 'E_METADATA_EXPIRED', hint: expect.stringContaining('keeps running') },
  })
  expect(asked, server.url).toBeGreaterThan(1)
  expect(await running()).toBe('1.0.0')
})

test('A7-46: when the clock says 2099, then the clock is suspected, nothing is installed, and all is well when it is right again', async () => {
  const { release, belay, running, nowMs } = await signedScene()
  await release('1.1.0', 2)
  clockAt(Date.UTC(2099, 0, 1))
  await expect(belay.update('app')).rejects.toMatchObject({ problem: { code: 'E_CLOCK_SUSPECT' } })
  expect(await running()).toBe('1.0.0')
  vi.setSystemTime(nowMs)
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
})

test('A7-46: when the clock says 1970 after something was seen, then expired metadata is still expired', async () => {
  const { repository, release, belay, running, nowMs } = await signedScene()
  repository.bodies.timestamp.expires = isoAt(nowMs - dayMs)
  await release('1.1.0', 2)
  clockAt(0)
  await expect(belay.update('app')).rejects.toMatchObject({ problem: { code: 'E_METADATA_EXPIRED' } })
  expect(await running()).toBe('1.0.0')
})

test('A7-47: when one of three root keys is lost, then the two others replace it, and hosts follow', async () => {
  const { repository, release, belay, running } = await signedScene()
  const [before] = repository.roles.root.signers
  const keys = [newKey(), newKey(), newKey()]
  repository.roles.root = roleOf(keys, 2)
  repository.nextRoot(before === undefined ? [] : [before])
  await release('1.1.0', 2)
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  const [, second, third] = keys
  if (second === undefined || third === undefined) throw new Error('three keys')
  const fresh = newKey()
  repository.roles.root = { keys: [fresh, second, third], signers: [fresh, second, third], threshold: 2 }
  repository.nextRoot()
  await release('1.2.0', 3)
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.2.0' })
  expect(await running()).toBe('1.2.0')
})

test('A7-47: when all root keys are lost, then hosts run on and refuse a new chain until a person pins it', async () => {
  const { repository, release, belay, running, dir } = await signedScene()
  repository.roles.root = roleOf([newKey()])
  const stranger = repository.nextRoot()
  await release('1.1.0', 2)
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: { code: 'E_METADATA_UNSIGNED', message: expect.stringContaining('root') },
  })
  expect(await belay.status()).toMatchObject([{ installed: '1.0.0', state: expect.any(String), problem: null }])
  expect(await running()).toBe('1.0.0')
  await writeFile(join(dir, 'root.json'), stranger)
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
})

test('A7-47: when the root has expired, then hosts run on and install nothing, and a newer root mends it', async () => {
  const { repository, release, belay, running, nowMs, dir } = await signedScene()
  repository.bodies.root.expires = isoAt(nowMs - dayMs)
  repository.nextRoot()
  await release('1.1.0', 2)
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: { code: 'E_METADATA_EXPIRED', message: expect.stringContaining('root') },
  })
  expect(await belay.check({ force: true })).toMatchObject({
    app: { current: '1.0.0', error: { code: 'E_METADATA_EXPIRED' } },
  })
  expect(await running()).toBe('1.0.0')
  repository.bodies.root.expires = isoAt(nowMs + 365 * dayMs)
  repository.nextRoot()
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  expect(await readFile(join(dir, 'root.json'))).toStrictEqual(repository.files.get('1.root.json'))
})
