// needs: git
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { attributesOf } from '../../src/core/files/attributes.ts'
import { checkedOut, type Eol } from '../../src/core/files/eol.ts'
import { hashAll } from '../../src/host/git-objects/work.ts'

/** H3: what a checkout looks like is for git to say: each file of each repository is held against what it writes. */
const dirs: string[] = []
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
})

const long = 'x'.repeat(200)
const contents: Readonly<Record<string, string>> = {
  'lf.txt': 'a\nb\n',
  'crlf.txt': 'a\r\nb\r\n',
  'mixed.txt': 'a\r\nb\n',
  'lone-cr.txt': 'a\rb\n',
  'nul.txt': 'a\0b\n',
  'odd.txt': `${long}\u0001\u0002\n`,
  'mostly.txt': `${long}\u0001\n`,
  'dos.txt': `${long}\n\u001a`,
  'empty.txt': '',
  'no-end.txt': 'a\nb',
  'utf16.txt': Buffer.from('\ufeffa\r\nb\n', 'utf16le').toString('latin1'),
  'run.sh': '#!/bin/sh\n',
  'win.bat': '@echo off\n',
  'docs/a.md': '# a\n',
  'docs/deep/b.md': '# b\n',
  'with space.txt': 'x\n',
  'pic.png': 'png\n',
}

const attributes = [
  '',
  '* text=auto\n',
  '* text\n',
  '* -text\n',
  '* text=auto eol=crlf\n',
  '* text eol=crlf\n',
  '* eol=lf\n',
  '*.txt eol=crlf\n*.sh eol=lf\n*.png binary\n',
  '* text=auto\n*.bat text eol=crlf\n*.sh text eol=lf\ndocs/** -text\n',
  '/lf.txt -text\ndocs/*.md eol=crlf\n',
  '*.txt text eol=crlf\n*.txt !eol\n',
  '"with space.txt" eol=crlf\n[l]f.txt eol=crlf\n?ixed.txt text eol=crlf\n',
]

const cases = attributes.flatMap((text) =>
  (['as-is', 'crlf'] as const).map((otherwise): readonly [string, Eol] => [text, otherwise]),
)

test.each(cases)(
  'H3: when .gitattributes is %j and the checkout is %s, then each file looks as git writes it',
  (text, otherwise) => {
    const dir = mkdtempSync(join(tmpdir(), 'belay-git-'))
    dirs.push(dir)
    const env = { PATH: process.env['PATH'], HOME: dir, GIT_CONFIG_NOSYSTEM: '1' }
    const git = (...words: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', '-c', 'core.safecrlf=false', ...words], {
        cwd: dir,
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    git('init', '-q')
    // Into git byte by byte: what is committed shall not depend on this test's own attributes.
    for (const [path, content] of Object.entries(contents)) {
      writeFileSync(join(dir, 'content'), content, 'latin1')
      const id = git('hash-object', '-w', '--no-filters', 'content').toString().trim()
      git('update-index', '--add', '--cacheinfo', `100644,${id},${path}`)
    }
    mkdirSync(dirname(join(dir, '.gitattributes')), { recursive: true })
    writeFileSync(join(dir, '.gitattributes'), text)
    git('-c', `core.autocrlf=${otherwise === 'crlf'}`, 'checkout-index', '--all', '--force')
    const at = attributesOf(new Map([['.gitattributes', text]]))
    const differing = Object.entries(contents).flatMap(([path, content]) => {
      const written = Buffer.from(checkedOut(Buffer.from(content, 'latin1'), at(path), otherwise))
      const real = readFileSync(join(dir, path))
      return written.equals(real) ? [] : [{ path, ours: written.toString('latin1'), git: real.toString('latin1') }]
    })
    expect(differing).toEqual([])
    // And back: what git wrote from a text with LF ends counts as that text.
    const [answer] = hashAll([{ path: join(dir, 'lf.txt'), sha256: null }], 'sha1')
    const ids = answer !== undefined && 'blob' in answer ? [answer.blob, answer.lf] : []
    expect(ids).toContain(git('rev-parse', ':lf.txt').toString().trim())
  },
)
