import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { room } from '../tree/testing.ts'
import { handles, isFirst, programOf, statusText, takes } from './signal-mask.ts'

const { SIGTERM, SIGUSR1 } = constants.signals

/** A real process, read as the kernel shows it: one that waits by itself, since a shell blocks signals while it forks. */
async function statusOf(script: string): Promise<string> {
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] })
  try {
    await once(child.stdout, 'data')
    return readFileSync(`/proc/${child.pid}/status`, 'utf8')
  } finally {
    child.kill('SIGKILL')
  }
}

test('when a process has a handler for the signal then it is seen, and that it has none for another one', async () => {
  const status = await statusOf('trap "exit 0" TERM; echo ready; read line')
  expect(handles(status, SIGTERM)).toBe(true)
  expect(handles(status, SIGUSR1)).toBe(false)
})

test('when a process has no handler, or ignores the signal, then it does not handle it', async () => {
  expect(handles(await statusOf('echo ready; read line'), SIGTERM)).toBe(false)
  expect(handles(await statusOf('trap "" TERM; echo ready; read line'), SIGTERM)).toBe(false)
})

test('when the kernel does not say then nothing is claimed', () => {
  expect(handles(null, 15)).toBeNull()
  expect(handles('Name:\tx\n', 15)).toBeNull()
})

test('when a process is the first one of its container then its ids say so', () => {
  expect(isFirst('Name:\tnode\nNSpid:\t30152\t1\nSigQ:\t0/1\n')).toBe(true)
  expect(isFirst('Name:\tnode\nNSpid:\t30152\t12\n')).toBe(false)
  expect(isFirst('Name:\tnode\n')).toBe(false)
})

test('when a process is looked at then its program has a name, and one that is gone has nothing', () => {
  expect(programOf(process.pid)).toMatch(/^node/)
  expect(isFirst(statusText(process.pid) ?? '')).toBe(false)
  expect([programOf(-1), statusText(-1)]).toEqual([null, null])
})

test('when a small init waits for signals then it takes them, though its mask does not show it', async () => {
  await using dir = await room()
  // Any program by that name, waiting as such an init does: with the signal let through while it waits.
  await copyFile('/bin/sleep', dir.at('tini'))
  const child = spawn(dir.at('tini'), ['60'], { stdio: 'ignore' })
  await once(child, 'spawn')
  await expect.poll(() => programOf(child.pid ?? 0)).toBe('tini')
  expect(takes(child.pid ?? 0, SIGTERM)).toBe(true)
  child.kill('SIGKILL')
})

test('when a process is Node then nothing is claimed of what it runs', async () => {
  expect(takes(process.pid, SIGTERM)).toBeNull()
})
