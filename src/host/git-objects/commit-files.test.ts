import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { FetchChange } from '../../core/plan/step.ts'
import { attributesOf } from '../../core/files/attributes.ts'
import { contentPath } from '../file-set/set.ts'
import { room } from '../tree/testing.ts'
import { blobId, sha256Of } from './blob-id.ts'
import { assertBlob, attributesIn, isBlob, takeCopy, takeIn } from './commit-files.ts'

const none = attributesOf(new Map())
const change = (path: string, more: Partial<FetchChange> = {}, mode: '100644' | '120000' = '100644'): FetchChange => ({
  path,
  from: null,
  to: { mode, blob: '', file: { name: path, url: '', bytes: null, digest: null } },
  crlf: false,
  ...more,
})

test('when a content is the commit’s, then it is taken in as it is, once for all files that have it', async () => {
  await using here = await room()
  here.plant({ 'set/new/': '', one: 'x\n', two: 'x\n' })
  const sha256 = sha256Of(Buffer.from('x\n'))
  const taken = { kind: 'file', sha256, bytes: 2, crlf: false }
  expect(await takeIn(here.at('set'), change('a'), here.at('one'), none)).toEqual(taken)
  expect(await takeIn(here.at('set'), change('b'), here.at('two'), none)).toEqual(taken)
  expect(readFileSync(contentPath(here.at('set'), sha256), 'utf8')).toBe('x\n')
  expect([existsSync(here.at('one')), existsSync(here.at('two'))]).toEqual([false, false])
})

test('H3: when the tree has CR LF, then so is it written, and the attributes stand above that', async () => {
  await using here = await room()
  here.plant({ 'set/new/': '', a: 'x\n', b: 'x\n', c: 'x\n' })
  const said = attributesOf(new Map([['.gitattributes', '*.sh eol=lf\n*.bat eol=crlf\n']]))
  const take = (path: string, crlf: boolean, from: string) =>
    takeIn(here.at('set'), change(path, { crlf }), here.at(from), said)
  expect(await take('a.py', true, 'a')).toMatchObject({ bytes: 3, crlf: true })
  expect(await take('a.sh', true, 'b')).toMatchObject({ bytes: 2, crlf: false })
  expect(await take('a.bat', false, 'c')).toMatchObject({ bytes: 3, crlf: true })
})

test.each([
  ['../x', 'a/b', true],
  ['../../x', 'a/b', false],
  ['/etc/passwd', 'a', false],
  ['', 'a', false],
  ['x'.repeat(5000), 'a', false],
])('H7: when a link leads to %j from %s, then it is taken: %s', async (target, path, expected) => {
  await using here = await room()
  here.plant({ link: '' })
  writeFileSync(here.at('link'), target)
  const taken = takeIn(here.dir, change(path, {}, '120000'), here.at('link'), none)
  if (expected) expect(await taken).toEqual({ kind: 'link', target })
  else await expect(taken).rejects.toMatchObject({ problem: { code: 'E_PATH_INVALID', facts: { path } } })
})

test('when a file is not what git says, then it is told apart', async () => {
  await using here = await room()
  here.plant({ a: 'x', link: '-> a', 'folder/': '' })
  const blob = blobId(Buffer.from('x'), 'sha1')
  expect(['a', 'link', 'folder', 'none'].map((name) => isBlob(here.at(name), blob))).toEqual([
    true,
    false,
    false,
    false,
  ])
  expect(isBlob(here.at('a'), blobId(Buffer.from('x'), 'sha256'))).toBe(true)
  const wanted = { blob: '1'.repeat(40), commit: '2'.repeat(40) }
  expect(() => assertBlob(here.at('a'), 'app/a', wanted)).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ code: 'E_CHECKSUM_MISMATCH' }) }),
  )
})

test('when attributes are asked for, then those that were fetched count, else those in the tree', async () => {
  await using here = await room()
  here.plant({ 'tree/.gitattributes': '*.a eol=lf', 'tree/d/.gitattributes': '*.a eol=crlf', 'new/x': '*.a eol=crlf' })
  const at = attributesIn(
    here.at('tree'),
    ['.gitattributes', 'd/.gitattributes', 'none/.gitattributes'],
    new Map([['.gitattributes', here.at('new/x')]]),
  )
  expect([at('x.a').eol, at('d/x.a').eol]).toEqual(['crlf', 'crlf'])
  expect(attributesIn(here.at('tree'), ['.gitattributes'], new Map())('x.a').eol).toBe('lf')
})

test('H5: when a kept content was damaged, then it is not gone back to', async () => {
  await using here = await room()
  here.plant({ kept: 'damaged' })
  await expect(takeCopy(here.at('set'), here.at('kept'), sha256Of(Buffer.from('whole')))).rejects.toMatchObject({
    problem: { code: 'E_CHECKSUM_MISMATCH' },
  })
  expect(existsSync(contentPath(here.at('set'), sha256Of(Buffer.from('whole'))))).toBe(false)
})
