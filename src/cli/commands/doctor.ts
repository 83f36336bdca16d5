import type { Limit } from '../../core/detect/deployment.ts'
import type { DoctorReport } from '../../core/doctor/report.ts'
import { isWell, verdictOf } from '../../core/doctor/verdict.ts'
import { BelayError, type Problem } from '../../core/model/problem.ts'
import { answer, type Context, withEngine } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { interruptible } from '../interrupts.ts'
import { chosen, usage } from '../names.ts'
import { doctorDocument, doctorLines } from '../render/doctor.ts'

export interface DoctorFlags {
  readonly slow?: string
}

/** A `DoctorDocument`. Exit code 1 where something would not work. */
export async function doctor(context: Context, name: string | undefined, flags: DoctorFlags): Promise<ExitCode> {
  const slow = flags.slow ?? null
  if (slow !== null && name === undefined)
    throw usage('--slow is for one component.', 'Name it: belay doctor NAME --slow PATH')
  if (slow !== null && !slow.startsWith('/')) throw usage(`${slow} is no path.`, 'Write one such as /report.')
  // What this host does not let be done is asked of it as a whole.
  const limits = name === undefined ? (await context.ports.detect(context.io.cwd)).limits : []
  const report = (await brokenConfig(context)) ?? (await brokenState(context)) ?? (await examined(context, name, slow))
  answer(context, doctorDocument(report, limits), (reader) => doctorLines(report, limits, reader))
  return isAllWell(report, limits) ? 0 : 1
}

/** A config that cannot be read is a finding; null: it can. */
async function brokenConfig(context: Context): Promise<DoctorReport | null> {
  try {
    await context.ports.loadSettings(context.options)
    return null
  } catch (error) {
    if (!(error instanceof BelayError) || !error.problem.code.startsWith('E_CONFIG_')) throw error
    return { findings: errorsOf(error.problem).map((problem) => ({ code: 'problem', component: null, problem })) }
  }
}

/** Each error of the config by itself, as the loader lists them. */
function errorsOf(problem: Problem): readonly Problem[] {
  const listed = problem.facts['errors']
  if (!Array.isArray(listed) || listed.length === 0) return [problem]
  return listed.map((line) => ({ ...problem, message: String(line), facts: { at: String(line) } }))
}

const unfitState: ReadonlySet<string> = new Set([
  'E_STATE_UNSAFE',
  'E_PERMISSION',
  'E_READ_ONLY',
  'E_DISK_FULL',
  'E_JOURNAL_MISSING',
  'E_JOURNAL_UNREADABLE',
])

/** Without its state folder nothing works, and that is what there is to say. */
async function brokenState(context: Context): Promise<DoctorReport | null> {
  try {
    await withEngine(context, async () => {})
    return null
  } catch (error) {
    if (!(error instanceof BelayError) || !unfitState.has(error.problem.code)) throw error
    return { findings: [{ code: 'problem', component: null, problem: error.problem }] }
  }
}

function examined(context: Context, name: string | undefined, slow: string | null): Promise<DoctorReport> {
  return withEngine(context, (engine) => {
    const names = chosen(engine, name === undefined ? [] : [name])
    const trial = name === undefined ? null : { slow }
    return interruptible(context, (signal) => engine.doctor(names, { trial, signal }))
  })
}

function isAllWell({ findings, trial = null }: DoctorReport, limits: readonly Limit[]): boolean {
  return findings.length === 0 && limits.length === 0 && (trial === null || isWell(verdictOf(trial)))
}
