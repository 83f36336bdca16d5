import type { ScheduleKind, ScheduleRequest, Schedules, ServiceWork } from '../../ports/schedule.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { installedLines, printedLines, removedLines } from '../render/schedule.ts'

export interface ServiceFlags {
  readonly kind?: ScheduleKind
  readonly do?: ServiceWork
  readonly at?: string
}

/** `{"schedule":Scheduled}`. */
export async function printService(context: Context, names: readonly string[], flags: ServiceFlags): Promise<ExitCode> {
  const schedule = await (await open(context)).print(request(names, flags))
  answer(context, { schedule }, (reader) => printedLines(schedule, reader))
  return 0
}

/** `{"schedule":InstalledSchedule}`. */
export async function installService(
  context: Context,
  names: readonly string[],
  flags: ServiceFlags,
): Promise<ExitCode> {
  const schedule = await (await open(context)).install(request(names, flags))
  answer(context, { schedule }, (reader) => installedLines(schedule, reader))
  return 0
}

/** `{"removed":[RemovedSchedule, …]}`. */
export async function uninstallService(context: Context, flags: Omit<ServiceFlags, 'at'>): Promise<ExitCode> {
  const removed = await (await open(context)).uninstall({ kind: flags.kind ?? null, work: flags.do ?? null })
  answer(context, { removed }, (reader) => removedLines(removed, reader))
  return 0
}

async function open(context: Context): Promise<Schedules> {
  return context.ports.schedules(context.options)
}

function request(names: readonly string[], flags: ServiceFlags): ScheduleRequest {
  return { kind: flags.kind ?? null, work: flags.do ?? 'check', at: flags.at ?? null, names }
}
