import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { handles, signalNumber } from './signals.ts'

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
  expect(handles(status, signalNumber('SIGTERM'))).toBe(true)
  expect(handles(status, signalNumber('SIGUSR1'))).toBe(false)
})

test('when a process has no handler, or ignores the signal, then it does not handle it', async () => {
  expect(handles(await statusOf('echo ready; read line'), signalNumber('TERM'))).toBe(false)
  expect(handles(await statusOf('trap "" TERM; echo ready; read line'), signalNumber('15'))).toBe(false)
})

test('when the kernel does not say then nothing is claimed', () => {
  expect(handles(null, 15)).toBeNull()
  expect(handles('Name:\tx\n', 15)).toBeNull()
})

test('when a signal is written in any of its spellings then it is the same number', () => {
  expect([signalNumber('SIGTERM'), signalNumber('TERM'), signalNumber('15'), signalNumber('SIGQUIT')]).toEqual([
    15, 15, 15, 3,
  ])
})
