import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileProbe } from './index.ts'
import { matchLines } from './pattern.ts'

const probe = fileProbe()
let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-probe-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function read(config: object): Promise<string | null> {
  const tree = join(dir, 'app')
  const ref = { component: 'app', spec: { type: 'file' }, dir: tree, user: null, scheme: 'semver' }
  return probe.read(probe.config.parse({ type: 'file', ...config }), ref, new AbortController().signal)
}

async function plant(name: string, text: string): Promise<void> {
  await mkdir(join(dir, 'app'), { recursive: true })
  await writeFile(join(dir, 'app', name), text)
}

const python = '"""Version."""\n# BUILD "0.0.1"\n__version__ = "1.4.0b2"  # x\n__version__ = "9"\n'

test.each([
  ['plain', 'v1.2.3\n', {}, 'v1.2.3'],
  ['JSON', '{"version": "1.2.3", "prerelease": "beta.1"}', {}, '1.2.3-beta.1'],
  ['JSON elsewhere', '{"app": {"release": "2.0"}}', { json: '/app/release' }, '2.0'],
  ['JSON without it', '{"app": {}}', { json: '/app/release' }, null],
  ['source', python, { pattern: '^__version__ = "(.*?)"' }, '1.4.0b2'],
  ['source without it', python, { pattern: '^VERSION = (.*)' }, null],
  ['unknown', 'unknown\n', {}, null],
  ['a placeholder', '{{VERSION}}', {}, null],
  ['empty', '', {}, null],
])('when the file is %s then its version is read, or unknown', async (_, text, config, version) => {
  await plant('VERSION', text)
  expect(await read({ file: 'VERSION', ...config })).toBe(version)
})

test('when nothing is installed, the file is missing or too large then the version is unknown', async () => {
  expect(await read({ file: 'VERSION' })).toBeNull()
  await plant('other', '1')
  expect(await read({ file: 'VERSION' })).toBeNull()
  await plant('VERSION', `1.0.0${' '.repeat(1024 * 1024)}`)
  expect(await read({ file: 'VERSION' })).toBeNull()
})

test('when a link in the release leads out of the tree then what it leads to is not read', async () => {
  await plant('real', '1.0.0')
  await writeFile(join(dir, 'outside'), '6.6.6')
  await symlink('../outside', join(dir, 'app/VERSION'))
  await symlink('real', join(dir, 'app/INNER'))
  expect(await read({ file: 'VERSION' })).toBeNull()
  expect(await read({ file: 'INNER' })).toBe('1.0.0')
})

test('when a line is made to keep a pattern busy then that ends soon, and the version is unknown', () => {
  const begun = performance.now()
  expect(matchLines(`${'a'.repeat(60)}!`, '^(a+)+$')).toBeNull()
  expect(performance.now() - begun).toBeLessThan(1500)
})

test.each([
  { file: '/etc/passwd' },
  { file: '../VERSION' },
  { file: 'a/../../b' },
  { file: 'a', pattern: '(' },
  { file: 'a', pattern: 'no group' },
  { file: 'a', pattern: '(a)(b)' },
  { file: 'a', pattern: '(a)', json: '/x' },
])('when the config is %j then it is refused', (config) => {
  expect(probe.config.safeParse({ type: 'file', ...config }).success).toBe(false)
})
