import { expect, test } from 'vitest'
import { prospect, runReport, scriptedEngine } from '../../../test/fakes/engine.ts'
import { componentName, corePlan, runId } from '../../../test/fakes/plan.ts'
import { problem } from '../../core/model/problem.ts'
import type { Outlook, Prospect, RunDetails } from '../../ports/engine.ts'
import type { News } from './news.ts'
import type { SocketPorts } from './ports.ts'
import { updateAll } from './several.ts'

/** Runs end as `outcomes` say, committed when it says nothing. `begun`: in which order, and how many went on at once. */
function world(prospects: readonly Prospect[], outcomes: Readonly<Record<string, 'rolled-back'>> = {}) {
  const begun: string[] = []
  const recorded: string[] = []
  let going = 0
  const starter: Pick<SocketPorts['starter'], 'update'> = {
    async update(component, options, { who }) {
      begun.push(`${component} ${JSON.stringify(options)} ${who} ${going++}`)
      return { started: { run: `r-${component}`, component, outcome: 'started', resumed: false } }
    },
  }
  const watcher: Pick<SocketPorts['watcher'], 'run'> = {
    async *run(run) {
      const component = componentName(run.slice('r-'.length))
      const outcome = outcomes[component] ?? 'committed'
      going--
      const about = { opened: '', closed: '2026-01-01T00:00:00Z', phase: 'succeeded', plan: corePlan(), entries: [] }
      const details = { ...runReport({ component, outcome, run: runId('r-7f3c12ab') }), ...about } as RunDetails
      yield { t: 'closed', details, seq: 1, driven: false }
    },
  }
  const use: SocketPorts['use'] = async (work) => work({ engine: scriptedEngine({ prospects }) } as never)
  const audit: SocketPorts['audit'] = {
    record: async ({ action, target, who }) => void recorded.push(`${who} ${action} ${target}`),
  }
  const ports = { use, audit, starter, watcher } as Partial<SocketPorts> as SocketPorts
  const news = { follow: () => {} } as Partial<News> as News
  return { begun, recorded, told: () => updateAll(ports, news, { who: 'anna', from: '127.0.0.1' }) }
}

const current: Outlook = { kind: 'current', current: runReport({ outcome: 'current', run: null }) }
const needsRemote = { requires: { remote: '*' } }

test('when all are to be updated then one at a time, in the order that they were given, to the versions planned', async () => {
  const { begun, recorded, told } = world([
    prospect('remote'),
    prospect('core', needsRemote),
    prospect('nats', { outlook: current }),
  ])
  expect(await told()).toEqual({ success: true, message: 'Updated remote, core.', level: 'info' })
  expect(begun).toEqual(['remote {"to":"1.1.0"} anna 0', 'core {"to":"1.1.0"} anna 0'])
  expect(recorded).toEqual(['anna update remote', 'anna update core'])
})

test('when one fails then what requires it is not started, what does not is', async () => {
  const all = [prospect('remote'), prospect('core', needsRemote), prospect('scheduler')]
  const { begun, told } = world(all, { remote: 'rolled-back' })
  const { success, message } = await told()
  expect(success).toBe(false)
  expect(message).toMatch(/^remote was not updated to 1\.1\.0.* core was not started: it requires remote\.$/)
  expect(begun.map((line) => line.split(' ')[0])).toEqual(['remote', 'scheduler'])
})

test('when there is nothing to do then it says so', async () => {
  const { begun, told } = world([prospect('core', { outlook: current })])
  expect(await told()).toEqual({ success: true, message: 'Everything is up to date.', level: 'info' })
  expect(begun).toEqual([])
})

test('when a source did not answer then that is told, not taken for up to date', async () => {
  const failed: Outlook = { kind: 'failed', problem: problem('E_NETWORK', 'No answer.') }
  expect(await world([prospect('core', { outlook: failed })]).told()).toMatchObject({
    success: false,
    message: 'No answer.',
  })
})
