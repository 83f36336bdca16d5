import type { DoctorReport, Finding, NotTried } from '../core/doctor/report.ts'
import type { ComponentName } from '../core/model/names.ts'
import { type Problem, problemOf } from '../core/model/problem.ts'
import type { SlotPhases } from '../ports/strategy.ts'
import type { Opened } from './component.ts'
import { componentFindings, hostFindings, type Seen } from './doctor-findings.ts'
import { seenProcess } from './doctor-process.ts'
import { tryOut } from './doctor-trial.ts'
import type { EnginePorts } from './ports.ts'
import { retireDue } from './retiring.ts'

export interface DoctorOptions {
  /** null: nothing is started. `slow`: a path that takes seconds to answer; null: there is none. */
  readonly trial: { readonly slow: string | null } | null
  readonly signal: AbortSignal
}

/** What would not work of these, and why. With a trial, of the first of them, what it does when it is told to end. */
export async function examine(
  ports: EnginePorts,
  names: readonly ComponentName[],
  open: (name: ComponentName) => Promise<Opened>,
  { trial, signal }: DoctorOptions,
): Promise<DoctorReport> {
  const findings: Finding[] = [...(await hostFindings(ports))]
  for (const name of names) {
    const seen = await look(name, open)
    findings.push(...(await componentFindings(ports, name, seen)))
  }
  const [name] = names
  if (trial === null || name === undefined) return { findings }
  return { findings, ...(await tried(ports, name, open, trial, signal)) }
}

async function look(name: ComponentName, open: (name: ComponentName) => Promise<Opened>): Promise<Seen> {
  const opened = await open(name).catch(problemOf)
  if ('code' in opened) return { opened, slots: null }
  return { opened, slots: await slotsOf(opened) }
}

function slotsOf({ strategy, installed, context }: Opened): Promise<SlotPhases | Problem | null> {
  return strategy.trial(installed, context).catch(problemOf)
}

type Tried = Required<Pick<DoctorReport, 'process' | 'trial' | 'not_tried'>>

async function tried(
  ports: EnginePorts,
  name: ComponentName,
  open: (name: ComponentName) => Promise<Opened>,
  options: { readonly slow: string | null },
  signal: AbortSignal,
): Promise<Tried> {
  // What an earlier trial left behind, if it was killed.
  await retireDue(ports, signal)
  const held = await ports.locks.acquire([`component:${name}`], 'doctor')
  try {
    const opened = await open(name).catch(problemOf)
    if ('code' in opened) return nothing(null, { why: 'refused' })
    const process = opened.installed.service === null ? null : await seenProcess(ports, opened.installed.service.ref)
    const unfinished = (await ports.journal.unfinished()).find(({ component }) => component === name)
    if (unfinished !== undefined) return nothing(process, { why: 'unfinished', run: unfinished.run })
    const slots = await slotsOf(opened)
    const reason = reasonAgainst(opened, slots, ports.retiring.get(name) !== null)
    if (reason !== null || slots === null || 'code' in slots) return nothing(process, reason ?? { why: 'no-slots' })
    return { process, trial: await tryOut(ports, opened, slots, options, signal), not_tried: null }
  } finally {
    held.release()
  }
}

function nothing(process: Tried['process'], why: NotTried): Tried {
  return { process, trial: null, not_tried: why }
}

function reasonAgainst({ installed }: Opened, slots: SlotPhases | Problem | null, retiring: boolean): NotTried | null {
  if (installed.tree === null) return { why: 'not-installed' }
  if (slots === null) return { why: 'no-slots' }
  if ('code' in slots) return { why: 'refused' }
  // Who has no door of its own would get requests of people, and be told to end with them.
  if (slots.way !== 'routes' || slots.traffic.slots === null) return { why: 'shared-door' }
  if (!slots.settings.twice) return { why: 'one-at-a-time' }
  if (slots.from === null) return { why: 'not-served' }
  return slots.occupied || retiring ? { why: 'occupied', slot: slots.to } : null
}
