import { expect, test } from 'vitest'
import { statusReport } from '../../../test/fakes/engine.ts'
import { lookOf } from '../terminal/look.ts'
import type { Reader } from './problem.ts'
import { statusLines } from './status.ts'

const look = lookOf({ write: () => {} }, { LANG: 'C.UTF-8' }, { color: false })
const reader: Reader = { look, language: 'en', now: Date.parse('2026-11-20T12:00:00.000Z') }

test.each([
  ['cannot be read', { installed: null }, 'unknown  ✓ running  installed version cannot be read'],
  ['cannot be compared', { installed: 'mine', relation: 'unknown' }, 'mine  ✓ running  versions cannot be compared'],
] as const)('when the installed version %s then status does not call it up to date', (_, change, told) => {
  expect(statusLines([statusReport(change)], reader, { detailed: false })).toEqual([
    `core  ${told}  checked 4 minutes ago`,
  ])
})

test('when the newest was installed since a check that could compare nothing then it is up to date', () => {
  const lines = statusLines([statusReport({ relation: 'unknown' })], reader, { detailed: false })
  expect(lines).toEqual(['core  1.0.4  ✓ running  up to date  checked 4 minutes ago', 'Everything is up to date.'])
})
