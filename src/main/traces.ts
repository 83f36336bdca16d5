import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { RunId } from '../core/model/names.ts'
import { problemOf } from '../core/model/problem.ts'
import type { Recorded } from '../core/run/entry.ts'
import type { LogLine } from '../host/log/log-file.ts'
import type { Journal } from '../ports/journal.ts'
import type { TraceSettings } from '../protocol/settings.ts'
import { version } from './version.ts'

/** Traces on their way. The program waits for them, a little, before it ends. */
export type Sends = Set<{ readonly done: Promise<void>; readonly abort: () => void }>

export interface TracesOptions {
  readonly to: TraceSettings
  readonly allowHttp: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly sends: Sends
  readonly warn: (line: LogLine) => void
}

/**
 * A journal whose runs are told as traces by the process that closes them. That is never waited for, and what goes wrong with
 * it is one warning: the run is over already.
 */
export function tracedJournal(journal: Journal, options: TracesOptions): Journal {
  return {
    ...journal,
    async append(run, ...entries) {
      const recorded = await journal.append(run, ...entries)
      // On a small host this takes longer than the program waits at its end.
      if (entries.some(({ t }) => t === 'opened')) void loaded().catch(() => {})
      if (entries.some(({ t }) => t === 'closed')) {
        // Read at once, since the journal may be closed next.
        const all = journal.read(run)
        begin((signal) => tell(run, all, options, signal), run, options)
      }
      return recorded
    },
  }
}

function begin(work: (signal: AbortSignal) => Promise<void>, run: RunId, { sends, warn }: TracesOptions): void {
  const controller = new AbortController()
  const done = work(controller.signal)
    .catch((error: unknown) => {
      const { code, message } = problemOf(error)
      const text = `the trace of this run was not sent: ${message}`
      warn({ level: 'warn', component: null, run, code, text })
    })
    .finally(() => sends.delete(send))
  const send = { done, abort: () => controller.abort() }
  sends.add(send)
}

/** What sends a trace: code that nobody needs who has no collector. */
function loaded() {
  return Promise.all([
    import('../core/run/trace.ts'),
    import('../protocol/otlp.ts'),
    import('../host/telemetry/send.ts'),
    import('../host/http/post.ts'),
    import('../host/secrets.ts'),
    import('../host/clock.ts'),
  ])
}

async function tell(
  run: RunId,
  entries: Promise<readonly Recorded[]>,
  { to, allowHttp, env }: TracesOptions,
  signal: AbortSignal,
): Promise<void> {
  const read = await entries
  const [{ traceOf }, { otlpTraces }, { sendTraces }, { httpPoster }, { openSecrets }, { systemClock }] = await loaded()
  const clock = systemClock()
  const poster = httpPoster({ allowHttp, version, clock, environment: env })
  const body = otlpTraces(traceOf(run, read, hostname()), { version, host: hostname() })
  await sendTraces(body, to, { poster, secrets: openSecrets(env), clock }, signal)
}

const endMsMax = 2_000

/** Before the program ends: what is not sent by then is given up. */
export async function endOfTraces(sends: Sends, msMax = endMsMax): Promise<void> {
  const all = Promise.all([...sends].map(({ done }) => done))
  const late = new AbortController()
  await Promise.race([all, setTimeout(msMax, null, { signal: late.signal }).catch(() => null)])
  late.abort()
  for (const { abort } of sends) abort()
  await all
}
