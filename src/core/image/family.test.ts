import { describe, expect, test } from 'vitest'
import type { Release } from '../model/release.ts'
import { followed, releasesOfFamily, tagFamily } from './family.ts'

const versions: readonly (readonly [tag: string, version: string, family: string, precision: number])[] = [
  ['1.2-alpine', '1.2', '-alpine', 2],
  ['1.2.3-alpine3.19', '1.2.3', '-alpine3.19', 3],
  ['v2.1.0', '2.1.0', '', 3],
  ['2024.10.1', '2024.10.1', '', 3],
  ['1.0.0-beta.3', '1.0.0-beta.3', '', 3],
  ['1.0.0-rc1-alpine', '1.0.0-rc1', '-alpine', 3],
  ['1.0.0-rc.1', '1.0.0-rc.1', '', 3],
  ['3.13.0a1', '3.13.0a1', '', 3],
  ['3.13.0rc2-slim-bookworm', '3.13.0rc2', '-slim-bookworm', 3],
  ['2024.12.0b3', '2024.12.0b3', '', 3],
  ['1.0.0-alpha', '1.0.0-alpha', '', 3],
  ['1.0.0-p1', '1.0.0-p1', '', 3],
  ['16.3-bookworm', '16.3', '-bookworm', 2],
  ['16-3.4-alpine', '16', '-3.4-alpine', 1],
  ['1.2.3-ls123', '1.2.3-ls123', '-ls', 3],
  ['4.0.1.2345-ls7', '4.0.1.2345-ls7', '-ls', 4],
  ['1.2.3-debian-12-r5', '1.2.3-r5', '-debian-12-r', 3],
  ['1.40.0.7998-c29d4c0c8', '1.40.0.7998', '-#', 4],
  ['1.40.0.7998-c29d4c0c8-ls201', '1.40.0.7998-ls201', '-#-ls', 4],
  ['1.2.3-amd64', '1.2.3', '-amd64', 3],
  ['17.0.2_8-jre', '17.0.2_8', '-jre', 4],
  ['8-jdk17-alpine', '8', '-jdk17-alpine', 1],
  ['1.2.3-apache', '1.2.3', '-apache', 3],
  ['1.2.3-develop', '1.2.3', '-develop', 3],
  ['3', '3', '', 1],
  ['3.19', '3.19', '', 2],
]

test.each(versions)('when a tag is %s, then its version is %s, its family "%s", its precision %i', (...row) => {
  const [tag, version, family, precision] = row
  expect(tagFamily(tag)).toStrictEqual({ version, family, precision })
})

const nameless = [
  'latest',
  'stable',
  'develop',
  'develop-1a2b3c4',
  'sha-abcdef1',
  '1a2b3c4d',
  'nightly-20240101',
  'RELEASE.2024-01-01T00-00-00Z',
  'version-1.2.3',
  'alpine',
  'bookworm-20240110',
  '1x',
  '',
]

test.each(nameless)('D9: when a tag is "%s", then it names no version, and is never 0.0.0', (tag) => {
  expect(tagFamily(tag)).toBe(null)
})

const release = (tag: string): Release => ({
  version: tagFamily(tag)?.version ?? tag,
  tag,
  title: null,
  notes: null,
  url: null,
  publishedAt: null,
  prerelease: false,
  artifact: null,
  checksums: [],
  assets: [],
})

describe('what follows', () => {
  const published = ['1', '1.2', '1.2.3', '1.3', '1.3.0', '1.3-alpine', '1.3.0-alpine', '1.3-alpine3.20', 'v1.4.0']
  const follow = (tag: string | null, scheme = 'semver', named: string | null = null) =>
    releasesOfFamily(
      published.map(release),
      { followed: tag === null ? null : { tag, byDigest: false }, named },
      scheme,
    ).map((one) => one.tag)

  test('when 1.2-alpine runs, then it is followed by -alpine of two numbers alone', () => {
    expect(follow('1.2-alpine')).toStrictEqual(['1.3-alpine'])
  })

  test('when 1.2.3 runs, then names of two numbers and other bases are passed over', () => {
    expect(follow('1.2.3')).toStrictEqual(['1.2.3', '1.3.0', 'v1.4.0'])
  })

  test('when the scheme is loose, then numbers may come and go, and the base may not', () => {
    expect(follow('1.2-alpine', 'loose')).toStrictEqual(['1.3.0-alpine', '1.3-alpine'])
  })

  test('when no tag is known, then plain versions of any precision follow, the exact ones first', () => {
    expect(follow(null)).toStrictEqual(['1.2.3', '1.3.0', 'v1.4.0', '1.2', '1.3', '1'])
  })

  test('when a person names a tag of another family, then it is there too', () => {
    expect(follow('1.2.3', 'semver', '1.3-alpine')).toContain('1.3-alpine')
  })

  test('when the tag names no version, then the source has chosen already', () => {
    const what = { tag: 'latest', byDigest: true }
    expect(releasesOfFamily([release('latest')], { followed: what, named: null }, 'digest')).toHaveLength(1)
  })
})

test('when a tag is to be followed, then the config says so for any tag, and what runs for one without a version', () => {
  const source = { type: 'oci', image: 'postgres' }
  expect(followed({ ...source, tag: '16' }, '15.3')).toEqual({ tag: '16', byDigest: true })
  expect(followed(source, '16')).toEqual({ tag: '16', byDigest: false })
  expect(followed(source, 'latest')).toEqual({ tag: 'latest', byDigest: true })
  expect(followed(source, undefined)).toBeNull()
  expect(followed({ type: 'http', tag: '16' }, '16')).toBeNull()
})
