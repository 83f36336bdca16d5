import { expect, test } from 'vitest'
import { runReport, type Script, scriptedEngine } from '../../test/fakes/engine.ts'
import { fail } from '../core/model/problem.ts'
import { audited, auditedPolicy } from './audited.ts'

function engine(script: Script, record: (line: string) => void = () => {}) {
  const warnings: string[] = []
  const of = audited(
    scriptedEngine(script),
    async () =>
      async ({ action, target, outcome, run }) =>
        record(`${action} ${target} ${outcome} ${run ?? ''}`.trim()),
    (text) => void warnings.push(text),
  )
  return { of, warnings, core: of.resolve('core') }
}

test('when an update is run from the command line then its beginning and its end are on record', async () => {
  const lines: string[] = []
  const { of, core } = engine({ update: async () => runReport() }, (line) => void lines.push(line))
  const { run } = await of.update(core, {})
  expect(lines).toEqual(['update core started', `update core committed ${run}`])
})

test('when it cannot be begun then why not is on record', async () => {
  const lines: string[] = []
  const refused = { update: () => Promise.reject(fail('E_LOCKED', 'held')) }
  const { of, core } = engine(refused, (line) => void lines.push(line))
  await expect(of.update(core, {})).rejects.toThrow('held')
  expect(lines).toEqual(['update core started', 'update core E_LOCKED'])
})

test('when the record cannot be written then nothing is begun', async () => {
  let begun = false
  const script: Script = { update: async () => ((begun = true), runReport()) }
  const { of, core } = engine(script, () => {
    throw fail('E_IO', 'no disk')
  })
  await expect(of.update(core, {})).rejects.toThrow('no disk')
  expect(begun).toBe(false)
})

test('when only its end cannot be written then the outcome stays what it is, and that is told', async () => {
  const { of, core, warnings } = engine({ update: async () => runReport() }, (line) => {
    if (line.includes('committed')) throw fail('E_IO', 'no disk')
  })
  expect((await of.update(core, {})).outcome).toBe('committed')
  expect(warnings).toEqual([expect.stringContaining('E_IO no disk')])
})

test('when the policy begins an update then it is on record, and one that was asked for is not twice', async () => {
  const lines: string[] = []
  const record =
    async () =>
    async ({ action, target, outcome }: { action: string; target: string | null; outcome: string }) =>
      void lines.push(`${action} ${target} ${outcome}`)
  const of = auditedPolicy(scriptedEngine({ update: async () => runReport() }), record, () => {})
  const core = of.resolve('core')
  await of.update(core, {})
  expect(lines).toEqual([])
  await of.update(core, { auto: true })
  expect(lines).toEqual(['update core started', 'update core committed'])
})

test('when the agent finishes or undoes at its start what was left behind then that is on record, and what was asked for is not twice', async () => {
  const lines: string[] = []
  const record =
    async () =>
    async ({ action, target, outcome }: { action: string; target: string | null; outcome: string }) =>
      void lines.push(`${action} ${target} ${outcome}`)
  const left = async () => ({ runs: [runReport({ outcome: 'rolled-back' })], deferred: false })
  const of = auditedPolicy(scriptedEngine({ resume: left }), record, () => {})
  await of.resume({ boot: false, component: of.resolve('core') })
  expect(lines).toEqual([])
  await of.resume({ boot: false })
  expect(lines).toEqual(['resume core rolled-back'])
})
