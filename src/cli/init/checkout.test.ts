import { expect, test } from 'vitest'
import { proposedOn } from '../../../test/fakes/init.ts'

const config = (url: string, more = '') => `[core]
\tbare = false
[remote "origin"]
\turl = ${url}
\tfetch = +refs/heads/*:refs/remotes/origin/*
${more}`

const main = '[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n'

interface Given {
  readonly config: string
  readonly head?: string
  readonly changes?: number | null
  readonly files?: Readonly<Record<string, string>>
}

async function checkout({ config: text, head = 'ref: refs/heads/main\n', changes = 0, files = {} }: Given) {
  const disk = { '/srv/shop/.git/HEAD': head, '/srv/shop/.git/config': text, '/srv/shop/README': '', ...files }
  const found = await proposedOn(disk, ['/srv/shop'], { survey: { changes: async () => changes } })
  return { ...found, shop: found.config.components['shop'] }
}

test('when a folder is a checkout, then its remote and branch are followed where it stands', async () => {
  const { shop, comments } = await checkout({ config: config('https://github.com/example/shop.git', main) })
  expect(shop).toMatchObject({
    source: { type: 'git', url: 'https://github.com/example/shop.git', ref: 'main' },
    strategy: { type: 'git', path: '/srv/shop', service: { type: 'none' } },
  })
  expect(comments).not.toMatch(/changed in the checkout|detached|shallow|submodules/)
})

test.each([
  ['https://user:hunter2@git.example.com/shop.git', 'https://git.example.com/shop.git'],
  ['https://hunter2@git.example.com/shop.git', 'https://git.example.com/shop.git'],
  ['"https://hunter2@git.example.com/shop.git" ; comment', 'https://git.example.com/shop.git'],
])('when the remote %s has a secret in it, then it is told and not copied', async (url, bare) => {
  const { shop, text, comments, notes } = await checkout({ config: config(url, main) })
  expect(shop?.source['url']).toBe(bare)
  expect(text).not.toContain('hunter2')
  expect(comments).toContain('add token_env: NAME to the source')
  expect(notes.join()).toContain('they are not copied')
})

test('when the branch follows another one of another remote, then those count', async () => {
  const more = `[remote "up"]\n\turl = git@host.example:shop.git\n[branch "mine"]\n\tremote = up\n\tmerge = refs/heads/stable\n`
  const { shop } = await checkout({ config: config('https://a.example/x', more), head: 'ref: refs/heads/mine\n' })
  expect(shop?.source).toMatchObject({ url: 'git@host.example:shop.git', ref: 'stable' })
})

test.each([
  ['ref: refs/remotes/origin/master\n', 'master', "master is the remote's first"],
  ['', 'main', 'main is a guess'],
])('when it is on no branch and the remote begins with %j, then %s is followed, and told', async (first, ref, said) => {
  const { shop, comments } = await checkout({
    config: config('https://a.example/x'),
    head: `${'a'.repeat(40)}\n`,
    files: first === '' ? {} : { '/srv/shop/.git/refs/remotes/origin/HEAD': first },
  })
  expect(shop?.source['ref']).toBe(ref)
  expect(comments).toContain('on no branch (detached)')
  expect(comments).toContain(said)
})

test.each([
  [1, 'one file was changed in the checkout'],
  [3, '3 files were changed in the checkout'],
  [null, 'git could not tell'],
])('when %s files were changed, then that is told', async (changes, said) => {
  expect((await checkout({ config: config('https://a.example/x', main), changes })).comments).toContain(said)
})

test('when it is a work tree beside the main one, shallow, with submodules, then it is read all the same', async () => {
  const { config: written, comments } = await proposedOn(
    {
      '/srv/shop/.git': 'gitdir: /srv/main/.git/worktrees/shop\n',
      '/srv/shop/.gitmodules': '',
      '/srv/main/.git/worktrees/shop/HEAD': 'ref: refs/heads/main\n',
      '/srv/main/.git/worktrees/shop/commondir': '../..\n',
      '/srv/main/.git/config': config('https://a.example/x.git', main),
      '/srv/main/.git/shallow': '',
    },
    ['/srv/shop'],
  )
  expect(written.components['shop']?.source['url']).toBe('https://a.example/x.git')
  expect(comments).toContain('the checkout is shallow')
  expect(comments).toContain('the checkout has submodules')
})

test.each(['[core]\n\tbare = false\n', config('ext::sh -c "touch /tmp/x"'), config('')])(
  'when there is no remote that can be followed (%j), then an example stands in its place, and why',
  async (text) => {
    const { shop, comments } = await checkout({ config: text })
    expect(shop?.source).toMatchObject({ type: 'github', repo: 'OWNER/REPOSITORY' })
    expect(comments).toMatch(/has no remote|is none that belay can follow/)
    expect(comments).not.toContain('touch')
  },
)

test('when a unit of this host runs in the checkout, then it is its service', async () => {
  const { shop } = await checkout({
    config: config('https://a.example/x', main),
    files: {
      '/etc/systemd/system/web.service':
        '[Service]\nUser=www\nWorkingDirectory=/srv/shop/src\nExecStart=/srv/shop/.venv/bin/python run.py\n',
      '/etc/systemd/system/other.service': '[Service]\nWorkingDirectory=/srv/shopping\n',
    },
  })
  expect(shop?.strategy).toMatchObject({ user: 'www', service: { type: 'systemd', unit: 'web' } })
})

test('when .git itself is named, then its work tree is meant', async () => {
  const files = { 'shop/.git/HEAD': 'ref: refs/heads/main\n', 'shop/.git/config': config('https://a.example/x', main) }
  expect((await proposedOn(files, ['shop/.git'])).config.components['shop']?.strategy['path']).toBe('/site/shop')
})
