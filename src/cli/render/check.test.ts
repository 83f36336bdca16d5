import { expect, test } from 'vitest'
import { checkReport } from '../../../test/fakes/engine.ts'
import { lookOf } from '../terminal/look.ts'
import { checkLines } from './check.ts'

const look = lookOf({ write: () => {} }, { LANG: 'C.UTF-8' }, { color: false })
const reader = { look, language: 'en', now: Date.parse('2026-11-20T12:00:00.000Z') } as const

test('when a component is not installed yet then check says so, and does not call its version unreadable', () => {
  const offered = checkReport({ current: null, latest: '1.1.0', update_available: true, relation: 'older' })
  const unreadable = checkReport({ current: null, relation: 'unknown' })
  const lines = checkLines(
    new Map([
      ['core', offered],
      ['odd', unreadable],
    ]),
    reader,
  )
  expect(lines.slice(0, 2)).toEqual([
    'core  not installed  1.1.0 available                   checked 4 minutes ago',
    'odd   ?              installed version cannot be read  checked 4 minutes ago',
  ])
})
