import { describe, expect, test } from 'vitest'
import { classify, type Trees } from './classify.ts'
import type { BaseFile, GitFile, LocalFile } from './local.ts'

const git = (blob: string, mode: GitFile['mode'] = '100644'): GitFile => ({ mode, blob })
const base = (blob: string, more: Partial<BaseFile> = {}): BaseFile => ({ ...git(blob), sha256: `s-${blob}`, ...more })
const file = (blob: string, more: Partial<LocalFile & { kind: 'file' }> = {}): LocalFile => ({
  kind: 'file',
  blob,
  lf: null,
  sha256: `s-${blob}`,
  bytes: 1,
  mode: 0o644,
  ...more,
})

interface Given {
  readonly base?: Record<string, BaseFile> | null
  readonly next?: Record<string, GitFile>
  readonly local?: Record<string, LocalFile>
  readonly edits?: Trees['localEdits']
}

/** `path change local does`, one line per difference. */
function told({ base: from = {}, next = {}, local = {}, edits = 'keep' }: Given): readonly string[] {
  const differences = classify({
    base: from === null ? null : new Map(Object.entries(from)),
    next: new Map(Object.entries(next)),
    local: new Map(Object.entries(local)),
    isProtected: (path) => path === '.env',
    localEdits: edits,
  })
  return differences.map(
    (one) => `${one.path} ${one.change} ${one.local} ${one.does}${one.blocked === null ? '' : ' !'}`,
  )
}

test('H1: when files came, changed and went, then all three are done', () => {
  const given = {
    base: { same: base('1'), changed: base('1'), gone: base('1') },
    next: { same: git('1'), changed: git('2'), fresh: git('3') },
    local: { same: file('1'), changed: file('1'), gone: file('1') },
  }
  expect(told(given)).toEqual([
    'changed changed clean replace',
    'fresh added clean replace',
    'gone removed clean remove',
  ])
})

test('H3: when the checkout has CR LF where git has LF, then nobody has edited it', () => {
  const crlf = file('c', { lf: '1', sha256: 's-c' })
  expect(told({ base: { a: base('1') }, next: { a: git('1') }, local: { a: crlf } })).toEqual([])
  expect(told({ base: { a: base('1') }, next: { a: git('2') }, local: { a: crlf } })).toEqual([
    'a changed clean replace',
  ])
  expect(told({ base: { a: base('1', { sha256: 's-c' }) }, next: { a: git('2') }, local: { a: file('c') } })).toEqual([
    'a changed clean replace',
  ])
})

test('when what the commit has is there already, then there is nothing to do', () => {
  expect(told({ base: { a: base('1') }, next: { a: git('2') }, local: { a: file('2') } })).toEqual([])
  expect(told({ base: { a: base('1') }, local: {} })).toEqual([])
})

describe('when a file was edited here', () => {
  const edited = { base: { a: base('1') }, next: { a: git('2') }, local: { a: file('mine') } }
  test.each([
    ['keep', 'null'],
    ['refuse', 'null'],
    ['overwrite', 'replace'],
  ] as const)('and edits are to %s, then the update does %s', (edits, does) => {
    expect(told({ ...edited, edits })).toEqual([`a changed edited ${does}`])
  })

  test('and the release does not touch it, then only overwriting does', () => {
    const untouched = { ...edited, next: { a: git('1') } }
    expect(told(untouched)).toEqual([])
    expect(told({ ...untouched, edits: 'refuse' })).toEqual([])
    expect(told({ ...untouched, edits: 'overwrite' })).toEqual(['a changed edited replace'])
  })

  test('and the release removes it, then it stays unless it is to be overwritten', () => {
    expect(told({ ...edited, next: {} })).toEqual(['a removed edited null'])
    expect(told({ ...edited, next: {}, edits: 'overwrite' })).toEqual(['a removed edited remove'])
  })

  test('and removed here, then that is an edit too', () => {
    expect(told({ ...edited, local: {} })).toEqual(['a added edited null'])
    expect(told({ ...edited, local: {}, edits: 'overwrite' })).toEqual(['a added edited replace'])
  })

  test('and the release brings a file where the user has one of their own, then theirs stays', () => {
    expect(told({ next: { a: git('2') }, local: { a: file('mine') } })).toEqual(['a changed edited null'])
  })

  test('and kept in an earlier update, then it is still an edit', () => {
    const kept = { base: { a: base('2', { sha256: null }) }, next: { a: git('3') }, local: { a: file('mine') } }
    expect(told(kept)).toEqual(['a changed edited null'])
  })
})

