import type { Problem } from '../core/model/problem.ts'
import type { Identity } from '../core/plan/step.ts'
import { type Answer, ask } from './ask.ts'
import { jsonAt } from './json-pointer.ts'

/** Like one impatient person: a new request so often, whether or not the ones before were answered. */
const everyMs = 50
const openMax = 40
const patienceMs = 30_000

/** Failed: no answer, or one that says that nobody is there to give it (502, 503, 504). */
export interface Watched {
  readonly asked: number
  readonly failed: number
  readonly worstMs: number
}

export interface Watch {
  stop(): Promise<Watched>
}

/** Asks at the front door until it is stopped; then those under way are waited for. */
export function watchFront(url: string): Watch {
  const seen = { asked: 0, failed: 0, worstMs: 0 }
  const under = new Set<Promise<void>>()
  const never = new AbortController().signal
  const once = async (): Promise<void> => {
    const begun = performance.now()
    const answer = await ask({ url, signal: never, timeoutMs: patienceMs, insecureTls: true })
    seen.asked += 1
    if (isLost(answer)) seen.failed += 1
    seen.worstMs = Math.max(seen.worstMs, Math.round(performance.now() - begun))
  }
  const begin = () => {
    if (under.size >= openMax) return
    const request = once().finally(() => under.delete(request))
    under.add(request)
  }
  begin()
  const timer = setInterval(begin, everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(under)
      return { ...seen }
    },
  }
}

export function isLost(answer: Answer | Problem): boolean {
  return 'code' in answer || [502, 503, 504].includes(answer.status)
}

/** The version that an answer tells; null: it tells none. */
export function versionIn({ headers, body }: Answer, { header, json, pattern }: Identity): string | null {
  if (header !== undefined) return textOf(headers[header.toLowerCase()])
  if (json !== undefined) return textOf(jsonAt(body, json))
  const found = new RegExp(pattern ?? '').exec(body)
  return found?.[1] ?? null
}

function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return textOf(value[0])
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}
