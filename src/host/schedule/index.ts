import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { type CronSchedule, parseCron, shortestGap, timesPerDay } from '../../core/schedule/cron.ts'
import { nextTimes } from '../../core/schedule/next.ts'
import {
  type Scheduled,
  type ScheduleKind,
  type ScheduleRequest,
  type Schedules,
  scheduleKinds,
  type ServiceWork,
  serviceWorks,
} from '../../ports/schedule.ts'
import { chooseKind, type KindChoice, kindReadings } from './choose.ts'
import { cronScheduler } from './cron.ts'
import type { JobEnvironment } from './environment.ts'
import type { ScheduleHost } from './host.ts'
import type { Job } from './job.ts'
import { launchdScheduler } from './launchd.ts'
import type { Scheduler } from './scheduler.ts'
import { schtasksScheduler } from './schtasks.ts'
import { systemdScheduler } from './systemd.ts'

/** What belay is on this host, as `main` knows it. */
export interface ScheduleSetting {
  readonly hostName: string
  /** The program and its global options; the command comes after them. */
  readonly program: readonly [string, ...string[]]
  /** The same for the agent, where something else starts it; absent: as any other command. */
  readonly agent?: readonly [string, ...string[]]
  readonly stateDir: string
  readonly environment: JobEnvironment
  /** E_COMPONENT_UNKNOWN. */
  readonly resolve: (name: string) => string
  readonly now: () => number
  /** The state folder is there and safe. */
  readonly prepare: () => Promise<void>
}

const nextCount = 3
const delaySecondsMax = 600
/** More often than that a day is told: sources count requests. */
const timesPerDayQuiet = 24

/** `openSetting` is asked only where something is to be started: what is there can be removed without a config. */
export function hostSchedules(host: ScheduleHost, openSetting: () => Promise<ScheduleSetting>): Schedules {
  const opened = async (request: ScheduleRequest) => {
    const setting = await openSetting()
    const choice = await choiceOf(host, request.kind)
    const scheduler = await schedulerOf(host, choice.kind)
    const job = jobOf(setting, choice.kind, request)
    return { setting, scheduler, job, scheduled: await describeJob(setting, choice, scheduler, job) }
  }
  return {
    print: async (request) => (await opened(request)).scheduled,
    async install(request) {
      const { setting, scheduler, job, scheduled } = await opened(request)
      await scheduler.ready()
      await setting.prepare()
      const notes = [...scheduled.notes, ...(await othersPresent(host, scheduled.kind, job.work))]
      return { ...scheduled, notes, ...(await scheduler.install(job)) }
    },
    uninstall: async ({ kind, work }) => uninstall(host, kind, work),
  }
}

/** Two of them would ask twice, or meet each other. */
async function othersPresent(host: ScheduleHost, kind: ScheduleKind, work: ServiceWork): Promise<readonly string[]> {
  const others = kindsOf(host).filter((other) => other !== kind)
  const present = await Promise.all(others.map(async (other) => (await schedulerOf(host, other)).present(work)))
  return others
    .filter((_, index) => present[index])
    .map((other) => `There is ${thing(work)} of ${other} too: "belay service uninstall --kind ${other}" takes it away.`)
}

function thing(work: ServiceWork): string {
  return work === 'agent' ? 'an agent' : `a timed ${work}`
}

async function uninstall(host: ScheduleHost, kind: ScheduleKind | null, work: ServiceWork | null) {
  const kinds = kind === null ? kindsOf(host) : [kind]
  const removed = []
  for (const each of kinds) {
    const scheduler = await schedulerOf(host, each)
    for (const one of work === null ? serviceWorks : [work]) {
      // A host without the program has nothing of it.
      if (each === 'cron' && !(await isReady(scheduler))) continue
      const path = await scheduler.remove(one)
      if (path !== null) removed.push({ kind: each, work: one, path })
    }
  }
  return removed
}

async function isReady(scheduler: Scheduler): Promise<boolean> {
  return scheduler.ready().then(
    () => true,
    () => false,
  )
}

