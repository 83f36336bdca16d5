import { expect, test } from 'vitest'
import { parseRemote } from '../../host/git/remote.ts'
import { bareAddress, bareRemote, githubRepository, isBranch } from './address.ts'

test.each([
  ['https://user:pw@host/feed?product=crm&api_token=abc#x', 'https://host/feed?product=crm', true],
  ['https://host/feed', 'https://host/feed', false],
  ['http://token@host:8080/', 'http://host:8080/', true],
  ['ftp://host/', null, null],
  ['nonsense', null, null],
])('when an address is %s, then %s is left of it', (text, url, hadSecret) => {
  expect(bareAddress(text)).toStrictEqual(url === null ? null : { url, hadSecret })
})

test.each([
  ['https://x-access-token:ghp_abc@github.com/o/r.git', 'https://github.com/o/r.git', true],
  ['https://ghp_abc@github.com/o/r.git', 'https://github.com/o/r.git', true],
  ['git@github.com:o/r.git', 'git@github.com:o/r.git', false],
  ['ssh://git@host:2222/o/r', 'ssh://git@host:2222/o/r', false],
  ['ssh://git:pw@host/o/r', 'ssh://git@host/o/r', true],
  ['/srv/git/r.git', '/srv/git/r.git', false],
  ['file:///srv/git/r.git', 'file:///srv/git/r.git', false],
  ['../r.git', null, null],
  ['ext::sh -c true', null, null],
  ['-oProxyCommand=x', null, null],
])('when a remote is %s, then %s is left of it, which git takes', (text, url, hadSecret) => {
  expect(bareRemote(text)).toStrictEqual(url === null ? null : { url, hadSecret })
  if (url !== null) expect(parseRemote(url)).not.toBeNull()
})

test.each([
  ['aboro72/HelpDesk', 'aboro72/HelpDesk'],
  ['https://github.com/aboro72/HelpDesk.git', 'aboro72/HelpDesk'],
  ['https://ghp_abc@github.com/aboro72/HelpDesk/', 'aboro72/HelpDesk'],
  ['git@github.com:aboro72/HelpDesk.git', 'aboro72/HelpDesk'],
  ['HelpDesk', null],
  ['../..', null],
  ['a/b/c', null],
])('when a repository is written as %s, then it is %s', (text, repo) => {
  expect(githubRepository(text)).toBe(repo)
})

test.each([
  ['main', true],
  ['feature/ü-1.2', true],
  ['-x', false],
  ['a..b', false],
  ['a b', false],
  ['a.lock', false],
  ['a~1', false],
  ['', false],
])('when a branch is called %j, then it can be followed: %s', (text, expected) => {
  expect(isBranch(text)).toBe(expected)
})
