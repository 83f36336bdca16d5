import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rehome } from './rehome.ts'

function treeOf(files: Readonly<Record<string, string | Buffer>>) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'belay-rehome-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const tree = join(dir, 'new~r-1 ü')
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), typeof content === 'string' ? content.replaceAll('HERE', tree) : content)
  }
  return { dir, tree, read: (path: string) => readFileSync(join(tree, path), 'utf8') }
}

const environment = {
  '.venv/pyvenv.cfg': 'home = /usr/bin\ncommand = /usr/bin/python3 -m venv HERE/.venv\n',
  '.venv/bin/pip': '#!HERE/.venv/bin/python\nimport sys\n',
  '.venv/bin/activate': 'VIRTUAL_ENV="HERE/.venv"\n',
  '.venv/bin/elsewhere': '#!/usr/bin/env python3\n',
  '.venv/lib/python3.11/site-packages/app.pth': 'HERE/app\n',
  '.venv/lib/python3.11/site-packages/app/code.py': 'root = "HERE"\n',
}

test('when a tree with an environment of Python moves, then its scripts are told where to, and nothing else is', async () => {
  const { tree, read } = treeOf(environment)
  chmodSync(join(tree, '.venv/bin/pip'), 0o755)
  expect(await rehome(tree, '/srv/café')).toBe(4)
  expect(read('.venv/bin/pip')).toBe('#!/srv/café/.venv/bin/python\nimport sys\n')
  expect(read('.venv/bin/activate')).toBe('VIRTUAL_ENV="/srv/café/.venv"\n')
  expect(read('.venv/pyvenv.cfg')).toContain('/srv/café/.venv')
  expect(read('.venv/lib/python3.11/site-packages/app.pth')).toBe('/srv/café/app\n')
  expect(read('.venv/lib/python3.11/site-packages/app/code.py')).toContain(tree)
  expect(statSync(join(tree, '.venv/bin/pip')).mode & 0o777).toBe(0o755)
  expect(await rehome(tree, '/srv/café')).toBe(0)
})

test('when a script is a program, is large or is text of another encoding, then only the path in text changes', async () => {
  const program = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]), Buffer.from('HERE')])
  const { tree } = treeOf({ 'env/pyvenv.cfg': '', 'env/bin/python': program })
  const latin = Buffer.concat([Buffer.from(`#!${tree}/env/bin/python\n# `), Buffer.from([0xe9, 0xff])])
  writeFileSync(join(tree, 'env/bin/tool'), latin)
  writeFileSync(join(tree, 'env/bin/large'), `#!${tree}\n${'x'.repeat(1024 * 1024)}`)
  expect(await rehome(tree, '/srv/app')).toBe(1)
  expect(readFileSync(join(tree, 'env/bin/python'))).toEqual(program)
  expect(readFileSync(join(tree, 'env/bin/tool'))).toEqual(
    Buffer.concat([Buffer.from('#!/srv/app/env/bin/python\n# '), Buffer.from([0xe9, 0xff])]),
  )
})

test('when a script or a folder is a link out of the tree, then nothing out there is written', async () => {
  const { dir, tree } = treeOf({ 'a/pyvenv.cfg': '', 'b/pyvenv.cfg': '', 'b/bin/real': 'x' })
  mkdirSync(join(dir, 'out'))
  writeFileSync(join(dir, 'out/script'), `#!${tree}/a\n`)
  symlinkSync(join(dir, 'out'), join(tree, 'a/bin'))
  symlinkSync(join(dir, 'out/script'), join(tree, 'b/bin/script'))
  expect(await rehome(tree, '/srv/app')).toBe(0)
  expect(readFileSync(join(dir, 'out/script'), 'utf8')).toBe(`#!${tree}/a\n`)
})

test('when there is no environment of Python, then nothing is read or written', async () => {
  const { tree, read } = treeOf({ 'bin/tool': '#!HERE/bin/x\n' })
  expect(await rehome(tree, '/srv/app')).toBe(0)
  expect(read('bin/tool')).toContain(tree)
})
