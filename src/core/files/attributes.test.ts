import { expect, test } from 'vitest'
import { attributesOf } from './attributes.ts'

const of = (files: Record<string, string>) => attributesOf(new Map(Object.entries(files)))

test('when a pattern has no slash, then it means the name at any depth; with one it is anchored', () => {
  const at = of({ '.gitattributes': '*.py text\n/top.txt -text\ndocs/*.md eol=crlf\n' })
  expect(at('a/b/c.py').text).toBe(true)
  expect(at('top.txt').text).toBe(false)
  expect(at('a/top.txt').text).toBeNull()
  expect(at('docs/x.md').eol).toBe('crlf')
  expect(at('docs/a/x.md').eol).toBeNull()
})

test('when several lines match, then the last one wins, attribute by attribute', () => {
  const at = of({ '.gitattributes': '* text=auto eol=lf\n*.png binary\n*.bat eol=crlf\n*.sh !eol\n' })
  expect(at('x.py')).toEqual({ text: 'auto', eol: 'lf', converted: null })
  expect(at('x.png').text).toBe(false)
  expect(at('x.bat')).toEqual({ text: 'auto', eol: 'crlf', converted: null })
  expect(at('x.sh').eol).toBeNull()
})

test('when a deeper folder has its own file, then that wins below it', () => {
  const at = of({ 'a/.gitattributes': '*.txt eol=crlf', '.gitattributes': '*.txt eol=lf' })
  expect(at('x.txt').eol).toBe('lf')
  expect(at('a/b/x.txt').eol).toBe('crlf')
  expect(at('ab/x.txt').eol).toBe('lf')
})

test('when git keeps something else than what is checked out, then that is told', () => {
  const at = of({
    '.gitattributes':
      '*.psd filter=lfs diff=lfs -text\n*.rc working-tree-encoding=UTF-16LE\n*.u working-tree-encoding=utf8',
  })
  expect(at('a/x.psd').converted).toBe('filter=lfs')
  expect(at('x.rc').converted).toBe('UTF-16LE')
  expect(at('x.u').converted).toBeNull()
})

test('when a line is a comment, a macro, a negation or has nothing to say, then it says nothing', () => {
  const at = of({
    '.gitattributes':
      '\ufeff# *.py text\n[attr]mine text\n!*.py text\n*.py\n  \n"with space.txt" text\n**/deep/*.c -crlf\n',
  })
  expect(at('x.py').text).toBeNull()
  expect(at('with space.txt').text).toBe(true)
  expect(at('a/b/deep/x.c').text).toBe(false)
})