function kindsOf({ platform }: ScheduleHost): readonly ScheduleKind[] {
  if (platform === 'win32') return ['schtasks']
  const foreign: readonly ScheduleKind[] = platform === 'darwin' ? ['schtasks', 'systemd'] : ['schtasks', 'launchd']
  return scheduleKinds.filter((kind) => !foreign.includes(kind))
}

async function choiceOf(host: ScheduleHost, kind: ScheduleKind | null): Promise<KindChoice> {
  if (kind !== null) return { kind, why: 'it was asked for' }
  return chooseKind(await kindReadings(host))
}

async function schedulerOf(host: ScheduleHost, kind: ScheduleKind): Promise<Scheduler> {
  switch (kind) {
    case 'systemd':
      return systemdScheduler(host)
    case 'cron':
      return cronScheduler(host)
    case 'launchd':
      return launchdScheduler(host)
    case 'schtasks':
      return schtasksScheduler(host, await isAdministrator(host))
  }
}

/** An elevated token carries the high mandatory level. Elsewhere a text for administrators is shown. */
async function isAdministrator(host: ScheduleHost): Promise<boolean> {
  if (host.platform !== 'win32') return host.uid === 0
  return (await host.run(['whoami', '/groups'])).stdout.includes('S-1-16-12288')
}

function jobOf(setting: ScheduleSetting, kind: ScheduleKind, request: ScheduleRequest): Job {
  const { program, agent = program, stateDir } = setting
  const { environment } = setting.environment
  if (request.work === 'agent') {
    refuseForAgent(request)
    const failureFile = join(stateDir, 'logs', 'agent.txt')
    return { work: 'agent', argv: [...agent, 'agent'], reload: [...program, 'reload'], environment, failureFile }
  }
  const at = scheduleOf(request.at ?? defaultLine(setting, kind))
  const names = [...new Set(request.names.map(setting.resolve))]
  const words =
    request.work === 'check'
      ? ['check', ...names, '--force', '--exit-code']
      : ['update', ...(names.length > 0 ? names : ['--all']), '--timed', '--yes']
  return {
    work: request.work,
    argv: [...program, ...words],
    environment,
    at,
    delaySeconds: canDelay(kind) ? Math.min(delaySecondsMax, Math.floor((shortestGap(at) * 60) / 4)) : 0,
    failureFile: join(stateDir, 'logs', `timed-${request.work}.txt`),
  }
}

function refuseForAgent({ at, names }: ScheduleRequest): void {
  if (at === null && names.length === 0) return
  throw fail('E_USAGE', 'The agent is started with the host, for every component.', {
    hint: 'Its times are in the config: agent.check, and check and policy of each component. Leave --at and names out.',
  })
}

function canDelay(kind: ScheduleKind): boolean {
  return kind === 'systemd' || kind === 'schtasks'
}

/** Three in the morning; where the start cannot be delayed by chance, at a minute that the host's name gives. */
function defaultLine({ hostName }: ScheduleSetting, kind: ScheduleKind): string {
  const minute = canDelay(kind) ? 0 : (createHash('sha256').update(hostName).digest()[0] ?? 0) % 60
  return `${minute} 3 * * *`
}

function scheduleOf(line: string): CronSchedule {
  const result = parseCron(line)
  if ('schedule' in result) return result.schedule
  throw fail('E_USAGE', `--at "${line.slice(0, 100)}" cannot be used: ${result.fault}.`, { hint: result.hint })
}

async function describeJob(
  setting: ScheduleSetting,
  choice: KindChoice,
  scheduler: Scheduler,
  job: Job,
): Promise<Scheduled> {
  const times = job.work === 'agent' ? 0 : timesPerDay(job.at)
  const next = job.work === 'agent' ? [] : nextTimes(job.at.line, setting.now(), nextCount)
  return {
    ...choice,
    work: job.work,
    at: job.work === 'agent' ? null : job.at.line,
    times_per_day: times,
    next: next.map((time) => new Date(time).toISOString()),
    delay_seconds: job.work === 'agent' ? 0 : job.delaySeconds,
    files: scheduler.texts(job),
    commands: scheduler.commands(job),
    notes: [
      ...(times > timesPerDayQuiet ? [`It fires ${times} times a day: sources count requests.`] : []),
      ...(await scheduler.notes(job.work)),
      ...setting.environment.notes,
    ],
  }
}
