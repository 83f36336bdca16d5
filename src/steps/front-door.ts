import { fail } from '../core/model/problem.ts'
import type { VerifyStep } from '../core/plan/step.ts'
import { ask } from '../host/ask.ts'
import { isLost, versionIn } from '../host/front-door.ts'
import type { StepContext, StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

/** Nobody answered: whoever is to may be on the way. */
const pauseMs = 50
/** Somebody else answered, who is served, too. */
const againMs = 5
const askTimeoutMs = 10_000

/** One after the other: an application that is still cold is not met by all of them at once. */
export function warmUpHandler(): StepHandler<'warm-up'> {
  return {
    async apply({ urls, timeoutMs }, { signal }) {
      const warnings: string[] = []
      for (const url of urls) {
        const answer = await ask({ url, signal, timeoutMs })
        if ('code' in answer) warnings.push(`Warming up: ${answer.message}`)
        else if (answer.status >= 500) warnings.push(`Warming up: ${url} answered ${answer.status}.`)
      }
      return warnings.length === 0 ? { requests: urls.length } : { requests: urls.length, warnings }
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
}

/** "Reload returned" is not "switched": only an answer that the new version gave says so. */
export function verifyHandler({ clock }: StepPorts): StepHandler<'verify'> {
  return {
    async apply(step, context) {
      const seen = { asked: 0, failed: 0, worst_ms: 0 }
      const started = performance.now()
      let row = 0
      let last = 'no answer'
      while (row < step.times) {
        const asked = await askOnce(step, context)
        seen.asked += 1
        if (asked.lost) seen.failed += 1
        seen.worst_ms = Math.max(seen.worst_ms, asked.ms)
        last = asked.text
        if (asked.good) row += 1
        else if (step.inARow) row = 0
        if (row >= step.times) break
        if (performance.now() - started > step.timeoutMs) throw notServed(step, last, seen)
        if (!asked.good) await clock.sleep(asked.lost ? pauseMs : againMs, context.signal)
      }
      return seen
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
}

async function askOnce(step: VerifyStep, { signal }: StepContext) {
  const begun = performance.now()
  const answer = await ask({ url: step.front, signal, timeoutMs: askTimeoutMs, insecureTls: true })
  const ms = Math.round(performance.now() - begun)
  const lost = isLost(answer)
  if ('code' in answer) return { good: false, lost, ms, text: answer.message }
  const { status } = answer
  const version = step.identity === null ? null : versionIn(answer, step.identity)
  const right = step.identity === null || step.expectedVersion === null || version === step.expectedVersion
  const text = step.identity === null ? `status ${status}` : `status ${status}, version ${version ?? 'unknown'}`
  return { good: right && status < 500, lost, ms, text }
}

function notServed({ front, expectedVersion, timeoutMs }: VerifyStep, last: string, seen: object) {
  const seconds = Math.round(timeoutMs / 1000)
  const wanted = expectedVersion ?? 'the new version'
  return fail('E_NOT_SERVED', `${front} was not answered by ${wanted} within ${seconds} s; the last answer: ${last}.`, {
    hint: 'See that the proxy sends to the slots that traffic: names, and that traffic.identify reads the version.',
    facts: { front, last, ...seen },
  })
}
