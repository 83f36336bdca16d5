import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageProbe } from './index.ts'

const probe = packageProbe()
let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-package-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function read(name: string, files: Record<string, string>): Promise<string | null> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, file)), { recursive: true })
    await writeFile(join(dir, file), text)
  }
  const ref = { component: 'app', spec: { type: 'package' }, dir, user: null, scheme: 'semver' }
  return probe.read(probe.config.parse({ type: 'package', package: name }), ref, new AbortController().signal)
}

const site = '.venv/lib/python3.11/site-packages'
const own = { 'package.json': '{"name":"web","version":"1.0.0","dependencies":{"node-red":"*"}}' }
const installed = { 'node_modules/node-red/package.json': '{"name":"node-red","version":"4.1.2"}' }
const metadata = 'Metadata-Version: 2.1\nName: Dune_Bugger\nVersion: 1.2.0b3\nSummary: x\n\nVersion: 9.9.9\n'
const wheel = { [`${site}/dune_bugger-1.2.0b3.dist-info/METADATA`]: metadata }

test.each([
  ['web', { ...own, ...installed }, '1.0.0'],
  ['node-red', { ...own, ...installed }, '4.1.2'],
  ['package.json', own, '1.0.0'],
  ['@scope/app', { 'node_modules/@scope/app/package.json': '{"name":"@scope/app","version":"0.1.0"}' }, '0.1.0'],
  ['dune-bugger', wheel, '1.2.0b3'],
  ['dune-bugger', { 'PKG-INFO': metadata }, '1.2.0b3'],
  ['dune-bugger', { 'dune_bugger-1.2.0b3.dist-info/METADATA': metadata }, '1.2.0b3'],
  [
    'app',
    {
      'pyproject.toml':
        '[build-system]\nversion = "0"\n[project]\nname = "app"\nversion = "2.1"\n[tool.x]\nversion = "3"\n',
    },
    '2.1',
  ],
  ['pyproject.toml', { 'pyproject.toml': "[tool.poetry]\nname = 'app'\nversion = '2.2'" }, '2.2'],
  ['app', { 'pyproject.toml': '[project]\nname = "app"\ndynamic = ["version"]\n' }, null],
  ['other', { ...own, ...wheel }, null],
  ['bugger', wheel, null],
  ['web', { 'package.json': '{"name":"web","version":' }, null],
  ['web', {}, null],
])('when asked for %s in %j then the version is %j', async (name, files, version) => {
  expect(await read(name, files)).toBe(version)
})

test.each(['../other', '/etc/package.json', 'a/../../b'])('when the package is "%s" then it is refused', (name) => {
  expect(probe.config.safeParse({ type: 'package', package: name }).success).toBe(false)
})
