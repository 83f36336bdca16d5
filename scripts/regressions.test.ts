import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** The faults that this version must not have. */
const promised =
  'D1 D2 D3 D4 D5 D6 D7 D8 D9 D10 D11 D12 D13 D14 D18 D20 D21 D22 D23 D24 H1 H2 H3 H4 H5 H6 H7 H8 H9 C1 C2 C3 C4 C5 C6 C7 W1 W2 W3 W4 W5 W6 W7 W8'.split(
    ' ',
  )

interface Row {
  readonly fault: string
  readonly name: string
  readonly file: string
}

const rows = readFileSync(join(root, 'docs/regressions.md'), 'utf8')
  .split('\n')
  .flatMap((line): Row[] => {
    const [, fault = '', , name = '', link = ''] = line.split('|').map((cell) => cell.trim())
    const file = /\]\(\.\.\/(.+)\)$/.exec(link)?.[1]
    return file === undefined ? [] : [{ fault, name, file }]
  })

test('when a fault must not come back, then the list names a test for it', () => {
  expect([...new Set(rows.map((row) => row.fault))].toSorted()).toStrictEqual(promised.toSorted())
})

/** The title of a test or of a group of tests; what varies in it comes last. */
function hasTitle({ name, file }: Row): boolean {
  if (!existsSync(join(root, file))) return false
  const text = readFileSync(join(root, file), 'utf8')
  return ["'", '`'].some((quote) => [quote, ' (${'].some((end) => text.includes(`${quote}${name}${end}`)))
}

test('when a test is named there, then it is in that file and begins with the number of the fault', () => {
  expect(rows.length).toBeGreaterThan(promised.length)
  expect(rows.filter((row) => !hasTitle(row))).toStrictEqual([])
  expect(rows.filter(({ fault, name }) => !(name.split(':')[0] ?? '').split(', ').includes(fault))).toStrictEqual([])
})
