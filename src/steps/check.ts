import { stat } from 'node:fs/promises'
import type { WayBackRef } from '../core/plan/step.ts'
import { BelayError, type Facts, type Problem } from '../core/model/problem.ts'
import { listBackups } from '../host/backup-record.ts'
import type { OpenCheck } from '../ports/adapters.ts'
import type { OpenService } from '../ports/service.ts'
import type { CheckContext } from '../ports/check.ts'
import type { StepContext, StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

/** A service is often up within a tenth of a second; one that is not is not asked more than once a second. */
const pauseFirstMs = 50
const pauseMaxMs = 1_000
const logLinesMax = 60

/** Asks until it holds or its time is over; what it saw last is in the facts either way. */
export function checkHandler({ adapters, clock }: StepPorts): StepHandler<'check'> {
  return {
    async apply(step, context) {
      const service = step.service === null ? null : await adapters.service(step.service)
      const probe = step.probe === null ? null : await adapters.probe(step.probe)
      const since = clock.now()
      const check = await adapters.check(step.check)
      const result = await untilItHolds(check, context, {
        step,
        service,
        installedVersion: async () => (probe === null ? null : probe.read(context.signal)),
        wayBackAgesMs: () => wayBackAges(step.wayBack, clock.now()),
        runAs: step.service?.user ?? null,
        now: () => clock.now(),
        sleep: (ms, signal) => clock.sleep(ms, signal),
      })
      if ('problem' in result) throw await withLogs(result.problem, step.phase === 'before' ? null : service, since)
      return result.facts
    },
    // A question leaves nothing behind: after a crash it is simply asked again.
    observe: async () => 'absent',
    undo: async () => {},
  }
}

async function untilItHolds(
  check: OpenCheck,
  { signal, progress }: StepContext,
  context: CheckContext,
): Promise<{ facts: Facts } | { problem: Problem }> {
  // Monotonic: a clock that is set while we wait must neither fail a good version nor wait for ever.
  const started = performance.now()
  for (let tries = 1; ; tries++) {
    const result = await check.run(context, signal)
    if (result.ok) return { facts: { ...result.facts, tries } }
    const waited = performance.now() - started
    const pauseMs = Math.min(pauseMaxMs, pauseFirstMs * 2 ** (tries - 1))
    if (!result.problem.retryable || waited + pauseMs > check.timeoutMs) {
      const facts = { ...result.problem.facts, tries, waited_ms: Math.round(waited) }
      return { problem: { ...result.problem, message: sentence(result.problem, waited), facts } }
    }
    progress(0, null, `${result.problem.message} (${seconds(waited)} of ${seconds(check.timeoutMs)} s)`)
    await context.sleep(pauseMs, signal)
  }
}

function seconds(ms: number): string {
  return String(Math.round(ms / 1000))
}

/** `… answered 500 instead of 200 for 60 s (last: "no such column")`. */
function sentence({ message, retryable, facts: { last } }: Problem, waitedMs: number): string {
  const seconds = retryable ? Math.round(waitedMs / 1000) : 0
  return message + (seconds === 0 ? '' : ` for ${seconds} s`) + (typeof last === 'string' ? ` (last: "${last}")` : '')
}

/** A failed verify is explained by what the service said last. */
async function withLogs(problem: Problem, service: OpenService | null, since: number): Promise<BelayError> {
  if (service === null) return new BelayError(problem)
  // Logs only explain: that they cannot be read must not hide the failure itself.
  const log = await service.logs(since - 60_000, logLinesMax).catch(() => [])
  return new BelayError(log.length === 0 ? problem : { ...problem, facts: { ...problem.facts, log: [...log] } })
}

async function wayBackAges(wayBack: WayBackRef, now: number): Promise<readonly number[]> {
  const backups = await Promise.all(wayBack.places.map((place) => listBackups(place, wayBack.component)))
  const trees = await Promise.all(
    wayBack.trees.map((tree) =>
      stat(tree).then(
        (found) => found.mtimeMs,
        () => null,
      ),
    ),
  )
  const times = [
    ...backups.flat().map((found) => Date.parse(found.record.created)),
    ...trees.filter((at) => at !== null),
  ]
  return times.map((at) => Math.max(0, now - at))
}
