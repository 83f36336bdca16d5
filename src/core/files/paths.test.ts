import { describe, expect, test } from 'vitest'
import { foldPath, listingFault, pathFault } from './paths.ts'

describe('H7: a path of a listing', () => {
  test.each([
    'apps/main/views.py',
    '.env.example',
    '.gitignore',
    '.github/workflows/ci.yml',
    'docs/git~notes.md',
    'ADMIN_PANEL_LIZENZ_HINZUGEFÜGT.md',
    'C\uf03aUsersaborowczakPycharmProjectsHelpDeskCHANGES_SUMMARY.md',
    'with a space/and…dots...py',
    '-rf',
  ])('when it is %j, then it may be written', (path) => {
    expect(pathFault(path)).toBeNull()
  })

  test.each([
    ['../x', '".."'],
    ['a/../../x', '".."'],
    ['./.env', '"."'],
    ['a//b', 'empty segment'],
    ['a/', 'empty segment'],
    ['', 'empty'],
    ['/etc/passwd', 'absolute'],
    ['C:/Windows/x', 'absolute'],
    ['a\\..\\b', 'backslash'],
    ['a\0b', 'control'],
    ['a\nb', 'control'],
    ['a\u202egpj.exe', 'control'],
    ['a\ufffdb', 'UTF-8'],
    [`${'a'.repeat(256)}/x`, 'too long'],
    [`${'ü'.repeat(200)}/x`, 'too long'],
    ['a/'.repeat(70) + 'b', 'too deep'],
    ['.git/config', '.git'],
    ['.GIT/config', '.git'],
    ['sub/.Git/hooks/post-checkout', '.git'],
    ['.git./config', '.git'],
    ['.git /config', '.git'],
    ['.git . ./config', '.git'],
    ['GIT~1/config', '.git'],
    ['git~2/config', '.git'],
    ['.git::$INDEX_ALLOCATION/config', '.git'],
    ['.git:x/config', '.git'],
    ['.g\u200cit/config', '.git'],
  ])('when it is %j, then it is refused', (path, fault) => {
    expect(pathFault(path)).toContain(fault)
  })
})

test('when two paths are one file somewhere, then they fold to the same', () => {
  expect(foldPath('Docs/README.md')).toBe('docs/readme.md')
  expect(foldPath('u\u0308ber')).toBe(foldPath('\u00fcber'))
  expect(foldPath('.env.')).toBe('.env')
  expect(foldPath('.env ')).toBe('.env')
  expect(foldPath('a. /b')).toBe('a/b')
  expect(foldPath('...')).toBe('...')
  expect(foldPath('straße')).toBe(foldPath('STRASSE'))
})

describe('a listing', () => {
  test('when names differ in case alone, then they stand beside each other only where the file system knows case', () => {
    expect(listingFault(['README', 'readme'], false)).toBeNull()
    expect(listingFault(['README', 'readme'], true)).toEqual({
      path: 'readme',
      fault: 'is one name with README on this file system',
    })
    expect(listingFault(['\u00fc', 'u\u0308'], true)?.path).toBe('u\u0308')
  })

  test('H7: when a path lies below a file or a link of the same listing, then the listing is refused', () => {
    expect(listingFault(['a', 'a/b/c'], false)).toEqual({
      path: 'a/b/c',
      fault: 'lies below a, which is a file or a link',
    })
    expect(listingFault(['a/b/c', 'A'], false)).toBeNull()
    expect(listingFault(['a/b/c', 'A'], true)?.path).toBe('a/b/c')
    expect(listingFault(['a/b', 'a/b'], false)?.fault).toBe('is listed twice')
  })

  test('when one path is hostile, then it is named', () => {
    expect(listingFault(['ok', '../x', 'fine'], false)?.path).toBe('../x')
    expect(listingFault(['ok', 'a/b', 'a/c', 'a/d/e'], true)).toBeNull()
  })
})
