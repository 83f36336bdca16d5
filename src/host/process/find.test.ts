import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { ageMs, bootId, findMembers, ownerOf, parseStat, processInfo, workingFolder } from './find.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

async function start(marker: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'console.log(1);setInterval(()=>{},1000)'], {
    cwd: tmpdir(),
    env: { BELAY_FIND_TEST: marker },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.push(child)
  await once(child.stdout ?? child, 'data')
  return child.pid ?? -1
}

test('when a command name holds spaces and brackets then the fields are still counted right', () => {
  const fields = ['S', '7', '42', '43', ...Array.from({ length: 15 }, () => '0'), '98765', '0']
  expect(parseStat(`42 (a ) (b) c) ${fields.join(' ')}`)).toEqual({
    pid: 42,
    parent: 7,
    group: 42,
    session: 43,
    startTicks: 98765,
  })
})

test('when a process is a zombie then it is not there', () => {
  expect(parseStat(`42 (x) Z ${Array.from({ length: 30 }, () => '1').join(' ')}`)).toBeNull()
  expect(parseStat('nonsense')).toBeNull()
})

test('when the first thread of a process is a zombie and others live then it is there: they hold its port', () => {
  const fields = (threads: string) => [
    'Z',
    '1',
    '42',
    '42',
    ...Array.from({ length: 13 }, () => '0'),
    threads,
    '0',
    '77',
    '0',
  ]
  expect(parseStat(`42 (x) ${fields('3').join(' ')}`)).toMatchObject({ pid: 42, startTicks: 77 })
  expect(parseStat(`42 (x) ${fields('1').join(' ')}`)).toBeNull()
})

test('when processes carry a marker then exactly those are found, whole value only', async () => {
  const [one, other] = [await start('alpha'), await start('alphabet')]
  expect(findMembers('BELAY_FIND_TEST=alpha', null).map((info) => info.pid)).toEqual([one])
  expect(findMembers('BELAY_FIND_TEST=alphabet', null).map((info) => info.pid)).toEqual([other])
  // And with a session, what belongs to either.
  const session = processInfo(other)?.session ?? 0
  const both = findMembers('BELAY_FIND_TEST=alpha', session)
  expect(both.map((info) => info.pid)).toContain(one)
  expect(both.every((info) => info.pid === one || info.session === session)).toBe(true)
})

test('when a process runs then its start, folder, owner and age are known, and nothing once it has ended', async () => {
  const pid = await start('beta')
  const info = processInfo(pid)
  expect(info).toMatchObject({ pid, session: pid, group: pid, parent: process.pid })
  expect(workingFolder(pid)).toBe(realpathSync(tmpdir()))
  expect(ownerOf(pid)).toBe(process.getuid?.())
  expect(info === null ? -1 : ageMs(info)).toBeLessThan(60_000)
  process.kill(pid, 'SIGKILL')
  await once(children[0] ?? process, 'exit')
  expect(processInfo(pid)).toBeNull()
})

test('when this process itself carries the marker then it is not found', () => {
  const name = Object.keys(process.env).find((key) => key === 'PATH') ?? ''
  expect(findMembers(`${name}=${process.env[name]}`, null).map((info) => info.pid)).not.toContain(process.pid)
})

test('when asked for the boot then it is the id of the kernel', () => {
  expect(bootId()).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
})
