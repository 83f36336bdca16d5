import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileSettings, settingsBytesMax } from './settings.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'belay-settings-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('when nothing was written then there is nothing; what is written is read, and nobody else may read it', async () => {
  const store = fileSettings(dir)
  expect(store.read()).toBeNull()
  await store.write('{"a":1}\n')
  expect(store.read()).toBe('{"a":1}\n')
  await store.write('{}')
  expect(store.read()).toBe('{}')
  expect(statSync(store.file).mode & 0o777).toBe(0o600)
  expect(readdirSync(dir)).toEqual(['settings.json'])
})

test('when a write ended in the middle then what was there before holds, and the next write is not in its way', async () => {
  const store = fileSettings(dir)
  await store.write('{"a":1}')
  writeFileSync(join(dir, '.settings.json.belay-new'), '{"a":')
  expect(store.read()).toBe('{"a":1}')
  await store.write('{"a":2}')
  expect(store.read()).toBe('{"a":2}')
})

test('when the file is larger than any that was written here then it is not read', () => {
  const store = fileSettings(dir)
  writeFileSync(store.file, ' '.repeat(settingsBytesMax + 1))
  expect(() => store.read()).toThrow(/larger than/)
})

test('when a secret is kept then its folder and its file are closed to others', async () => {
  const store = fileSettings(dir)
  await store.writeSecret('ops-token', 'tk_1')
  await store.writeSecret('ops-token', 'tk_2')
  expect(statSync(store.secretsDir).mode & 0o777).toBe(0o700)
  expect(statSync(join(store.secretsDir, 'ops-token')).mode & 0o777).toBe(0o600)
})
