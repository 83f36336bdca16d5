import { existsSync, globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commandFile, howToEnable, isRoot, missingFor, type Requirement } from './requirements.ts'
import { requirements } from './requirements.list.ts'
import { pickStages, stages } from './stages.ts'

const none: Requirement = { suite: 'a suite', stage: 'e2e', files: [], commands: [], packages: [] }

test('when a command and a file are there, then nothing is missing', () => {
  expect(missingFor({ ...none, commands: ['sh'], present: ['/'] })).toStrictEqual([])
})

test('when a command, a file and a working probe are not there, then each is named', () => {
  expect(missingFor({ ...none, commands: ['sh', 'belay-no-such'], present: ['/belay/no-such'] })).toStrictEqual([
    'belay-no-such',
    '/belay/no-such',
  ])
  expect(missingFor({ ...none, probe: ['false'] })).toStrictEqual(['a machine where "false" works'])
})

test('when root is needed, then it is missing for everyone else', () => {
  expect(missingFor({ ...none, root: true })).toStrictEqual(isRoot() ? [] : ['root'])
})

test('when a suite cannot run, then a sentence says what it needs and what to do', () => {
  const requirement = { ...none, packages: ['strace'] }
  expect(howToEnable({ requirement, missing: ['strace', 'root'] })).toBe(
    'a suite: needs strace, root; to enable: run as root, apt-get install strace',
  )
})

test('when a command lies in a folder for administrators, then it is found without that folder on the PATH', () => {
  const found = commandFile('ldconfig')
  expect(found === null || existsSync(found)).toBe(true)
})

test('when a suite is listed, then its stage and its files are there', () => {
  const empty = requirements.filter(({ files }) => files.some((pattern) => globSync(pattern).length === 0))
  expect(empty.map(({ suite }) => suite)).toStrictEqual([])
  const stageless = requirements.filter(({ stage }) => !stages.some(({ name }) => name === stage))
  expect(stageless.map(({ suite }) => suite)).toStrictEqual([])
})

test('when stages are named, then those run, quick stands for its own, and a wrong name is refused', () => {
  expect(pickStages([])).toBe(stages)
  expect(pickStages(['e2e', 'types']).map(({ name }) => name)).toStrictEqual(['types', 'e2e'])
  expect(pickStages(['quick']).at(-1)?.name).toBe('unit')
  expect(() => pickStages(['nothing'])).toThrow('no stage "nothing"')
})
