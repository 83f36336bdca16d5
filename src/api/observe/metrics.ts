import { Counter, Gauge, Registry } from 'prom-client'
import type { StatusReport } from '../../ports/engine.ts'
import type { RunTotal } from '../../ports/journal.ts'

/** What is told, read from the machine and the journal at each scrape: a counter in memory would forget at a restart. */
export interface Observed {
  readonly version: string
  readonly statuses: readonly StatusReport[]
  readonly totals: readonly RunTotal[]
  readonly process: {
    readonly residentBytes: number
    readonly cpuSeconds: number
    /** Since the epoch. */
    readonly startSeconds: number
  }
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** The text that Prometheus reads; names and units follow its conventions (base units, `_total`, `_info`). */
export async function metricsText(observed: Observed): Promise<{ readonly type: string; readonly text: string }> {
  const registry = new Registry()
  const tell = (name: string, help: string, samples: readonly Sample[]) => {
    // Without one, the library would write a sample without labels.
    if (samples.length === 0) return
    const labelNames = [...new Set(samples.flatMap(([labels]) => Object.keys(labels)))]
    const options = { name, help, labelNames, registers: [registry] }
    if (name.endsWith('_total')) {
      const counter = new Counter(options)
      for (const [labels, value] of samples) counter.inc({ ...labels }, value)
    } else {
      const gauge = new Gauge(options)
      for (const [labels, value] of samples) gauge.set({ ...labels }, value)
    }
  }
  const { version, statuses, totals, process } = observed
  tell('belay_build_info', 'The version of Belay that answers.', [[{ version }, 1]])
  tellComponents(tell, statuses)
  const runs = totals.map(({ component, action, outcome, count }): Sample => {
    return [{ component, action, outcome: outcome ?? 'unfinished' }, count]
  })
  tell('belay_runs_total', 'Runs in the journal, by what they were and how they ended.', runs)
  tell('process_resident_memory_bytes', 'Resident memory size in bytes.', [[{}, process.residentBytes]])
  tell('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', [[{}, process.cpuSeconds]])
  tell('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', [
    [{}, process.startSeconds],
  ])
  return { type: registry.contentType, text: await registry.metrics() }
}

function tellComponents(
  tell: (name: string, help: string, samples: readonly Sample[]) => void,
  statuses: readonly StatusReport[],
): void {
  const each = (valueOf: (status: StatusReport) => number | null): readonly Sample[] =>
    statuses.flatMap((status): readonly Sample[] => {
      const value = valueOf(status)
      return value === null ? [] : [[{ component: status.component }, value]]
    })
  const info = statuses.map(({ component, installed, available }): Sample => {
    return [{ component, installed: installed ?? '', available: available ?? '' }, 1]
  })
  tell('belay_component_info', 'Installed and available version of a component.', info)
  tell(
    'belay_component_update_available',
    '1 where a newer version is known.',
    each(({ update_available: available }) => Number(available)),
  )
  tell(
    'belay_component_held',
    '1 where a newer version waits for its policy.',
    each(({ held }) => Number(held !== null)),
  )
  tell(
    'belay_component_service_up',
    '1 where the service runs.',
    each(({ service }) => (service === null ? null : Number(service.running))),
  )
  tell(
    'belay_component_check_timestamp_seconds',
    'When the source answered last.',
    each(({ last_checked: at }) => secondsOf(at)),
  )
  const troubles = statuses.flatMap(({ component, problem }): readonly Sample[] =>
    problem === null ? [] : [[{ component, code: problem.code }, 1]],
  )
  tell('belay_component_problem_info', 'What is wrong with a component now.', troubles)
  tell(
    'belay_component_run_unfinished',
    '1 where a run is under way, or was left behind.',
    each(({ unfinished }) => Number(unfinished !== null)),
  )
  tell(
    'belay_component_last_run_timestamp_seconds',
    'When the last run ended.',
    each(({ last_run: last }) => secondsOf(last?.closed ?? null)),
  )
}

function secondsOf(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso) / 1000
}