describe('when nobody knows what was installed', () => {
  test('then what differs is replaced, what is new is added, and nothing is removed', () => {
    const given = { base: null, next: { a: git('2'), b: git('1') }, local: { a: file('1'), own: file('9') } }
    expect(told(given)).toEqual(['a changed edited replace', 'b added clean replace'])
    expect(told({ ...given, edits: 'refuse' })).toEqual(['a changed edited null', 'b added clean replace'])
  })
})

describe('modes', () => {
  const run = git('1', '100755')
  test('when the publisher makes a file executable, then it becomes so', () => {
    expect(told({ base: { a: base('1') }, next: { a: run }, local: { a: file('1') } })).toEqual(['a mode clean mode'])
    expect(told({ base: null, next: { a: run }, local: { a: file('1') } })).toEqual(['a mode clean mode'])
  })

  test('when the user did, then it stays so', () => {
    expect(told({ base: { a: base('1') }, next: { a: git('1') }, local: { a: file('1', { mode: 0o755 }) } })).toEqual(
      [],
    )
  })
})

describe('links', () => {
  const link = (blob: string): LocalFile => ({ kind: 'link', target: 'x', blob })
  test('when a link changes, or a file becomes one, then it is replaced', () => {
    const to = git('2', '120000')
    expect(
      told({ base: { a: base('1', { mode: '120000', sha256: null }) }, next: { a: to }, local: { a: link('1') } }),
    ).toEqual(['a changed clean replace'])
    expect(told({ base: { a: base('1') }, next: { a: to }, local: { a: file('1') } })).toEqual([
      'a changed clean replace',
    ])
    expect(
      told({ base: { a: base('2', { mode: '120000', sha256: null }) }, next: { a: to }, local: { a: link('2') } }),
    ).toEqual([])
  })

  test('H7: when the way to a file leads over a link of this host, then it is not followed', () => {
    const behind: LocalFile = { kind: 'behind-link', link: 'media' }
    expect(
      told({ base: { 'media/a': base('1') }, next: { 'media/a': git('2') }, local: { 'media/a': behind } }),
    ).toEqual(['media/a changed protected null'])
  })
})

describe('what is protected', () => {
  const env = { '.env': git('2') }
  test('H7: when the release changes it, adds it or removes it, then that is told and not done', () => {
    expect(told({ base: { '.env': base('1') }, next: env, local: { '.env': file('mine') } })).toEqual([
      '.env changed protected null',
    ])
    expect(told({ next: env, local: {} })).toEqual(['.env added protected null'])
    expect(told({ base: { '.env': base('1') }, local: { '.env': file('1') } })).toEqual(['.env removed protected null'])
    expect(told({ next: env, local: {}, edits: 'overwrite' })).toEqual(['.env added protected null'])
  })

  test('when the release leaves it alone, then nothing is said', () => {
    expect(told({ base: { '.env': base('2') }, next: env, local: { '.env': file('mine') } })).toEqual([])
  })
})

describe('what stands in the way', () => {
  test('when a folder is where a file belongs, or a kept file where a folder does, then it is blocked', () => {
    expect(told({ next: { a: git('1') }, local: { a: { kind: 'folder' } } })).toEqual(['a changed edited null'])
    expect(told({ base: null, next: { a: git('1') }, local: { a: { kind: 'folder' } } })).toEqual([
      'a changed edited replace !',
    ])
    const swapped = { base: { a: base('1') }, next: { 'a/b': git('2') } }
    expect(told({ ...swapped, local: { a: file('1') } })).toEqual(['a removed clean remove', 'a/b added clean replace'])
    expect(told({ ...swapped, local: { a: file('mine') } })).toEqual([
      'a removed edited null',
      'a/b added clean replace !',
    ])
  })
})
