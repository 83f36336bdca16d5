import { expect, test } from 'vitest'
import { contradiction } from './trusted-comment.ts'

const expected = { release: { version: '1.1.0', tag: 'core-v1.1.0' }, file: 'app 1.tar.gz', products: ['core', 'app'] }
const why = (comment: string) => contradiction(comment, expected, 'a.minisig')

test.each([
  '',
  'signed by the release team',
  'timestamp:1\tfile:app 1.tar.gz\thashed',
  'product:app\tversion:1.1.0\tseq:7\tfile:app 1.tar.gz',
  'product:App version:v1.1.0 seq:7 file:app 1.tar.gz',
  'version:core-v1.1.0',
  'version:1.1.0\tversion:1.1.0',
])('when the comment is %j, then nothing contradicts', (comment) => {
  expect(why(comment)).toBeNull()
})

test.each([
  ['version:1.0.0', 'it was signed for version 1.0.0, and this release is 1.1.0'],
  ['version:', 'it was signed for version , and this release is 1.1.0'],
  ['version:1.1.0\tversion:1.0.0', 'its trusted comment states two values of version'],
  ['timestamp:1 file:app-1.0.0.tar.gz', 'it was signed for the file app-1.0.0.tar.gz, not app 1.tar.gz'],
  ['seq:0', 'it was signed with the release number 0, which is none'],
  ['seq:1e9', 'it was signed with the release number 1e9, which is none'],
  ['product:other\tversion:1.1.0', 'it was signed for the product other'],
])('A7-45: when the comment is %j, then it is refused and says why', (comment, reason) => {
  expect(why(comment)).toMatchObject({
    code: 'E_SIGNATURE_OTHER',
    message: `a.minisig is not for this release: ${reason}`,
  })
})

test('when a product has another name at home, then the hint says which line to add', () => {
  expect(why('product:other')?.hint).toBe(
    'Known here as core, app. Where that is its right name, say so: trust: { product: other }.',
  )
})
