import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { room } from '../../src/host/tree/testing.ts'
import { census } from '../fakes/traffic/census.ts'
import { startSample } from '../fakes/traffic/sample.ts'

test('when a process, its port, its descriptors or a file of the state is left, then the census tells', async () => {
  await using here = await room()
  const dir = realpathSync(here.dir)
  mkdirSync(here.at('state'))
  const before = await census(dir, here.at('state'))
  expect(before).toMatchObject({ processes: {}, ports: 0, descriptors: 0, state: {} })
  expect(before.own).toBeGreaterThan(0)
  // It names the folder among its words, as what belay starts works in it.
  await using _sample = await startSample({ version: '1', words: [dir] })
  writeFileSync(here.at('state/left'), '')
  const after = await census(dir, here.at('state'))
  expect(Object.values(after.processes)).toEqual([1])
  expect(after).toMatchObject({ ports: 1, state: { '': 1 } })
  expect(after.descriptors).toBeGreaterThan(3)
})
