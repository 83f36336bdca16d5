import { createHash } from 'node:crypto'
import type { RunId } from '../model/names.ts'
import { mainTarget } from '../plan/plan.ts'
import type { Entry, Recorded, Verb } from './entry.ts'
import { type RunFacts, runFacts } from './report.ts'

/** A run as one trace. Times are those of the journal, ms since the epoch; ids are lower-case hex. */
export interface Trace {
  /** 16 bytes. */
  readonly traceId: string
  /** The run first, then what was done in it, in the order in which it ended. */
  readonly spans: readonly Span[]
  /** How many more there were. */
  readonly spansDropped: number
}

export interface Span {
  /** 8 bytes. */
  readonly spanId: string
  /** null: the run itself. */
  readonly parentSpanId: string | null
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  readonly events: readonly { readonly name: string; readonly atMs: number }[]
  /** null: neither good nor bad. `error` is a problem's code or an outcome. */
  readonly status: { readonly ok: true } | { readonly error: string } | null
}

const spansMax = 2_000
const textCharsMax = 256

/**
 * What the journal says of a run, told as a trace. The same entries give the same ids, so that telling it twice is telling it
 * once. Messages, paths and output of programs are not in it: it leaves the host. `host` sets runs of several hosts apart.
 */
export function traceOf(run: RunId, entries: readonly Recorded[], host: string): Trace {
  const facts = runFacts(entries)
  const seed = `belay\0${host}\0${run}\0${facts.openedAt}`
  const rootId = hex(`${seed}\0run`, 8)
  const done = verbsOf(entries).map((verb) => verbSpan(verb, facts, { seed, rootId }))
  const root = rootSpan(run, entries, facts, rootId)
  return {
    traceId: hex(seed, 16),
    spans: [root, ...done.slice(0, spansMax)],
    spansDropped: Math.max(0, done.length - spansMax),
  }
}

function hex(text: string, bytes: number): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, bytes * 2)
}

function rootSpan(run: RunId, entries: readonly Recorded[], facts: RunFacts, spanId: string): Span {
  const { openedAt, state } = facts
  const { plan, closed, problem } = state
  const { component, from, to } = mainTarget(plan)
  const committed = closed === 'committed'
  return {
    spanId,
    parentSpanId: null,
    name: `${plan.action} ${component}`,
    startMs: openedAt,
    // A clock that was set back must not make a span end before it begins.
    endMs: Math.max(openedAt, entries.at(-1)?.at ?? openedAt),
    attributes: {
      'belay.run': run,
      'belay.component': component,
      'belay.action': plan.action,
      'belay.outcome': closed ?? 'unfinished',
      'belay.downtime_ms': facts.downtimeMs,
      'belay.bytes_downloaded': facts.bytesDownloaded,
      ...(from === null ? {} : { 'belay.from': cut(from) }),
      ...(to === null ? {} : { 'belay.to': cut(to) }),
      ...(committed || problem === null ? {} : { 'error.type': problem.code }),
    },
    events: entries.flatMap(({ entry, at }) =>
      entry.t === 'resumed' || entry.t === 'cancel' ? [{ name: entry.t, atMs: at }] : [],
    ),
    status: committed ? { ok: true } : closed === null ? null : { error: problem?.code ?? closed },
  }
}

function cut(text: string): string {
  return text.slice(0, textCharsMax)
}

/** One verb on one step, from the journal. */
interface Done {
  readonly seq: number
  readonly step: number
  readonly verb: Verb
  readonly startMs: number
  readonly endMs: number
  readonly error: string | null
  /** Its result was not written down; it was begun again, or the machine was asked. */
  readonly interrupted: boolean
}

/**
 * An intent begins an apply. Of the other two verbs the journal has the end alone: they begin with the entry before, and so
 * hold the pauses between attempts, too.
 */
function verbsOf(entries: readonly Recorded[]): readonly Done[] {
  const begun = new Map<number, number>()
  let before = entries[0]?.at ?? 0
  const all: Done[] = []
  const add = (recorded: Recorded, step: number, verb: Verb, rest: Pick<Done, 'error' | 'interrupted'>) => {
    const startMs = (verb === 'apply' ? begun.get(step) : undefined) ?? before
    if (verb === 'apply') begun.delete(step)
    all.push({ seq: recorded.seq, step, verb, startMs, endMs: Math.max(startMs, recorded.at), ...rest })
  }
  for (const recorded of entries) {
    const { entry } = recorded
    const step = stepOf(entry)
    if (step !== null && entry.t === 'intent') {
      if (begun.has(step)) add(recorded, step, 'apply', { error: null, interrupted: true })
      begun.set(step, recorded.at)
    }
    if (step !== null && entry.t === 'done') {
      add(recorded, step, begun.has(step) ? 'apply' : 'observe', {
        error: null,
        interrupted: entry.note?.['observed'] === true,
      })
    }
    if (step !== null && entry.t === 'undone') add(recorded, step, 'undo', { error: null, interrupted: false })
    if (step !== null && entry.t === 'failed')
      add(recorded, step, entry.verb, { error: entry.problem.code, interrupted: false })
    before = recorded.at
  }
  return all
}

function stepOf(entry: Entry): number | null {
  return 'step' in entry ? entry.step : null
}

function verbSpan(done: Done, { steps }: RunFacts, { seed, rootId }: { seed: string; rootId: string }): Span {
  const { seq, verb, startMs, endMs, error, interrupted } = done
  const { kind, phase } = steps[done.step]?.step ?? { kind: 'unknown', phase: 'unknown' }
  return {
    spanId: hex(`${seed}\0${seq}\0${interrupted}`, 8),
    parentSpanId: rootId,
    name: `${verb} ${kind}`,
    startMs,
    endMs,
    attributes: {
      'belay.step': done.step + 1,
      'belay.step.kind': kind,
      'belay.step.phase': phase,
      'belay.verb': verb,
      // A soak ends by being looked at: nothing was cut off.
      ...(interrupted && kind !== 'soak' ? { 'belay.interrupted': true } : {}),
      ...(error === null ? {} : { 'error.type': error }),
    },
    events: [],
    status: error === null ? null : { error },
  }
}
