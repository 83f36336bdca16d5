import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { migrateJournal } from './migrations.ts'

const first = ['CREATE TABLE a (x)']
const second = [...first, 'CREATE TABLE b (x)']

function tables(database: DatabaseSync): readonly unknown[] {
  return database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => name)
}

test('when a version on trial opens the journal of the one before, then that one can still write it', () => {
  const database = new DatabaseSync(':memory:')
  migrateJournal(database, { hold: false, to: first })
  migrateJournal(database, { hold: true, to: second })
  expect(tables(database)).toEqual(['a'])
  migrateJournal(database, { hold: false, to: first })
  migrateJournal(database, { hold: false, to: second })
  expect(tables(database)).toEqual(['a', 'b'])
  expect(() => migrateJournal(database, { hold: true, to: first })).toThrow(/newer belay/)
})

test('when there is no journal yet, then a version on trial makes one', () => {
  const database = new DatabaseSync(':memory:')
  migrateJournal(database, { hold: true, to: second })
  expect(tables(database)).toEqual(['a', 'b'])
})
