import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunId } from '../core/model/names.ts'
import { problem } from '../core/model/problem.ts'
import { runLog } from './run-log.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-log-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const run = 'r-00000001' as RunId
const closed = {
  t: 'closed',
  run,
  outcome: 'rolled-back',
  problem: problem('E_CHECK_FAILED', 'it said\n"no"'),
} as const

test('when a run ends badly, then one line says so, whatever line breaks its message has', async () => {
  const file = join(dir, 'logs', 'updates.log')
  runLog(file, 'info', () => {})(closed)
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^\S+Z error - r-00000001 ended rolled-back: E_CHECK_FAILED it said "no"$/)
})

test('when the level is higher, then lesser lines are left out', async () => {
  const file = join(dir, 'updates.log')
  const log = runLog(file, 'error', () => {})
  log({ t: 'step', run, step: 0, state: 'done', ms: 3, facts: {} })
  log(closed)
  expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(2)
})

test('when the file is full, then it is rotated and begun anew', async () => {
  const file = join(dir, 'updates.log')
  await writeFile(file, 'old')
  await truncate(file, 11 * 1024 * 1024)
  runLog(file, 'info', () => {})(closed)
  expect((await readFile(file, 'utf8')).length).toBeLessThan(200)
  expect((await readFile(`${file}.1`)).length).toBe(11 * 1024 * 1024)
})

test('when it cannot be written, then it warns once and nothing else happens', async () => {
  await writeFile(join(dir, 'taken'), '')
  const warnings: string[] = []
  const log = runLog(join(dir, 'taken', 'updates.log'), 'info', (text) => warnings.push(text))
  log(closed)
  log(closed)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('going on without it')
})
