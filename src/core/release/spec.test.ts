import { expect, test } from 'vitest'
import { addressKey, assetKey, dateText, digestText, fileNameText, repoKey, tagKey, tagText } from './spec.ts'
import { collectText } from './collect.ts'
import { versionOfTag } from './tag.ts'
import { cleanText } from './text.ts'

test.each([
  ['v1.2.0', null, '1.2.0'],
  ['V1.2.0', null, '1.2.0'],
  ['version-1', null, 'version-1'],
  ['vnext', null, 'vnext'],
  ['core-v1.2.0', null, 'core-v1.2.0'],
  ['core-v1.2.0', 'core-v{version}', '1.2.0'],
  ['remote-v1.2.0', 'core-v{version}', null],
  ['core-v', 'core-v{version}', null],
  ['1.2.0-final', '{version}-final', '1.2.0'],
])('when the tag is %s and the pattern %s, then the version is %s', (tag, pattern, version) => {
  expect(versionOfTag(tag, pattern)).toBe(version)
})

test.each([
  [repoKey, ['a/b', 'a-b/c.d_e'], ['a', 'a/b/c', '../b', 'a/..', 'a b/c', '']],
  [tagKey, ['v{version}', '{version}'], ['v', '{version}{version}']],
  [assetKey, ['*', 'a-{version}.zip', 'source-zip'], ['a/b', 'a\\b', '{name}.zip', '']],
  [tagText, ['v1.0', '1.0+b5', 'релиз'], ['', 'a b', 'a\nb', 'a\u202eb', 'x'.repeat(201)]],
  [fileNameText, ['a.zip', 'ä b.zip'], ['', '.', '..', 'a/b', 'a\\b', 'a\0b', 'a\u001b[1m']],
  [
    addressKey,
    ['https://x.org', 'http://127.0.0.1:80/a'],
    ['x.org', 'ftp://x.org', 'https://me:pw@x.org', 'file:///x'],
  ],
])('when texts come from outside, then only sound ones pass (%#)', (schema, good, bad) => {
  expect(good.filter((text) => !schema.safeParse(text).success)).toStrictEqual([])
  expect(bad.filter((text) => schema.safeParse(text).success)).toStrictEqual([])
})

test('when an address ends with a slash, then it is left out', () => {
  expect(addressKey.parse('https://x.org/api/')).toBe('https://x.org/api')
})

test('when a date is none, then there is no date', () => {
  expect(dateText.parse('2025-11-15')).toBe('2025-11-15T00:00:00.000Z')
  expect(dateText.parse('next week')).toBeNull()
})

test('when a digest is of another algorithm, then there is none; when it is broken, then that is an error', () => {
  expect(digestText.parse('A'.repeat(64))).toBe(`sha256:${'a'.repeat(64)}`)
  expect(digestText.parse(`sha512:${'a'.repeat(128)}`)).toBeNull()
  expect(digestText.safeParse('sha256:abc').success).toBe(false)
})

test('when text comes from outside, then what could rewrite a terminal is gone, and it is cut', () => {
  expect(cleanText('a\u001b[31mb\r\nc\u0000\u202ed\te', 100)).toBe('a[31mb\ncd\te')
  expect(cleanText('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`)
})

test('when a small file is read, then it is bounded', async () => {
  const chunks = async function* () {
    yield Buffer.from('grü').subarray(0, 3)
    yield Buffer.from('grü').subarray(3)
  }
  expect(await collectText(chunks(), 10, 'a.txt')).toBe('grü')
  await expect(collectText(chunks(), 3, 'a.txt')).rejects.toThrow('a.txt is larger than 3 bytes')
})
