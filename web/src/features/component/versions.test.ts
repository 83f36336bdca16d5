import { expect, test } from 'vitest'
import type { VersionItem } from '../../api/types.ts'
import { earlierThan } from './versions.ts'

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
