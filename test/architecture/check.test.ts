import { expect, test } from 'vitest'
import { cycles, moduleStateFaults, packagesReachable, rankFaults, type Tree } from './check.ts'
import { parseModule } from './parse.ts'
import { ranks } from './ranks.ts'

function treeOf(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files).map(([file, text]) => [file, parseModule(file, text)]))
}

const stand: Readonly<Record<string, string>> = {
  'src/core/x.ts': 'export const x = 1',
  'src/ports/p.ts': 'export interface P {}',
  'src/protocol/s.ts': 'export const s = 1',
  'src/host/h.ts': 'export const h = 1',
  'src/steps/st.ts': 'export const st = 1',
  'src/sources/github/index.ts': 'export const g = 1',
  'src/sources/gitlab/index.ts': 'export const l = 1',
  'src/engine/e.ts': 'export const e = 1',
  'src/cli/c.ts': 'export const c = 1',
  'src/main/m.ts': "import { g } from '../sources/github/index.ts'\nexport const m = g",
}
const folders: ReadonlySet<string> = new Set(Object.keys(stand).map((file) => file.split('/')[1] ?? ''))
const standRanks = ranks.filter((rank) => folders.has(rank.folder))

function faultsWith(file: string, text: string): string[] {
  return rankFaults(treeOf({ ...stand, [file]: text }), standRanks)
}

test('when every import follows the ranks, then nothing is said', () => {
  expect(rankFaults(treeOf(stand), standRanks)).toStrictEqual([])
})

test.each([
  ['core/a.ts', "import { h } from '../host/h.ts'", 'imports src/host'],
  ['core/a.ts', "import type { P } from '../ports/p.ts'", 'imports src/ports'],
  ['core/a.ts', "type P = import('../ports/p.ts').P", 'imports src/ports'],
  ['core/a.ts', "export * from '../host/h.ts'", 'imports src/host'],
  ['core/a.ts', "const h = await import('../host/h.ts')", 'imports src/host'],
  ['core/a.ts', "import yaml from 'yaml'", 'imports the package yaml'],
  ['core/a.ts', "import x from '@scope/name/deep'", 'imports the package @scope/name'],
  ['core/a.ts', "import { readFileSync } from 'node:fs'", 'imports node:fs'],
  ['core/a.ts', "import { randomBytes } from 'node:crypto'", 'imports randomBytes'],
  ['core/a.ts', "import * as all from 'node:crypto'", 'imports * of node:crypto'],
  ['core/a.ts', 'export const now = () => Date.now()', 'uses Date.now'],
  ['core/a.ts', 'export const now = () => new Date()', 'uses new Date()'],
  ['core/a.ts', 'export const dice = () => Math.random()', 'uses Math.random'],
  ['core/a.ts', 'export const home = () => process.env', 'uses process'],
  ['protocol/a.ts', "import type { P } from '../ports/p.ts'", 'imports src/ports'],
  ['protocol/a.ts', "import type { Readable } from 'node:stream'", 'imports node:stream'],
  ['ports/a.ts', "import { Readable } from 'node:stream'", 'imports node:stream'],
  ['host/a.ts', "import { g } from '../sources/github/index.ts'", 'imports src/sources'],
  ['sources/github/a.ts', "import { l } from '../gitlab/index.ts'", 'imports its sibling src/sources/gitlab'],
  ['sources/a.ts', "import { l } from './gitlab/index.ts'", 'imports its sibling src/sources/gitlab'],
  ['sources/github/a.ts', "import { st } from '../../steps/st.ts'", 'imports src/steps'],
  ['sources/github/a.ts', "import { e } from '../../engine/e.ts'", 'imports src/engine'],
  ['engine/a.ts', "import type { g } from '../sources/github/index.ts'", 'imports src/sources'],
  ['engine/a.ts', "import { h } from '../host/h.ts'", 'imports src/host'],
  ['engine/a.ts', "import { open } from 'node:fs/promises'", 'imports node:fs/promises'],
  ['cli/a.ts', "import { e } from '../engine/e.ts'", 'imports src/engine'],
  ['cli/a.ts', "import { st } from '../steps/st.ts'", 'imports src/steps'],
  ['main/a.ts', 'export const load = (name: string) => import(name)', 'imports a path that is computed'],
  ['main/a.ts', "import { fake } from '../../test/fakes/clock.ts'", 'imports test/fakes/clock.ts'],
  ['main/a.ts', "import { t } from '../core/x.test.ts'", 'imports the test'],
  ['elsewhere/a.ts', '', 'src/elsewhere has no rule'],
])('when %s says %s, then the rule names it', (file, text, words) => {
  expect(faultsWith(`src/${file}`, text)).toStrictEqual([expect.stringContaining(words)])
})

