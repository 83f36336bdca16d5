import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sharesFor } from '../../src/core/traffic/slots.ts'
import { findMembers } from '../../src/host/process/find.ts'
import { forwardManager, forwardNames, removeForward, reviveForward } from '../../src/traffic/builtin/forwards.ts'
import { type BuiltinSubject, builtinAbilities, builtinSubject } from './traffic.builtin.world.ts'
import { trafficContract } from './traffic.contract.ts'
import { freePort } from '../../examples/demo/free-port.ts'
import { get, startCrowd } from './traffic.stage.ts'

const never = new AbortController().signal
let made: BuiltinSubject

beforeEach(async () => {
  made = await builtinSubject()
})
afterEach(() => made.dispose())

function alive(): number {
  const { name, value } = made.folder.marker
  return findMembers(`${name}=${value}`, null).length
}

for (const { name, check } of trafficContract(builtinAbilities)) test(`builtin: ${name}`, () => check(made))

test('when it is killed under load then it is back within two seconds and serves what it served', async () => {
  await made.traffic.route(sharesFor('green', 100), never)
  const crowd = startCrowd(`${made.front}/`)
  const ms = await made.killQuickest()
  const { asked } = crowd
  await expect.poll(() => crowd.asked).toBeGreaterThan(asked + 200)
  const { bySlot } = await crowd.stop()
  expect(ms).toBeLessThan(2000)
  expect(bySlot['blue']).toBeUndefined()
})

test('when its keeper was killed with it then asking what is served, or a look at it, starts it again', async () => {
  for (const again of [
    () => made.traffic.served(never),
    async () => expect(await reviveForward(made.options, 'app', never)).toBe(true),
  ]) {
    const { name, value } = made.folder.marker
    for (const { pid } of findMembers(`${name}=${value}`, null)) process.kill(pid, 'SIGKILL')
    await expect.poll(alive).toBe(0)
    await again()
    expect((await get(`${made.front}/`)).slot).toBe('blue')
  }
  expect(await reviveForward(made.options, 'app', never)).toBe(false)
  expect(alive()).toBe(2)
})

test('when two start it at once then one forwarder runs', async () => {
  await forwardManager(made.options).end(made.folder)
  await Promise.all([1, 2, 3].map(() => made.traffic.served(never)))
  await expect.poll(alive).toBe(2)
  expect((await get(`${made.front}/`)).slot).toBe('blue')
})

test('when the config names another address then it is there, and no longer where it was', async () => {
  const port = await freePort()
  const { traffic, complaints } = made.opened('app', { listen: `127.0.0.1:${port}` })
  expect(await complaints()).toEqual([])
  await traffic.route(sharesFor('green', 100), never)
  expect((await get(`http://127.0.0.1:${port}/`)).slot).toBe('green')
  await expect(get(`${made.front}/`)).rejects.toThrow(/ECONNREFUSED/)
})

test('when another program has the port then that is said before anything is done', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { complaints } = made.opened('other', { listen: `127.0.0.1:${port}` })
  expect((await complaints()).join()).toMatch(/Another program listens/)
  other.close()
})

test('when its traffic is no longer configured then nothing of it is left', async () => {
  expect(await forwardNames(made.options.stateDir)).toEqual(['app'])
  await removeForward(made.options, 'app')
  await removeForward(made.options, 'app')
  expect(await forwardNames(made.options.stateDir)).toEqual([])
  expect(alive()).toBe(0)
  await expect(get(`${made.front}/`)).rejects.toThrow(/ECONNREFUSED/)
  await expect(stat(made.folder.dir)).rejects.toThrow(/ENOENT/)
})

test('when it runs then what it is told by is for its user alone', async () => {
  for (const [path, mode] of [
    [made.folder.dir, 0o700],
    [made.folder.control, 0o600],
    [made.folder.target, 0o600],
    [made.folder.log, 0o600],
  ] as const) {
    expect((await stat(path)).mode & 0o777).toBe(mode)
  }
})

test('when an answer takes longer than an idle connection is kept then it is waited for', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await get(`${made.front}/`, agent)
  expect((await get(`${made.front}/slow?ms=2500`, agent)).status).toBe(200)
  agent.destroy()
})
