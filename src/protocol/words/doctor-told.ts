import type { Finding, NotTried, ProcessSeen, Trial } from '../../core/doctor/report.ts'
import type { Verdict } from '../../core/doctor/verdict.ts'

/** What, why, and what to do about it. */
export interface Told {
  readonly what: string
  /** null: the rest says it. */
  readonly why: string | null
  readonly hint: string
}

/** Every sentence of `belay doctor` in one language. */
export interface DoctorWords {
  finding(finding: Finding): Told
  /** One sentence for each thing that was seen, in its order. */
  trial(trial: Trial): readonly string[]
  verdict(verdict: Verdict, trial: Trial): Told
  seenProcess(seen: ProcessSeen): string
  notTried(reason: NotTried): string
  readonly nothingFound: string
}

/** A process that ends closes what was open: what came no sooner was not its own doing. */
const endMs = 150

/** Whether it came before the end; null: it never did, or only by the end. */
export function before(ms: number | null, { gone_ms: gone }: Trial): number | null {
  return ms === null || (gone !== null && ms >= gone - endMs) ? null : ms
}
