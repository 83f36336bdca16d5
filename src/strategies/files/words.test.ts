import { expect, test } from 'vitest'
import type { Difference } from '../../core/files/classify.ts'
import type { Look } from './look.ts'
import { keptName } from '../../host/file-set/kept.ts'
import { listed, refusal, warningsOf } from './words.ts'
import { filesSchema } from './schema.ts'
import { anyService } from './testing.ts'

const config = filesSchema(anyService).parse({ type: 'files', path: '/srv/app' })
const one = (path: string, more: Partial<Difference> = {}): Difference => ({
  path,
  change: 'changed',
  local: 'clean',
  does: 'replace',
  from: { kind: 'absent' },
  to: { mode: '100644', blob: 'b' },
  blocked: null,
  ...more,
})
const look = (differences: readonly Difference[], more: object = {}) =>
  ({ differences, base: { kind: 'record' }, notFollowed: [], ...more }) as unknown as Look

test('when many files are named, then the first of them are', () => {
  expect(listed(['a', 'b'])).toBe('a, b')
  expect(listed(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more')
})

test('when nothing is out of the ordinary, then nothing is said', () => {
  expect(warningsOf(look([one('a')]))).toEqual([])
  expect(refusal(config, look([one('a')]))).toBeNull()
})

test('when nobody knows what was there, then it is said how many files are replaced', () => {
  const unknown = { base: { kind: 'unknown' } }
  expect(warningsOf(look([one('a', { local: 'edited' })], unknown))[0]).toMatch(/1 file differs .* and is replaced/)
  expect(warningsOf(look([one('a', { local: 'edited' }), one('b', { local: 'edited' })], unknown))[0]).toMatch(
    /2 files differ /,
  )
})

test('when something stands in the way, then the update is refused with the path', () => {
  expect(refusal(config, look([one('a'), one('b', { blocked: 'a folder stands there' })]))).toMatchObject({
    code: 'E_FILE_CHANGED',
    message: 'b cannot be put in place: a folder stands there.',
    facts: { paths: ['b'] },
  })
})

test('H6: when a backup is named, then its name has the time and the run, and sorts by them', () => {
  expect(keptName(new Date('2026-11-21T08:09:07.999Z'), 'r-7f3c12ab')).toBe('20261121_080907~r-7f3c12ab')
})
