import { expect, test } from 'vitest'
import { statusReport } from '../../../test/fakes/engine.ts'
import { metricsText, type Observed } from './metrics.ts'

const quiet: Observed = {
  version: '0.1.0',
  statuses: [],
  totals: [],
  process: { residentBytes: 90_000_000, cpuSeconds: 1.5, startSeconds: 1_700_000_000 },
}

async function lines(observed: Partial<Observed>): Promise<readonly string[]> {
  return (await metricsText({ ...quiet, ...observed })).text.split('\n')
}

test('when an update is known then it can be alerted on by component', async () => {
  const said = await lines({
    statuses: [statusReport({ installed: '1.0.0', available: '1.1.0', update_available: true })],
  })
  expect(said).toContain('belay_component_info{component="core",installed="1.0.0",available="1.1.0"} 1')
  expect(said).toContain('belay_component_update_available{component="core"} 1')
})

test('when runs were counted then they are a counter by outcome, the unfinished apart', async () => {
  const about = { component: 'core', action: 'update' } as const
  const said = await lines({
    totals: [
      { ...about, outcome: 'committed', count: 7 },
      { ...about, outcome: null, count: 1 },
    ],
  })
  expect(said).toContain('# TYPE belay_runs_total counter')
  expect(said).toContain('belay_runs_total{component="core",action="update",outcome="committed"} 7')
  expect(said).toContain('belay_runs_total{component="core",action="update",outcome="unfinished"} 1')
})

test('when a version or a name has quotes and line breaks then they stay inside their label', async () => {
  const said = await lines({ statuses: [statusReport({ installed: '1"\n# HELP x y', available: null })] })
  expect(said).toContain(String.raw`belay_component_info{component="core",installed="1\"\n# HELP x y",available=""} 1`)
})

test('when a component has no service, and was never asked for, then nothing is said of either', async () => {
  const said = (await lines({ statuses: [statusReport({ service: null, last_checked: null })] })).join('\n')
  expect(said).not.toContain('belay_component_service_up{')
  expect(said).not.toContain('belay_component_check_timestamp_seconds{')
})

test('when there is nothing to say of a metric with labels then no sample without them stands for it', async () => {
  const said = await lines({ statuses: [statusReport({ problem: null })] })
  expect(
    said.filter((line) => line.startsWith('belay_component_problem_info') || line.startsWith('belay_runs_total')),
  ).toEqual([])
})
