import { join } from 'node:path'
import { createEngine } from '../engine/engine.ts'
import { systemClock } from '../host/clock.ts'
import type { Adapters } from '../ports/adapters.ts'
import type { Clock } from '../ports/clock.ts'
import type { Engine } from '../ports/engine.ts'
import type { Journal } from '../ports/journal.ts'
import type { Settings } from '../protocol/settings.ts'
import { openJournal } from '../storage/journal.ts'
import { fileLastChecks } from '../storage/last-checks.ts'
import { fileLocks } from '../storage/locks.ts'
import { ballast, prepareStateDir } from '../storage/state-dir.ts'
import { openAdapters } from './adapters.ts'
import { systemHost } from './host.ts'
import { allLoaders } from './loaders.ts'
import { once } from './once.ts'
import { isOnTrial } from './on-trial.ts'
import { serviceProgram } from './program-file.ts'
import { proversFor } from './carried-provers.ts'
import { adapterDeps } from './system-adapters.ts'
import { fileRetiring } from '../storage/retiring.ts'
import { version } from './version.ts'

export interface Wiring {
  readonly settings: Settings
  readonly stateDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Tests put a faulty journal in between; everything else uses it as it is. */
  readonly wrapJournal?: (journal: Journal) => Journal
  /** Steps that move files get a thread of their own: for a process that has others to answer meanwhile. */
  readonly threaded?: boolean
}

/** Puts the one engine together: the only place that says `new` across layers. */
export async function wire({
  settings,
  stateDir,
  env,
  wrapJournal = (same) => same,
  threaded = false,
}: Wiring): Promise<Engine> {
  prepareStateDir(stateDir)
  const clock = systemClock()
  const deps = adapterDeps({ stateDir, allowHttp: settings.agent.allowHttp, env, clock })
  const adapters = openAdapters(allLoaders(deps))
  return createEngine({
    settings,
    version,
    stateDir,
    adapters,
    provers: proversFor(deps),
    manifests: once(async () => (await import('../host/manifest/judge.ts')).judgeManifestBytes),
    handlers: once(() => loadHandlers(adapters, clock, { settings, stateDir, env, threaded })),
    journal: wrapJournal(openJournal(stateDir, clock, { hold: isOnTrial(stateDir) })),
    locks: fileLocks(stateDir, clock),
    retiring: fileRetiring(stateDir),
    lastChecks: fileLastChecks(stateDir),
    notifications: once(async () => (await import('../storage/notifications.ts')).fileNotifications(stateDir, clock)),
    self: once(async () => (await import('./self.ts')).selfRuns({ settings, stateDir, env })),
    witness: once(async () => (await import('../host/doctor/index.ts')).witness),
    clock,
    host: systemHost(),
    ballast: ballast(stateDir),
    join,
  })
}

/** Loaded with the first run: reading commands never need them. */
async function loadHandlers(adapters: Adapters, clock: Clock, where: Required<Omit<Wiring, 'wrapJournal'>>) {
  const { settings, stateDir, env, threaded } = where
  const resume = resumeCommand(where)
  const [{ stepHandlers }, { ensureLauncher }] = await Promise.all([
    import('../steps/handlers.ts'),
    import('../host/self/launcher.ts'),
  ])
  if (serviceProgram(stateDir, 'resume').launched) await ensureLauncher(stateDir)
  const handlers = stepHandlers({ adapters, clock, resume, retiring: fileRetiring(stateDir) })
  if (!threaded) return handlers
  const { threadedSteps } = await import('./threaded-steps.ts')
  return threadedSteps(handlers, { stateDir, allowHttp: settings.agent.allowHttp, env: { ...env }, resume })
}

interface ResumeWhere {
  readonly settings: Settings
  readonly stateDir: string
}

/** What a service manager calls at boot, before the managed services may start. */
export function resumeCommand({ settings, stateDir }: ResumeWhere): {
  readonly argv: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string>>
} {
  const config = settings.file === null ? [] : ['--config', settings.file]
  const { argv } = serviceProgram(stateDir, 'resume')
  return { argv: [...argv, ...config, '--state', stateDir, 'resume', '--boot'], environment: {} }
}
