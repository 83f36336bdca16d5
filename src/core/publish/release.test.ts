import { expect, test } from 'vitest'
import { type BuiltFile, entriesMax, listed, type ReleaseWords, withFloor, withRelease } from './release.ts'
import { emptyTargets } from './roles.ts'

const place = { product: 'app', channel: 'stable' }
const empty = emptyTargets(0)

const file = (version: string, more: Partial<BuiltFile> = {}): BuiltFile => ({
  name: `app-${version}.tar.zst`,
  bytes: 10,
  sha256: 'a'.repeat(64),
  platform: null,
  manifest: 'b'.repeat(64),
  ...more,
})

const words = (version: string, more: Partial<ReleaseWords> = {}): ReleaseWords => ({
  version,
  min_agent: null,
  prerelease: false,
  reboot: false,
  migration: false,
  notes: null,
  published: '2027-01-01T00:00:00Z',
  floor: null,
  ...more,
})

const add = (body: typeof empty, version: string, more: Partial<ReleaseWords> = {}, files = [file(version)]) =>
  withRelease(body, place, files, words(version, more))

test('when releases are added, then each has a higher number, and the floor stays', () => {
  const one = add(empty, '1.0.0')
  const two = add(one.body, '1.1.0', { floor: 2, notes: 'new', min_agent: '1.2.0', prerelease: true })
  // An older version that is released later is the later release.
  const three = add(two.body, '1.0.1')
  expect([one, two, three]).toMatchObject([
    { seq: 1, floor: 0, changed: true },
    { seq: 2, floor: 2 },
    { seq: 3, floor: 2 },
  ])
  expect(listed(three.body)).toMatchObject([
    { path: 'app/stable/app-1.1.0.tar.zst', fields: { notes: 'new', min_agent: '1.2.0', prerelease: true } },
    { fields: { version: '1.0.0', floor: 0 } },
    { fields: { version: '1.0.1', manifest: `sha256:${'b'.repeat(64)}`, platform: null } },
  ])
})

test('A7-48: when the same version comes again with the same bytes, then nothing changes; with others it is refused', () => {
  const { body } = add(empty, '1.0.0')
  expect(add(body, '1.0.0')).toMatchObject({ body, seq: 1, changed: false })
  const other = file('1.0.0', { sha256: 'c'.repeat(64) })
  expect(() => add(body, '1.0.0', {}, [other])).toThrow('signed before with other content')
  const renamed = file('1.0.0', { name: 'other-name.tar.zst' })
  expect(() => add(body, '1.0.0', {}, [renamed])).toThrow('signed before with other content')
})

test('when another platform is added to a release, then it has the number of the first', () => {
  const { body } = add(empty, '1.0.0', {}, [file('1.0.0', { name: 'x', platform: 'linux-x64' })])
  const both = add(body, '1.0.0', {}, [file('1.0.0', { name: 'y', platform: 'linux-arm64' })])
  expect(listed(both.body).map(({ fields }) => fields.seq)).toStrictEqual([1, 1])
})

test('when there are more releases than hosts should fetch, then the oldest make room, and numbers go on rising', () => {
  let body = empty
  for (let count = 1; count <= entriesMax + 2; count++) body = add(body, `1.0.${count}`).body
  const all = listed(body)
  expect(all).toHaveLength(entriesMax)
  expect(Math.min(...all.map(({ fields }) => fields.seq))).toBe(3)
  expect(add(body, '2.0.0')).toMatchObject({ seq: entriesMax + 3, dropped: ['1.0.3'] })
})

test('when a floor would forbid the newest release, then it is refused; else it only rises', () => {
  const { body } = add(add(empty, '1.0.0').body, '1.1.0')
  expect(() => add(body, '1.2.0', { floor: 4 })).toThrow('a floor of 4 would forbid the newest')
  expect(() => withFloor(body, 3)).toThrow('a floor of 3 would forbid the newest')
  const raised = withFloor(body, 2)
  expect(listed(raised).map(({ fields }) => fields.floor)).toContain(2)
  expect(add(withFloor(raised, 1), '1.2.0').floor).toBe(2)
})

test('when an entry was made by something else, then nothing is changed', () => {
  const body = { ...empty, targets: { x: { length: 1, hashes: { sha256: 'aa' } } } }
  expect(() => add(body, '1.0.0')).toThrow('x is signed without a usable')
})
