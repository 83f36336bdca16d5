import { expect, test } from 'vitest'
import {
  commandFile,
  findUnavailable,
  howToEnable,
  isRoot,
  missingFor,
  type Requirement,
  requirementsOf,
} from './requirements.ts'
import { requirements } from './requirements.list.ts'
import { testFilesOf } from './files.ts'
import { pickStages, stages } from './stages.ts'

const none: Requirement = { id: 'thing', suite: 'a suite', commands: {} }
const bed: Requirement = { ...none, id: 'bed', importedFrom: /from '\.\/bed\/index\.ts'/, inFolder: 'test/e2e/' }

test('when a command and a file are there, then nothing is missing', () => {
  expect(missingFor({ ...none, commands: { sh: 'dash' }, present: { '/': 'base-files' } })).toStrictEqual([])
})

test('when a command and a file are not there, then each is named with its package', () => {
  const wants = { ...none, commands: { sh: 'dash', 'belay-no-such': 'one' }, present: { '/belay/no-such': 'two' } }
  expect(missingFor(wants)).toStrictEqual([
    { what: 'belay-no-such', from: 'one' },
    { what: '/belay/no-such', from: 'two' },
  ])
})

test('when trying fails, then the machine is what is missing', () => {
  expect(missingFor({ ...none, probe: ['false'] })).toStrictEqual([
    { what: 'a machine where "false" works', from: null },
  ])
  expect(missingFor({ ...none, probe: ['true'] })).toStrictEqual([])
})

test('when root is needed, then it is missing for everyone else', () => {
  expect(missingFor({ ...none, root: true })).toStrictEqual(isRoot() ? [] : [{ what: 'root', from: null }])
})

test('when a file asks in words or by an import, then it has the requirement, and else none', () => {
  const of = (file: string, text: string) => requirementsOf({ file, text }, [none, bed]).map(({ id }) => id)
  expect(of('src/a.test.ts', '// needs: thing, bed\n')).toStrictEqual(['thing', 'bed'])
  expect(of('test/e2e/a.test.ts', "import { startBed } from './bed/index.ts'")).toStrictEqual(['bed'])
  expect(of('src/a.test.ts', "import { startBed } from './bed/index.ts'")).toStrictEqual([])
  expect(() => of('src/a.test.ts', '// needs: magic')).toThrow('needs "magic"')
})

test('when something is missing that no file asks for, then no suite is unavailable', () => {
  const broken = { ...none, commands: { 'belay-no-such': 'one' } }
  expect(findUnavailable([{ file: 'a.test.ts', text: '' }], [broken])).toStrictEqual([])
  expect(findUnavailable([{ file: 'a.test.ts', text: '// needs: thing' }], [broken])).toMatchObject([
    { files: ['a.test.ts'] },
  ])
})

test('when a suite cannot run, then a sentence says what it needs and what to do', () => {
  const missing = [
    { what: 'strace', from: 'strace' },
    { what: 'root', from: null },
  ]
  expect(howToEnable({ requirement: none, missing, files: ['a.test.ts'] })).toBe(
    'a suite (a.test.ts): needs strace, root; to enable: apt-get install strace, then run as root',
  )
})

test('when a command lies in a folder for administrators, then it is found without that folder on the PATH', () => {
  expect(commandFile('sh')).toMatch(/\/sh$/)
  expect(commandFile('belay-no-such')).toBeNull()
})

test('when the test files of this clone ask for something, then it is on the list', () => {
  const files = stages.flatMap((stage) => testFilesOf(stage))
  expect(files.length).toBeGreaterThan(0)
  expect(() => files.map((file) => requirementsOf(file, requirements))).not.toThrow()
})

test('when stages are named, then those run, quick stands for its own, and a wrong name is refused', () => {
  expect(pickStages([])).toBe(stages)
  expect(pickStages(['e2e', 'types']).map(({ name }) => name)).toStrictEqual(['types', 'e2e'])
  expect(pickStages(['quick']).at(-1)?.name).toBe('unit')
  expect(() => pickStages(['nothing'])).toThrow('no stage "nothing"')
})
