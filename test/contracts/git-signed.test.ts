// needs: signed-git
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GitTrust } from '../../src/core/trust/settings.ts'
import { proveCommit } from '../../src/host/git/signed.ts'
import { newRepository, type Repository } from '../../src/host/git/testing.ts'

const held = { dir: '' }
const at = (name: string) => join(held.dir, name)
const program = (argv: readonly [string, ...string[]], env: Readonly<Record<string, string>> = {}) =>
  execFileSync(argv[0], argv.slice(1), { stdio: 'pipe', env: { ...process.env, ...env } }).toString()

const scene: { repository: Repository | null; commit: string } = { repository: null, commit: '' }
const repository = (): Repository => {
  if (scene.repository === null) throw new Error('not made yet')
  return scene.repository
}
const gpg = (...args: readonly string[]) => program(['gpg', '--homedir', at('gpg'), '--batch', ...args])
const signing = (key: string) => ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${at(key)}`]
const sshTag = (name: string, key: string, target = scene.commit) =>
  repository().git(...signing(key), 'tag', '--force', '--sign', '--message', name, name, target)

beforeAll(() => {
  held.dir = mkdtempSync(join(tmpdir(), 'belay-signed-'))
  for (const key of ['own', 'stranger', 'past']) program(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', at(key)])
  const line = (who: string, options: string, key: string) =>
    `${who} ${options} ${readFileSync(at(`${key}.pub`), 'utf8')}`
  writeFileSync(
    at('allowed'),
    line('dev@example.org', 'namespaces="git"', 'own') +
      line('old@example.org', 'namespaces="git",valid-before="20200101"', 'past'),
  )
  program(['mkdir', '-m', '700', at('gpg')])
  // Started by gpg it has five seconds to answer; so it returns when it does.
  execFileSync('gpg-agent', ['--homedir', at('gpg'), '--quiet', '--daemon'], { stdio: 'ignore' })
  gpg('--quiet', '--passphrase', '', '--quick-gen-key', 'Dev <dev@example.org>', 'ed25519', 'default', 'never')
  writeFileSync(at('keys.asc'), gpg('--armor', '--export'))
  scene.repository = newRepository(at('repository'))
  repository().commit('one', { a: '1' })
  scene.commit = repository().head()
  sshTag('v1.0.0', 'own')
  program(['git', '-C', at('repository'), 'tag', '-u', 'dev@example.org', '-m', 'x', 'v1.0.1', scene.commit], {
    GNUPGHOME: at('gpg'),
    GIT_COMMITTER_NAME: 'dev',
    GIT_COMMITTER_EMAIL: 'dev@example.org',
  })
})

afterAll(() => {
  program(['gpgconf', '--homedir', at('gpg'), '--kill', 'all'])
  rmSync(held.dir, { recursive: true, force: true })
})

const ssh = (): GitTrust => ({ allowedSigners: at('allowed'), keyring: null })
const pgp = (): GitTrust => ({ allowedSigners: null, keyring: at('keys.asc') })

const ask = (tag: string | null, trust: GitTrust = ssh(), commit = scene.commit) =>
  proveCommit({
    place: { dir: repository().dir, user: null },
    commit,
    tag,
    trust,
    signal: new AbortController().signal,
  })

describe('a signed tag', () => {
  test('when an allowed signer signed it, then it is proven, and by whom is told', async () => {
    expect(await ask('v1.0.0')).toStrictEqual({ by: expect.stringMatching(/^dev@example\.org \(SHA256:/) })
  })

  test('when a key of the keyring signed it, then it is proven', async () => {
    expect(await ask('v1.0.1', pgp())).toStrictEqual({
      by: expect.stringMatching(/^Dev <dev@example\.org> \([0-9A-F]{40}\)$/),
    })
    expect(await ask('v1.0.1', ssh())).toMatchObject({ code: 'E_SIGNER_UNTRUSTED' })
    expect(await ask('v1.0.1', { ...ssh(), keyring: at('keys.asc') })).toHaveProperty('by')
  })

  test.each([
    ['a plain name', 'light', () => repository().git('tag', '--force', 'light', scene.commit)],
    [
      'a tag with a text',
      'plain',
      () => repository().git('tag', '--force', '--annotate', '--message', 'x', 'plain', scene.commit),
    ],
    ['not there', 'absent', () => ''],
  ])('when it is %s, then it is unsigned', async (_, name, make) => {
    make()
    expect(await ask(name)).toMatchObject({ code: 'E_SIGNATURE_MISSING' })
  })

  test('when another key signed it, then the signer is not trusted', async () => {
    sshTag('v2.0.0', 'stranger')
    expect(await ask('v2.0.0')).toMatchObject({
      code: 'E_SIGNER_UNTRUSTED',
      facts: { by: expect.stringMatching(/^SHA256:/) },
    })
    expect(await ask('v2.0.0', pgp())).toMatchObject({ code: 'E_SIGNER_UNTRUSTED' })
  })

  test('when the key is one that counts no more, then the signer is not trusted', async () => {
    sshTag('v2.1.0', 'past')
    expect(await ask('v2.1.0')).toMatchObject({ code: 'E_SIGNER_UNTRUSTED' })
  })

  test('when it was moved to another commit since the release was listed, then it is refused', async () => {
    const moved = repository().commit('two', { a: '2' })
    sshTag('v3.0.0', 'own', scene.commit)
    expect(await ask('v3.0.0', ssh(), moved)).toMatchObject({
      code: 'E_SIGNATURE_OTHER',
      facts: { found: `commit ${scene.commit.slice(0, 12)}` },
    })
    expect(await ask('v3.0.0')).toHaveProperty('by')
  })

  test('when a signed tag of an old release is put under the name of a new one, then it is refused', async () => {
    sshTag('v4.0.0', 'own')
    repository().git('update-ref', 'refs/tags/v9.0.0', repository().git('rev-parse', 'v4.0.0'))
    expect(await ask('v9.0.0')).toMatchObject({
      code: 'E_SIGNATURE_OTHER',
      facts: { found: 'the tag v4.0.0' },
    })
  })

  test('when its text was changed after it was signed, then the signature does not hold', async () => {
    sshTag('v5.0.0', 'own', scene.commit)
    const changed = repository().git('cat-file', 'tag', 'v5.0.0').replace('\n\nv5.0.0\n', '\n\nv5.0.0 is safe\n')
    writeFileSync(at('changed'), `${changed}\n`)
    const id = repository().git('hash-object', '-t', 'tag', '-w', at('changed'))
    repository().git('update-ref', 'refs/tags/v5.0.0', id)
    expect(await ask('v5.0.0')).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
  })

  test('when the repository itself names other keys and programs, then they are not asked', async () => {
    sshTag('v6.0.0', 'stranger', scene.commit)
    writeFileSync(at('all'), `eve@example.org ${readFileSync(at('stranger.pub'), 'utf8')}`)
    writeFileSync(at('yes.sh'), `#!/bin/sh\ntouch ${at('ran')}\nexit 0\n`, { mode: 0o755 })
    for (const [key, value] of [
      ['gpg.ssh.allowedSignersFile', at('all')],
      ['gpg.ssh.program', at('yes.sh')],
      ['gpg.program', at('yes.sh')],
      ['gpg.minTrustLevel', 'never'],
    ] as const)
      repository().git('config', key, value)
    expect(await ask('v6.0.0')).toMatchObject({ code: 'E_SIGNER_UNTRUSTED' })
    expect(() => readFileSync(at('ran'))).toThrow('ENOENT')
    for (const key of ['gpg.ssh.allowedSignersFile', 'gpg.ssh.program', 'gpg.program', 'gpg.minTrustLevel'])
      repository().git('config', '--unset', key)
  })
})

describe('a signed commit', () => {
  test('when an allowed signer made it, then it is proven; when nobody or another did, then it is refused', async () => {
    const by = (key: string) => {
      repository().git(...signing(key), 'commit', '--quiet', '--allow-empty', '--gpg-sign', '--message', key)
      return repository().head()
    }
    expect(await ask(null, ssh(), by('own'))).toHaveProperty('by')
    expect(await ask(null, ssh(), by('stranger'))).toMatchObject({ code: 'E_SIGNER_UNTRUSTED' })
    expect(await ask(null, ssh(), repository().commit('three', { a: '3' }))).toMatchObject({
      code: 'E_SIGNATURE_MISSING',
    })
  })
})

test.each([
  ['keys of ssh', () => ({ allowedSigners: at('absent'), keyring: null }), 'v1.0.0'],
  ['a keyring', () => ({ allowedSigners: null, keyring: at('absent') }), 'v1.0.1'],
  ['a keyring without keys', () => ({ allowedSigners: null, keyring: at('own.pub') }), 'v1.0.1'],
])('when the config names %s that cannot be read, then the config is wrong', async (_, trust, tag) => {
  await expect(ask(tag, trust())).rejects.toMatchObject({ problem: { code: 'E_CONFIG_INVALID' } })
})
