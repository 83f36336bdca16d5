import { expect, test } from 'vitest'
import { cycles, moduleStateFaults, packagesReachable, rankFaults } from './architecture/check.ts'
import { pageFaults } from './architecture/page.ts'
import programs from './architecture/programs.json' with { type: 'json' }
import { ranks } from './architecture/ranks.ts'
import { readPageTree, readSourceTree } from './architecture/tree.ts'

const tree = readSourceTree()
const page = readPageTree()

test('when a module imports, then its folder may, and every rule is in use', () => {
  expect(rankFaults(tree, ranks)).toStrictEqual([])
})

test('when modules import each other, then never in a circle', () => {
  expect(cycles(tree)).toStrictEqual([])
  expect(cycles(page)).toStrictEqual([])
})

test('when a module is loaded, then it keeps no state of its own', () => {
  expect(moduleStateFaults(tree)).toStrictEqual([])
  expect(moduleStateFaults(page)).toStrictEqual([])
})

test('when the page imports, then parts of its own, few packages and types of the protocol', () => {
  expect(page.size).toBeGreaterThan(0)
  expect(pageFaults(page)).toStrictEqual([])
})

test('when a program loads third-party code, then it is on the list that was agreed to', () => {
  const reachable = Object.keys(programs).map((name) => [name, packagesReachable(tree, `src/main/${name}`)])
  expect(Object.fromEntries(reachable)).toStrictEqual(programs)
})

test('when a program is named on that list, then it is there, and every program is named', () => {
  const files = Object.keys(programs).map((name) => `src/main/${name}`)
  expect(files.filter((file) => !tree.has(file))).toStrictEqual([])
  expect(['belay.ts', 'open.ts'].filter((name) => !(name in programs))).toStrictEqual([])
})
