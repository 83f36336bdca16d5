import { expect, test } from 'vitest'
import { lookOf } from '../terminal/look.ts'
import { held } from './problem.ts'

const look = lookOf({ write: () => {} }, { LANG: 'C.UTF-8' }, { color: false })
const now = Date.parse('2026-11-20T12:00:00.000Z')
const since = new Date(now).toISOString()

test('when a run holds a lock then it says who, and why', () => {
  const said = held({ pid: 7, user: 'root', why: 'update r-00000001', since }, { look, now })
  expect(said).toMatch(/^held by root, process 7, since .* \(just now\): update r-00000001$/)
})

test('when the holder has not said who it is then nobody is made up', () => {
  expect(held({ pid: 0, user: 'unknown', why: 'unknown', since }, { look, now })).toBe('held by another run')
})
