import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { applyFiles, areFilesApplied, undoFiles } from '../../src/host/file-set/apply.ts'
import { planned, watch, type Wish } from '../../src/host/file-set/testing.ts'
import type { Transaction } from '../../src/host/file-set/transaction.ts'
import { hashTree } from '../../src/host/tree/hash.ts'
import { type Room, room } from '../../src/host/tree/testing.ts'
import { runTransaction } from './support/run-transaction.ts'
import { seed, seeded, whole } from './support/sample.ts'

/**
 * The trees of two commits of HelpDesk, by their real paths (1,643 files, names with umlauts, a space and U+F03A): from
 * the older to the newer, killed at calls that the seed picks. The content of a file is its blob id: the real one is not
 * ours to keep.
 */
const fixtures = fileURLToPath(new URL('../fixtures/helpdesk', import.meta.url))

interface Listed {
  readonly mode: number
  readonly text: string
}

/** `ls-tree -r -l`: mode, kind, id and size, a tab, the path. */
function tree(commit: string): ReadonlyMap<string, Listed> {
  const lines = readFileSync(join(fixtures, `tree-${commit}.tsv`), 'utf8')
    .split('\n')
    .filter(Boolean)
  return new Map(
    lines.map((line) => {
      const [about = '', path = ''] = line.split('\t')
      const [mode, , blob] = about.split(' ')
      return [path, { mode: mode === '100755' ? 0o755 : 0o644, text: `${blob}\n` }]
    }),
  )
}

function plant(root: string, files: ReadonlyMap<string, Listed>): void {
  for (const [path, { mode, text }] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { mode })
  }
}

interface World {
  readonly here: Room
  readonly it: Transaction
  readonly before: string
  readonly after: string
}

async function world(here: Room): Promise<World> {
  const [older, newer] = [tree('169d2d5'), tree('b387b29')]
  expect(older.size).toBe(1643)
  plant(here.at('app'), older)
  plant(here.at('wanted'), newer)
  const wishes: Record<string, Wish> = {}
  for (const [path, to] of newer) if (older.get(path)?.text !== to.text) wishes[path] = to
  for (const path of older.keys()) if (!newer.has(path)) wishes[path] = null
  expect(Object.keys(wishes).toSorted()).toEqual(listedChanges())
  const it = await planned(here.dir, wishes)
  return { here, it, before: await hashTree(here.at('app')), after: await hashTree(here.at('wanted')) }
}

function listedChanges(): readonly string[] {
  const text = readFileSync(join(fixtures, 'diff-169d2d5-b387b29.name-status.tsv'), 'utf8')
  return text
    .split('\n')
    .flatMap((line) => line.split('\t')[1] ?? [])
    .toSorted()
}

test(`H5: when the update of the real tree is killed at any call, then it ends all old or all new (seed ${seed})`, async () => {
  await using here = await room()
  const { it, before, after } = await world(here)
  const { calls } = await runTransaction('apply', it)
  expect(await hashTree(here.at('app'))).toBe(after)
  await undoFiles(it)
  expect(await hashTree(here.at('app'))).toBe(before)
  const points = seeded(
    Array.from({ length: calls }, (_, i) => i + 1),
    60,
    'helpdesk',
  )
  for (const [i, at] of points.entries()) {
    for (const forward of whole ? [true, false] : [i % 2 === 0]) {
      const ended = await runTransaction('apply', it, { how: 'die', at })
      expect(ended.signal, ended.output).toBe('SIGKILL')
      if (forward) {
        if (!(await areFilesApplied(it))) await applyFiles(it, watch)
        expect(await hashTree(here.at('app')), `call ${at}, forward`).toBe(after)
      }
      await undoFiles(it)
      expect(await hashTree(here.at('app')), `call ${at}, back`).toBe(before)
    }
  }
})
