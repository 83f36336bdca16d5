// needs: signed-git
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { newRepository } from '../../src/host/git/testing.ts'
import { openBelay } from '../../src/main/open.ts'

/** The whole way: a repository whose tags are signed, and a checkout that follows them. v1.0.0 is checked out. */
async function scene(ref: string | { readonly tags: string } = { tags: 'v*' }) {
  const dir = await mkdtemp(join(tmpdir(), 'belay-signed-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  for (const name of ['own', 'stranger']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)])
  }
  writeFileSync(join(dir, 'signers'), `dev@example.org ${readFileSync(join(dir, 'own.pub'), 'utf8')}`)
  const upstream = newRepository(join(dir, 'upstream'))
  const as = (key: string) => ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${join(dir, key)}`]
  const sign = (tag: string, key = 'own', to = 'HEAD') =>
    upstream.git(...as(key), 'tag', '--force', '--sign', '--message', tag, tag, to)
  const commit = (text: string, key: string | null = null) => {
    writeFileSync(join(upstream.dir, 'app.txt'), text)
    upstream.git('add', '.')
    upstream.git(...as(key ?? 'own'), 'commit', '--quiet', key === null ? '--no-gpg-sign' : '--gpg-sign', '-m', text)
    return upstream.head()
  }
  commit('1.0.0', 'own')
  sign('v1.0.0')
  const config = {
    version: 1,
    components: {
      app: {
        source: { type: 'git', url: `file://${upstream.dir}`, ref },
        strategy: { type: 'git', path: join(dir, 'app'), layout: 'in-place' },
        checks: { before: [], after: [] },
        trust: { git: { allowed_signers: 'signers' } },
      },
    },
  }
  await writeFile(join(dir, 'belay.yaml'), JSON.stringify(config))
  const belay = await openBelay({ config: join(dir, 'belay.yaml'), state: join(dir, 'state') })
  onTestFinished(() => belay.close())
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed' })
  const running = () => readFile(join(dir, 'app/app.txt'), 'utf8')
  expect(await running()).toBe('1.0.0')
  return { belay, upstream, sign, commit, running }
}

test('when a tag is signed by an allowed signer, then it is checked out, and by whom is told', async () => {
  const { belay, sign, commit, running } = await scene()
  commit('1.1.0')
  sign('v1.1.0')
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  expect(await running()).toBe('1.1.0')
  expect((await belay.status())[0]?.trust).toMatchObject({
    rung: 'signature',
    kind: 'git',
    by: expect.stringMatching(/^dev@example\.org \(SHA256:/),
  })
})

type Scene = Awaited<ReturnType<typeof scene>>

const attacks: readonly (readonly [string, string, string, (all: Scene) => void])[] = [
  [
    'a tag is not signed',
    'E_SIGNATURE_MISSING',
    'tag v1.1.0 is not signed',
    ({ upstream }) => upstream.git('tag', 'v1.1.0'),
  ],
  ['another key signed it', 'E_SIGNER_UNTRUSTED', 'does not name: SHA256:', ({ sign }) => sign('v1.1.0', 'stranger')],
  [
    'a signed tag of an old release is put under a new name',
    'E_SIGNATURE_OTHER',
    'the tag v1.0.0',
    ({ upstream }) => upstream.git('update-ref', 'refs/tags/v1.1.0', upstream.git('rev-parse', 'v1.0.0')),
  ],
  [
    'the tag was moved to another commit, without a new signature',
    'E_SIGNATURE_MISSING',
    'tag v1.1.0 is not signed',
    ({ upstream, sign, commit }) => {
      sign('v1.1.0')
      commit('worse')
      upstream.git('tag', '--force', 'v1.1.0')
    },
  ],
]

test.each(attacks)('when %s, then nothing is fetched, and the old version still runs', async (_, code, why, attack) => {
  const all = await scene()
  all.commit('evil')
  attack(all)
  await expect(all.belay.update('app')).rejects.toMatchObject({
    problem: { code, message: expect.stringContaining(why), hint: expect.any(String) },
  })
  expect(await all.running()).toBe('1.0.0')
})

test('when a branch is followed, then its head has to be signed, and the old version runs until it is', async () => {
  const { belay, commit, running } = await scene('main')
  commit('evil')
  await expect(belay.update('app')).rejects.toMatchObject({ problem: { code: 'E_SIGNATURE_MISSING' } })
  commit('evil, too', 'stranger')
  await expect(belay.update('app')).rejects.toMatchObject({ problem: { code: 'E_SIGNER_UNTRUSTED' } })
  expect(await running()).toBe('1.0.0')
  commit('1.1.0', 'own')
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed' })
  expect(await running()).toBe('1.1.0')
})
