// needs: minisign
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  readMinisignature,
  readMinisignKey,
  signedContent,
  signsComment,
  signsContent,
} from '../../src/core/trust/minisign.ts'
import { minisig, ours, stranger } from './signatures.scene.ts'

/** Debian's program, both ways: what one signs the other must believe, and refuse when it is another file. */

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'belay-minisign-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

const minisign = (dir: string, ...args: readonly string[]) =>
  execFileSync('minisign', args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })

const content = Buffer.from('the archive')
const comment = { file: 'my app.tar.gz', product: 'app', version: '1.1.0', seq: 7, timestamp: 1_700_000_000 }

test('when Belay signs, then minisign believes it, shows the comment, and refuses another file and another key', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'key.pub'), ours.file)
  await writeFile(join(dir, 'my app.tar.gz'), content)
  await writeFile(join(dir, 'my app.tar.gz.minisig'), minisig(content, comment))
  const said = minisign(dir, '-V', '-H', '-p', 'key.pub', '-m', 'my app.tar.gz')
  expect(said).toContain('Signature and comment signature verified')
  expect(said).toContain('timestamp:1700000000\tfile:my app.tar.gz\tproduct:app\tversion:1.1.0\tseq:7\thashed')
  expect(() => minisign(dir, '-V', '-P', stranger.key.text, '-m', 'my app.tar.gz')).toThrow(ours.key.id)
  await writeFile(join(dir, 'my app.tar.gz'), 'another')
  expect(() => minisign(dir, '-V', '-p', 'key.pub', '-m', 'my app.tar.gz')).toThrow('Signature verification failed')
})

test.each([
  ['prehashed', [], true],
  ['of the older kind', ['-l'], false],
])('when minisign signs, %s, then Belay believes it, and refuses another file', async (_, flags, prehashed) => {
  const dir = await folder()
  minisign(dir, '-G', '-W', '-p', 'key.pub', '-s', 'key.sec')
  await writeFile(join(dir, 'app.tar.gz'), content)
  minisign(dir, '-S', ...flags, '-s', 'key.sec', '-m', 'app.tar.gz', '-t', 'version:1.1.0\tfile:app.tar.gz')
  const key = readMinisignKey(await readFile(join(dir, 'key.pub'), 'utf8'))
  const signature = readMinisignature(await readFile(join(dir, 'app.tar.gz.minisig')), 'app.tar.gz.minisig')
  if (key === null || 'code' in signature) throw new Error('it is not understood')
  expect(signature).toMatchObject({ keyId: key.id, prehashed, comment: 'version:1.1.0\tfile:app.tar.gz' })
  expect(signsComment(signature, key)).toBe(true)
  expect(signsContent(signature.signature, signedContent(content, signature), key)).toBe(true)
  expect(signsContent(signature.signature, signedContent(Buffer.from('another'), signature), key)).toBe(false)
})
