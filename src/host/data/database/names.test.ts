import { expect, test } from 'vitest'
import { databaseNames } from './names.ts'

test('when a run restores then what it makes beside the database has its name and the run in it', () => {
  expect(databaseNames('crm', '/b/app/r-0123456789-0.aside')).toEqual({
    part: 'crm_belay_r-0123456789_part',
    fresh: 'crm_belay_r-0123456789_new',
    kept: 'crm_belay_r-0123456789',
    undone: 'crm_belay_r-0123456789_undone',
  })
})

test('when a later run restores an older backup then the later one counts', () => {
  expect(databaseNames('crm', '/b/app/r-0123456789-0.aside~r-9876543210').kept).toBe('crm_belay_r-9876543210')
  expect(databaseNames('crm', '/b/app/r-0123456789-1.aside~r-9876543210-1').kept).toBe('crm_belay_r-9876543210-1')
})

test('when a name is as long as may be then the others stay apart and are no longer, whatever letters it has', () => {
  for (const name of ['x'.repeat(63), 'ä'.repeat(31), '😀'.repeat(15)]) {
    const names = Object.values(databaseNames(name, '/b/app/r-0123456789-0.aside'))
    expect(new Set([name, ...names]).size).toBe(5)
    for (const each of names) {
      expect(Buffer.byteLength(each)).toBeLessThanOrEqual(63)
      expect(each.isWellFormed()).toBe(true)
    }
  }
})
