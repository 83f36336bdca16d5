import { expect, test } from 'vitest'
import { digestFromChecksumFile } from './checksum-file.ts'
import { checksumAssets } from './checksum-names.ts'

const one = 'a'.repeat(64)
const two = 'b'.repeat(64)

test.each([
  ['text', `${one}  app.tar.gz\n`],
  ['binary', `${one} *app.tar.gz\n`],
  ['among others', `${two}  other.zip\n${one}  app.tar.gz\n${two}  app.tar.gz.sig\n`],
  ['with folders', `${one}  ./app.tar.gz\n`],
  ['from Windows', `\ufeff${one.toUpperCase()} *app.tar.gz\r\n${two} *other.zip\r\n`],
  ['BSD', `SHA256 (app.tar.gz) = ${one}\n`],
  ['said twice alike', `${one}  app.tar.gz\n${one.toUpperCase()} *app.tar.gz\n`],
  ['with comments', `# made by hand\n\n${one}  app.tar.gz\n-- \n`],
  ['one space', `${one} app.tar.gz`],
])('when a list is %s, then the digest is read', (_, text) => {
  expect(digestFromChecksumFile(text, 'app.tar.gz', 'SHA256SUMS')).toBe(`sha256:${one}`)
})

test('when the digest stands alone, then it counts only in a file about this one', () => {
  expect(digestFromChecksumFile(`${one}\n`, 'app.tar.gz', 'app.tar.gz.sha256')).toBe(`sha256:${one}`)
  expect(digestFromChecksumFile(`${one}\n`, 'app.tar.gz', 'SHA256SUMS')).toBeNull()
  expect(digestFromChecksumFile(`${one}\n`, 'app.tar.gz', 'other.zip.sha256')).toBeNull()
})

test.each([
  ['other names', `${one}  other.tar.gz\n`],
  ['the name in another folder', `${one}  windows/app.tar.gz\n`],
  ['another case', `${one}  APP.tar.gz\n`],
  ['SHA-512', `${one}${one}  app.tar.gz\n`],
  ['MD5', `${one.slice(0, 32)}  app.tar.gz\n`],
  ['BSD with MD5', `MD5 (app.tar.gz) = ${one.slice(0, 32)}\n`],
  ['nothing', ''],
  ['a web page', '<!doctype html><p>Sign in'],
])('when a list has %s, then it says nothing about this file', (_, text) => {
  expect(digestFromChecksumFile(text, 'app.tar.gz', 'app.tar.gz.sha256')).toBeNull()
})

test('when a list states two digests for one file, then neither counts', () => {
  const text = `${one}  app.tar.gz\n${two}  ./app.tar.gz\n`
  expect(() => digestFromChecksumFile(text, 'app.tar.gz', 'SHA256SUMS')).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ code: 'E_CHECKSUM_MISMATCH' }) }),
  )
})

test('when a release has several checksum files, then the one about this file comes first', () => {
  const names = [
    'checksums.txt',
    'app_1.0_checksums.txt',
    'SHA256SUMS',
    'app.zip',
    'app.zip.sha256',
    'x.zip.sha256',
    'x.md',
  ]
  expect(checksumAssets('app.zip', names)).toStrictEqual([
    'app.zip.sha256',
    'SHA256SUMS',
    'checksums.txt',
    'app_1.0_checksums.txt',
  ])
  expect(checksumAssets('app.tar.gz', ['app.zip', 'x.zip.sha256'])).toStrictEqual([])
})
