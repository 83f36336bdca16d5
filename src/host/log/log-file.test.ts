import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LogLine, logFile } from './log-file.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-log-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const line: LogLine = {
  level: 'warn',
  component: 'core',
  run: 'r-00000001',
  code: 'E_IO',
  text: 'it said\n"no"\u001b[31m',
}
const roomy = { sizeBytes: 1024 * 1024, keep: 5 }
const now = () => Date.parse('2026-03-01T12:00:00Z')

function open(places: readonly string[], rotate = roomy) {
  const warnings: string[] = []
  return { write: logFile({ places, rotate, now, warn: (text) => warnings.push(text) }), warnings }
}

test('when a message has line breaks and escapes then it is one line of JSON for its owner alone', async () => {
  const file = join(dir, 'logs', 'updates.log')
  open([file]).write(line)
  const text = await readFile(file, 'utf8')
  expect(text.trimEnd()).not.toMatch(/\p{Cc}/u)
  expect(JSON.parse(text)).toStrictEqual({ time: '2026-03-01T12:00:00.000Z', ...line })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('when a place cannot be written then it warns once and the next one is taken', async () => {
  await writeFile(join(dir, 'taken'), '')
  const second = join(dir, 'state', 'updates.log')
  const { write, warnings } = open([join(dir, 'taken', 'updates.log'), second])
  write(line)
  write(line)
  expect(warnings).toStrictEqual([expect.stringContaining(`it goes to ${second}`)])
  expect((await readFile(second, 'utf8')).trimEnd().split('\n')).toHaveLength(2)
})

test('when a file system takes no folder and says that its parent is missing then the next place is taken', async () => {
  const second = join(dir, 'state', 'updates.log')
  const { write, warnings } = open(['/proc/belay/logs/updates.log', second])
  write(line)
  expect(warnings).toStrictEqual([expect.stringContaining('ENOENT')])
  expect(await readFile(second, 'utf8')).toContain('r-00000001')
})

test('when no place can be written then it warns and nothing else happens', async () => {
  await writeFile(join(dir, 'taken'), '')
  const { write, warnings } = open([join(dir, 'taken', 'updates.log')])
  write(line)
  write(line)
  expect(warnings).toStrictEqual([expect.stringContaining('going on without it')])
})

test('when the file is full then it is rotated, and only so many are kept', async () => {
  const { write } = open([join(dir, 'updates.log')], { sizeBytes: 1, keep: 2 })
  for (const text of ['a', 'b', 'c', 'd']) write({ ...line, text })
  expect((await readdir(dir)).toSorted()).toStrictEqual(['updates.log', 'updates.log.1', 'updates.log.2'])
  const texts = ['updates.log.2', 'updates.log.1', 'updates.log'].map(async (name) => {
    const found: unknown = JSON.parse(await readFile(join(dir, name), 'utf8'))
    return found
  })
  expect(await Promise.all(texts)).toMatchObject([{ text: 'b' }, { text: 'c' }, { text: 'd' }])
})

test('when none is to be kept then a full one is begun anew', async () => {
  const { write } = open([join(dir, 'updates.log')], { sizeBytes: 1, keep: 0 })
  for (const text of ['a', 'b']) write({ ...line, text })
  expect(await readdir(dir)).toStrictEqual(['updates.log'])
  expect(JSON.parse(await readFile(join(dir, 'updates.log'), 'utf8'))).toMatchObject({ text: 'b' })
})
