import { expect, test } from 'vitest'
import type { VersionItem } from '../../api/types.ts'
import { earlierThan, likeliest } from './versions.ts'

function version(name: string, change: Partial<VersionItem> = {}): VersionItem {
  return { version: name, date: null, title: null, kept: false, current: false, published: true, ...change }
}

test('when one goes back then to what is older, or still here, never to what is newer or runs', () => {
  const all = [version('3'), version('2.1', { kept: true }), version('2', { current: true }), version('1')]
  expect(earlierThan(all).map(({ version }) => version)).toStrictEqual(['2.1', '1'])
})

test('when it is not known what runs then any of them can be chosen', () => {
  expect(earlierThan([version('2'), version('1')])).toHaveLength(2)
})

test('when nothing is chosen then it is the newest that is here and older than what runs', () => {
  const [taken, runs] = [version('2.1', { kept: true }), version('2', { kept: true, current: true })]
  expect(likeliest([taken, runs, version('1.9'), version('1', { kept: true })])).toBe('1')
  expect(likeliest([taken, runs, version('1')])).toBe('2.1')
  expect(likeliest([runs, version('1')])).toBeNull()
})
