import { expect, test } from 'vitest'
import { lookOf } from '../terminal/look.ts'
import { table } from './table.ts'

const head = ['run', 'when', 'what', 'outcome']
const rows = [
  [{ text: 'r-1' }, { text: '2026-11-20 12:00' }, { text: 'update 1.0 → 1.1' }, { text: 'rolled back' }],
  [{ text: 'r-2' }, { text: '' }, { text: 'update' }, { text: 'done' }],
]

function shown(columns: number | null): string[] {
  const out = columns === null ? { write: () => {} } : { write: () => {}, isTTY: true, columns }
  return table(rows, lookOf(out, { LANG: 'C.UTF-8' }, { color: false }), { head })
}

test('when there is room then columns are as wide as their content, and the last one may be cut', () => {
  expect(shown(null)).toEqual([
    'run  when              what              outcome',
    'r-1  2026-11-20 12:00  update 1.0 → 1.1  rolled back',
    'r-2                    update            done',
  ])
  expect(shown(48)[1]).toBe('r-1  2026-11-20 12:00  update 1.0 → 1.1  rolled…')
})

test('when a cell would be lost on a narrow terminal then its row takes more lines, and the head is left out', () => {
  expect(shown(40)).toEqual(['r-1  2026-11-20 12:00  update 1.0 → 1.1', '  rolled back', 'r-2  update  done'])
})

test('when one cell is wider than the terminal then it is wrapped', () => {
  const look = lookOf({ write: () => {}, isTTY: true, columns: 40 }, { LANG: 'C.UTF-8' }, { color: false })
  const why = 'held back by policy (1.*), and not tried by itself again'
  expect(table([[{ text: 'core' }, { text: why }, { text: 'checked' }]], look)).toEqual([
    'core',
    '  held back by policy (1.*), and not',
    '  tried by itself again  checked',
  ])
})