test.each([
  ['core/a.ts', "import { createHash } from 'node:crypto'"],
  ['core/a.ts', 'export const at = (now: number) => new Date(now)'],
  ['core/a.ts', 'export const kind = { process: 1 }.process'],
  ['core/a.ts', "import semver from 'semver/functions/compare.js'"],
  ['ports/a.ts', "import type { Readable } from 'node:stream'"],
  ['sources/github/a.ts', "import { h } from '../../host/h.ts'\nimport { g } from './index.ts'"],
  ['engine/a.test.ts', "import { g } from '../sources/github/index.ts'"],
])('when %s says %s, then it is allowed', (file, text) => {
  expect(faultsWith(`src/${file}`, text)).toStrictEqual([])
})

test('when a rule matches no file, then that is a fault', () => {
  const { 'src/cli/c.ts': _, ...rest } = stand
  expect(rankFaults(treeOf(rest), standRanks)).toStrictEqual(['src/cli: its rule matches no file'])
})

test('when files import each other, also for types alone, then the cycle is named once', () => {
  const tree = treeOf({
    'src/core/a.ts': "import type { B } from './b.ts'",
    'src/core/b.ts': "import { c } from './c.ts'",
    'src/core/c.ts': "export { a } from './a.ts'",
    'src/core/d.ts': "import { a } from './a.ts'",
  })
  expect(cycles(tree)).toStrictEqual(['src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts'])
  expect(cycles(treeOf(stand))).toStrictEqual([])
})

test.each([
  ['let count = 0', 'top-level let'],
  ['export let count = 0', 'top-level let'],
  ['var count = 0', 'top-level var'],
  ['const seen = new Set<string>()', 'seen is a Set'],
  ['export const cache = new Map<string, string>()', 'cache is a Map'],
  ['const queue: string[] = []', 'queue is an array'],
  ['export const names = ["a", "b"]', 'names is an array'],
  ['const stats = { runs: 0 }\nexport const run = () => { stats.runs += 1 }', 'changes the content of stats'],
  ['const stats = { runs: 0 }\nexport const run = () => stats.runs++', 'changes the content of stats'],
  ['const stats = make()\nexport const run = () => stats.list.push(1)', 'changes the content of stats'],
  ['class A { static count = 0 }', 'a static field'],
])('when a module says %s, then its state is named', (text, words) => {
  expect(moduleStateFaults(treeOf({ 'src/core/a.ts': text }))).toStrictEqual([expect.stringContaining(words)])
})

test.each([
  'const names: ReadonlySet<string> = new Set(["a"])',
  'export const codes = ["a", "b"] as const',
  'const order: readonly string[] = ["a"]',
  'export function run() { let count = 0; const seen = new Set(); seen.add(count++); return seen }',
  'const list = make()\nexport const run = (list: number[]) => list.push(1)',
  'class A { static readonly kind = "a"; count = 0 }',
])('when a module says %s, then it has no state', (text) => {
  expect(moduleStateFaults(treeOf({ 'src/core/a.ts': text }))).toStrictEqual([])
})

test('when a test keeps state, then it may', () => {
  expect(moduleStateFaults(treeOf({ 'src/core/a.test.ts': 'let count = 0' }))).toStrictEqual([])
})

test('when packages are imported on the way from a program, then they are listed, and those for types are not', () => {
  const tree = treeOf({
    'src/main/p.ts':
      "import '../core/a.ts'\nimport type { T } from 'only-type'\nimport { type U } from 'only-type'\nimport 'node:fs'",
    'src/core/a.ts': "export const b = () => import('./b.ts')",
    'src/core/b.ts': "export { z } from 'zod/v4'\nimport '@scope/name'",
    'src/core/aside.ts': "import 'elsewhere'",
  })
  expect(packagesReachable(tree, 'src/main/p.ts')).toStrictEqual(['@scope/name', 'zod'])
})
