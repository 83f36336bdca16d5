import { expect, test } from 'vitest'
import { decideInstall } from './packages.mjs'

const plain = { version: '1.0.0', integrity: 'sha512-a' }
const dev = { ...plain, dev: true }
const foreign = { ...plain, optional: true }
const wanted = { '': {}, 'node_modules/a': plain, 'node_modules/t': dev, 'node_modules/win': foreign }
const full = { 'node_modules/a': plain, 'node_modules/t': dev }
const lean = { 'node_modules/a': plain }

test.each([
  ['everything is there', full, true],
  ['a demo runs after an install without development packages', lean, false],
  ['a demo runs after a full install', full, false],
  ['a package is optional and for another platform', { ...full, 'node_modules/win': foreign }, true],
] as const)('when %s, then nothing is installed', (_, installed, needsDev) => {
  expect(decideInstall(wanted, installed, needsDev)).toStrictEqual({ kind: 'in-step' })
})

test('when nothing is installed, then the task gets what it needs and no more', () => {
  expect(decideInstall(wanted, null, false)).toMatchObject({ kind: 'install', dev: false })
  expect(decideInstall(wanted, null, true)).toMatchObject({ kind: 'install', dev: true })
})

test('when tests follow a demo, then the development packages are added', () => {
  const because = 'the development packages are missing'
  expect(decideInstall(wanted, lean, true)).toStrictEqual({ kind: 'install', dev: true, because })
})

test('when a version or a hash differs, then it is installed anew', () => {
  const because = '1 packages differ from package-lock.json'
  const older = { ...lean, 'node_modules/a': { ...plain, version: '0.9.0' } }
  const swapped = { ...lean, 'node_modules/a': { ...plain, integrity: 'sha512-b' } }
  expect(decideInstall(wanted, older, false)).toStrictEqual({ kind: 'install', dev: false, because })
  expect(decideInstall(wanted, swapped, false)).toStrictEqual({ kind: 'install', dev: false, because })
})

test('when a demo must install over a full install, then the development packages stay', () => {
  const older = { ...full, 'node_modules/a': { ...plain, version: '0.9.0' } }
  expect(decideInstall(wanted, older, false)).toMatchObject({ kind: 'install', dev: true })
})
