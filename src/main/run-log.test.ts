import { expect, test } from 'vitest'
import { corePlan, download, runId, turn } from '../../test/fakes/plan.ts'
import { problem } from '../core/model/problem.ts'
import type { LogLine } from '../host/log/log-file.ts'
import type { LogLevel } from '../protocol/settings.ts'
import { runLog } from './run-log.ts'

const run = runId('r-00000001')
const plan = corePlan({ steps: [download(), turn('stop')] })
const opened = { t: 'opened', run, plan, resumed: false } as const
const done = { t: 'step', run, step: 1, state: 'done', ms: 3, facts: {} } as const
const closed = { t: 'closed', run, outcome: 'rolled-back', problem: problem('E_CHECK_FAILED', 'no') } as const

function logged(level: LogLevel): LogLine[] {
  const lines: LogLine[] = []
  const log = runLog((line) => lines.push(line), level)
  for (const event of [opened, done, closed]) log(event)
  return lines
}

test('when a run goes on then each line has its component, its id, and the step or the code', () => {
  const about = { component: plan.targets[0]?.component, run }
  expect(logged('info')).toStrictEqual([
    { ...about, level: 'info', text: expect.stringMatching(/^update .* -> /) },
    { ...about, level: 'info', step: 'stop', ms: 3, text: 'done' },
    { ...about, level: 'error', code: 'E_CHECK_FAILED', text: 'ended rolled-back: no' },
  ])
})

test('when the level is higher then lesser lines are left out', () => {
  expect(logged('error').map(({ text }) => text)).toStrictEqual(['ended rolled-back: no'])
})
