import type { Limit } from '../../core/detect/deployment.ts'
import type { DoctorReport, Finding, NotTried, ProcessSeen, Trial } from '../../core/doctor/report.ts'
import { isWell, type Verdict, verdictOf } from '../../core/doctor/verdict.ts'
import { doctorWords } from '../../protocol/words/doctor.ts'
import type { DoctorWords, Told } from '../../protocol/words/doctor-told.ts'
import { wrap } from '../terminal/width.ts'
import { limitText } from './detect-words.ts'
import type { Reader } from './problem.ts'

/** `component` null: of this host. `code`: that of the finding, or of the problem that it is. */
export interface DoctorDocument {
  readonly findings: readonly (Told & { readonly component: string | null; readonly code: string })[]
  /** `verdict`: `drains`, `cuts`, `ignores`, `unproven`, `unready` or `alone`. */
  readonly trial: (Trial & { readonly verdict: Verdict; readonly sentences: readonly string[] }) | null
  readonly not_tried: NotTried | null
  readonly process: ProcessSeen | null
}

export function doctorDocument(report: DoctorReport, limits: readonly Limit[]): DoctorDocument {
  const words = doctorWords('en')
  const { trial = null, not_tried = null, process = null } = report
  return {
    findings: [
      ...limits.map((limit) => ({ component: null, code: limit.code, ...limitTold(limit) })),
      ...report.findings.map((finding) => ({
        component: finding.component,
        code: codeOf(finding),
        ...words.finding(finding),
      })),
    ],
    trial: trial === null ? null : { ...trial, verdict: verdictOf(trial), sentences: words.trial(trial) },
    not_tried,
    process,
  }
}

function codeOf(finding: Finding): string {
  return finding.code === 'problem' ? finding.problem.code : finding.code
}

function limitTold(limit: Limit): Told {
  const { message, hint } = limitText(limit)
  return { what: message, why: null, hint }
}

export function doctorLines(report: DoctorReport, limits: readonly Limit[], reader: Reader): readonly string[] {
  const words = doctorWords(reader.language)
  const { findings, trial = null, not_tried: notTried = null, process = null } = report
  const found = [
    ...limits.flatMap((limit) => toldLines(limitTold(limit), null, false, reader)),
    ...findings.flatMap((finding) => toldLines(words.finding(finding), finding.component, false, reader)),
  ]
  const { look } = reader
  return [
    ...(found.length === 0 ? [words.nothingFound] : found),
    ...(process === null || trial !== null ? [] : wrap(look.text(words.seenProcess(process)), look.columns, '')),
    ...(notTried === null ? [] : wrap(look.text(words.notTried(notTried)), look.columns, '')),
    ...(trial === null ? [] : trialLines(trial, words, reader)),
  ]
}

function trialLines(trial: Trial, words: DoctorWords, reader: Reader): readonly string[] {
  const { look } = reader
  const verdict = verdictOf(trial)
  return [
    ...words.trial(trial).flatMap((sentence) => wrap(look.text(sentence), look.columns, '')),
    ...toldLines(words.verdict(verdict, trial), null, isWell(verdict), reader),
  ]
}

function toldLines(
  { what, why, hint }: Told,
  component: string | null,
  well: boolean,
  { look }: Reader,
): readonly string[] {
  const whose = component === null ? '' : `${component}: `
  const mark = well ? look.glyph.ok : look.glyph.failed
  return [
    ...wrap(look.text(`${mark} ${whose}${what}`), look.columns, ''),
    ...[why, hint].flatMap((text) => (text === null ? [] : wrap(look.text(text), look.columns, '  '))),
  ]
}
