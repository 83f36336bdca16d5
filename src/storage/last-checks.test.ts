import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { componentName } from '../../test/fakes/plan.ts'
import { room } from '../host/tree/testing.ts'
import type { CheckReport } from '../ports/engine.ts'
import { fileLastChecks } from './last-checks.ts'

const core = componentName('core')
const report = { current: '1.0.4', latest: '1.1.0', update_available: true } as CheckReport

test('when a check was made, then the next process knows it, and nobody else may read it', async () => {
  await using here = await room()
  fileLastChecks(here.dir).put(core, report)
  fileLastChecks(here.dir).put(core, { ...report, latest: '1.2.0' })
  expect(fileLastChecks(here.dir).get(core)).toEqual({ ...report, latest: '1.2.0' })
  expect(readdirSync(here.at('checks'))).toEqual(['core.json'])
  expect(statSync(here.at('checks/core.json')).mode & 0o777).toBe(0o600)
})

test('when none was made, or its file is damaged, then nothing is known', async () => {
  await using here = await room()
  const checks = fileLastChecks(here.dir)
  expect(checks.get(core)).toBeNull()
  checks.put(core, report)
  writeFileSync(here.at('checks/core.json'), '{"curr')
  expect(checks.get(core)).toBeNull()
})
