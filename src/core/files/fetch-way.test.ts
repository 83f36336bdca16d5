import { expect, test } from 'vitest'
import { fetchWay } from './fetch-way.ts'

const kb = 1024
const files = (count: number, bytes: number | null) => Array.from({ length: count }, () => ({ bytes }))

test.each([
  // HelpDesk: 21 of 1,651 files of 17.7 MB.
  [files(20, 20 * kb), files(1651, 10.7 * kb), 'file', 20],
  [files(1651, 10.7 * kb), files(1651, 10.7 * kb), 'archive', 1],
  [files(300, 10 * kb), files(1651, 10.7 * kb), 'archive', 1],
  [files(1, 500 * kb), files(1, 500 * kb), 'file', 1],
  // A huge tree is not fetched for a handful of files, nor a handful of large ones for nothing.
  [files(40, 10 * kb), files(20_000, 100 * kb), 'file', 40],
  [files(3, 9000 * kb), files(4, 9000 * kb), 'archive', 1],
  [files(30, null), files(30, null), 'archive', 1],
  [[], files(10, kb), 'file', 0],
])('when %# is wanted, then it comes by %s', (wanted, all, by, requests) => {
  expect(fetchWay(wanted, all)).toMatchObject({ by, requests })
})

test('when there is no archive, then the files come one by one', () => {
  expect(fetchWay(files(1000, kb), null)).toEqual({ by: 'file', requests: 1000, bytes: 1000 * kb })
})
