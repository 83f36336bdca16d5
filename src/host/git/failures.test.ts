import { expect, test } from 'vitest'
import { problemOf } from '../../core/model/problem.ts'
import { gitFailed } from './failures.ts'

test('when nobody knows what git means, then what it said is told, and what to type to see more', () => {
  const bad = (where: string) => problemOf(gitFailed(where, 128, 'hint: x\nfatal: bad object HEAD\n'))
  expect(bad('/srv/app')).toMatchObject({
    code: 'E_COMMAND_FAILED',
    message: 'git failed for /srv/app: fatal: bad object HEAD',
    hint: 'See what git says there by itself: git -C /srv/app fsck.',
  })
  expect(bad('https://git.example/app.git').hint).toBe(
    'See what git says by itself: git ls-remote https://git.example/app.git',
  )
})
