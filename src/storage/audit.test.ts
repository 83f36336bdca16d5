import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { fileAudit } from './audit.ts'
import { stoppedClock } from './testing.ts'

const event = {
  action: 'update',
  target: 'core',
  who: 'anna',
  from: '127.0.0.1',
  outcome: 'started',
  run: 'r-00000001',
}
const newest = { before: null, limit: 3 }

async function written(count = 5) {
  const dir = mkdtempSync(join(tmpdir(), 'belay-audit-'))
  const audit = fileAudit(dir, stoppedClock())
  onTestFinished(() => {
    audit.close()
    rmSync(dir, { recursive: true, force: true })
  })
  for (let i = 1; i <= count; i++) await audit.record({ ...event, outcome: `outcome ${i}` })
  return { dir, audit }
}

/** As somebody with the file would. */
function meddle(dir: string, sql: string): void {
  const database = new DatabaseSync(join(dir, 'audit.db'))
  database.exec(`DROP TRIGGER never_changed; DROP TRIGGER never_removed; ${sql}`)
  database.close()
}

test('when much was done then it is read newest first, page by page, and is as it was written', async () => {
  const { audit } = await written(510)
  const first = await audit.read(newest)
  expect(first).toMatchObject({ more: true, broken: null })
  expect(first.entries.map(({ seq }) => seq)).toEqual([510, 509, 508])
  expect(first.entries[0]).toEqual({
    ...event,
    seq: 510,
    outcome: 'outcome 510',
    at: new Date(stoppedClock().now()).toISOString(),
  })
  const second = await audit.read({ before: 508, limit: 100 })
  expect([second.entries[0]?.seq, second.entries.length, second.more]).toEqual([507, 100, true])
  const last = await audit.read({ before: 3, limit: 100 })
  expect([last.entries.map(({ seq }) => seq), last.more]).toEqual([[2, 1], false])
})

test.each([
  ['changed', `UPDATE entries SET who = 'bob' WHERE seq = 3`, 3],
  ['given another time', `UPDATE entries SET at = at + 1 WHERE seq = 2`, 2],
  ['taken out', 'DELETE FROM entries WHERE seq = 2', 2],
  [
    'taken out and the rest moved up',
    'DELETE FROM entries WHERE seq = 2; UPDATE entries SET seq = seq - 1 WHERE seq > 2',
    2,
  ],
  [
    'exchanged',
    'UPDATE entries SET seq = 100 WHERE seq = 2; UPDATE entries SET seq = 2 WHERE seq = 3; UPDATE entries SET seq = 3 WHERE seq = 100',
    2,
  ],
  ['taken from the end', 'DELETE FROM entries WHERE seq > 3', 4],
  ['taken out altogether', 'DELETE FROM entries', 1],
])('when an entry was %s then the place is told, also after more was written', async (_, sql, broken) => {
  const { dir, audit } = await written()
  meddle(dir, sql)
  expect((await audit.read(newest)).broken).toBe(broken)
  await audit.record(event)
  expect((await audit.read(newest)).broken).toBe(broken)
  expect((await audit.head()).broken).toBe(broken)
})

test('when an end was put in place of another then the head knows', async () => {
  const { dir, audit } = await written()
  const head = readFileSync(join(dir, 'audit.head'), 'utf8')
  meddle(dir, 'DELETE FROM entries WHERE seq > 4')
  rmSync(join(dir, 'audit.head'))
  await audit.record({ ...event, who: 'eve' })
  expect((await audit.read(newest)).broken).toBeNull()
  writeFileSync(join(dir, 'audit.head'), head)
  expect((await audit.read(newest)).broken).toBe(5)
})

test('when the head is behind, as after a crash, then nothing is wrong', async () => {
  const { dir, audit } = await written()
  const head = readFileSync(join(dir, 'audit.head'), 'utf8')
  await audit.record(event)
  writeFileSync(join(dir, 'audit.head'), head)
  expect((await audit.read(newest)).broken).toBeNull()
})

test('when a statement would change or remove an entry then the file itself refuses', async () => {
  const { dir } = await written()
  const database = new DatabaseSync(join(dir, 'audit.db'))
  expect(() => database.exec(`UPDATE entries SET who = 'bob'`)).toThrow(/append-only/)
  expect(() => database.exec('DELETE FROM entries')).toThrow(/append-only/)
  database.close()
})

test('when two programs write at once then it is one chain', async () => {
  const { dir, audit } = await written()
  const other = fileAudit(dir, stoppedClock())
  for (let i = 0; i < 10; i++) await Promise.all([audit.record(event), other.record({ ...event, who: 'root' })])
  expect(await audit.head()).toMatchObject({ seq: 25, broken: null })
  other.close()
})

test('when a text would write a line of its own or fill the file then it is one short line', async () => {
  const { audit } = await written(0)
  await audit.record({ ...event, who: `eve\n2026 forged\u2028\u001b[2J`, from: 'x'.repeat(10_000) })
  const [entry] = (await audit.read(newest)).entries
  expect(entry?.who).toBe('eve 2026 forged [2J')
  expect(entry?.from).toHaveLength(256)
})

test('when nothing was written then there is nothing to read, and nothing wrong', async () => {
  const { audit } = await written(0)
  expect(await audit.read(newest)).toEqual({ entries: [], more: false, broken: null })
})

test('when it cannot be written then that is an error', async () => {
  const audit = fileAudit('/nonexistent', stoppedClock())
  await expect(audit.record(event)).rejects.toThrow()
})
