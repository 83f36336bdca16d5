import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../host/clock.ts'
import { hasDied } from './died.ts'
import { processServices } from './index.ts'
import { serviceFolder } from './record.ts'

const never = new AbortController().signal
let dir = ''

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-died-'))
})
afterEach(async () => {
  await open('').stop(never)
  await rm(dir, { recursive: true, force: true })
})

/** `settleMs`: how long its start is watched. */
function open(code: string, settleMs = 40) {
  const kind = processServices({ stateDir: dir, clock: systemClock(), settleMs })
  const spec = { type: 'process' as const, command: [process.execPath, '-e', code] }
  return kind.open(kind.config.parse(spec), { component: 'app', spec, cwd: dir, user: null })
}

const idle = 'setInterval(()=>{},1000)'

async function killed(): Promise<void> {
  const service = open(idle)
  await service.start(never)
  process.kill((await service.inspect()).pid ?? -1, 'SIGKILL')
  await expect.poll(() => hasDied(dir, 'app')).toBe(true)
}

test('when it was never started, runs, or was stopped, then it has not died', async () => {
  expect(hasDied(dir, 'app')).toBe(false)
  await open(idle).start(never)
  expect(hasDied(dir, 'app')).toBe(false)
  await open(idle).stop(never)
  expect(hasDied(dir, 'app')).toBe(false)
})

test('when it was killed, then it has died until it is started again', async () => {
  await killed()
  await open(idle).start(never)
  expect(hasDied(dir, 'app')).toBe(false)
})

test('when starting it again fails, then it is still meant to run', async () => {
  await killed()
  await expect(open('process.exit(1)', 60_000).start(never)).rejects.toThrow(/ended right after its start/)
  expect(hasDied(dir, 'app')).toBe(true)
})

test('when it ran before the host was started anew, then it is meant to run', async () => {
  await open(idle).start(never)
  const { record } = serviceFolder(dir, 'app')
  const text = await readFile(record, 'utf8')
  await open(idle).stop(never)
  await writeFile(record, JSON.stringify({ ...JSON.parse(text), bootId: 'another' }))
  expect(hasDied(dir, 'app')).toBe(true)
})
