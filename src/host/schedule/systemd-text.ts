import { onCalendar } from '../../core/schedule/calendar.ts'
import { unitCommandLine, unitEnvironment } from '../unit-quote.ts'
import type { ServiceWork } from '../../ports/schedule.ts'
import {
  againSeconds,
  type AgentJob,
  checkSeconds,
  describe,
  type Job,
  jobName,
  stopSeconds,
  type TimedJob,
} from './job.ts'
import { marked } from './mark.ts'

export interface UnitPlace {
  readonly scope: 'system' | 'user'
  /** A file of variables that only its owner can read; it may be missing. */
  readonly environmentFile: string
}

const comment = (words: string) => `# ${words}`

/**
 * Nothing here shuts the program in: an update writes trees, runs package installers, asks sudo, reads the credentials of
 * registries below a home, and needs as much memory as they need.
 */
export function serviceText(job: Job, place: UnitPlace): string {
  const system = place.scope === 'system'
  const lines = [
    '[Unit]',
    `Description=${describe(job)}`,
    // A user's manager has neither.
    ...(system ? ['Wants=network-online.target', 'After=network-online.target belay-resume.service'] : []),
    '',
    '[Service]',
    ...kindLines(job),
    'WorkingDirectory=/',
    'UMask=0022',
    ...Object.entries(job.environment).map(([name, value]) => unitEnvironment(name, value)),
    `EnvironmentFile=-${place.environmentFile}`,
    '# NoNewPrivileges, ProtectSystem, ProtectHome, MemoryMax and CPUQuota are absent on purpose: they would forbid what an',
    '# update does (write the tree, run pip and npm, use sudo, read the credentials of registries) and fail it half-way.',
    `ExecStart=${unitCommandLine(job.argv)}`,
    ...(job.work === 'agent' ? agentEnd(job, place) : []),
    '',
  ]
  return marked(lines.join('\n'), comment)
}

function kindLines({ work }: Job): readonly string[] {
  switch (work) {
    case 'check':
      return ['Type=oneshot', ...checkLines]
    case 'update':
      return ['Type=oneshot', ...updateLines]
    case 'agent':
      return agentLines
  }
}

const agentLines: readonly string[] = [
  'Type=exec',
  '# Not after wrong words or a wrong config (2): those stay as they are until somebody mends them.',
  'Restart=on-failure',
  `RestartSec=${againSeconds}`,
  'RestartPreventExitStatus=2',
  '# Stopped, it undoes a run that is under way. What it started for you (a service of the type process) lives on after it.',
  'KillMode=process',
  `TimeoutStopSec=${stopSeconds}`,
]

function agentEnd({ reload }: AgentJob, { scope }: UnitPlace): readonly string[] {
  const target = scope === 'system' ? 'multi-user.target' : 'default.target'
  return [`ExecReload=${unitCommandLine(reload)}`, '', '[Install]', `WantedBy=${target}`]
}

const checkLines: readonly string[] = [
  '# 10: there are updates. That is an answer, not a failure.',
  'SuccessExitStatus=10',
  `TimeoutStartSec=${checkSeconds}`,
]

const updateLines: readonly string[] = [
  '# Each step of a run has its own limit, and a soak may last a day: a limit here would undo a good update.',
  'TimeoutStartSec=infinity',
  '# Stopped, belay undoes what it did: it is asked once, and only belay itself. What it started for you (a service of the',
  '# type process) lives on after it.',
  'KillMode=process',
  `TimeoutStopSec=${stopSeconds}`,
]

export function timerText(job: TimedJob): string {
  const lines = [
    '[Unit]',
    `Description=${describe(job)}, in time`,
    '',
    '[Timer]',
    ...onCalendar(job.at).map((time) => `OnCalendar=${time}`),
    '# A time that was missed, because the host was off, comes at the next start.',
    'Persistent=true',
    ...(job.delaySeconds > 0 ? [`RandomizedDelaySec=${job.delaySeconds}`] : []),
    'AccuracySec=1s',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ]
  return marked(lines.join('\n'), comment)
}

export interface UnitNames {
  readonly service: string
  readonly timer: string | null
  /** The one of them that is enabled. */
  readonly enabled: string
}

export function unitNames(job: { readonly work: ServiceWork }): UnitNames {
  const service = `${jobName(job)}.service`
  const timer = job.work === 'agent' ? null : `${jobName(job)}.timer`
  return { service, timer, enabled: timer ?? service }
}
