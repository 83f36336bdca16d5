import { expect, test } from 'vitest'
import { room } from '../tree/testing.ts'
import { gitHead } from './git-head.ts'

const id = 'b387b2951a2213d1c7f491f546bf90edc5e6fee2'

test.each<[string, Record<string, string>, string | null]>([
  ['is no checkout', { a: '' }, null],
  ['is on a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${id}\n` }, id],
  ['is detached', { '.git/HEAD': `${id}\n` }, id],
  [
    'has its branches packed',
    {
      '.git/HEAD': 'ref: refs/heads/x/y\n',
      '.git/packed-refs': `# pack-refs\n${'1'.repeat(40)} refs/heads/x\n${id} refs/heads/x/y\n`,
    },
    id,
  ],
  ['has a branch without a commit', { '.git/HEAD': 'ref: refs/heads/main\n' }, null],
  ['leads elsewhere', { '.git/HEAD': 'ref: refs/../../secret\n', secret: id }, null],
])('when a tree %s, then that is what it says', async (_, files, expected) => {
  await using here = await room()
  here.plant(files)
  expect(gitHead(here.dir)).toBe(expected)
})
