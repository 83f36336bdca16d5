import { join } from 'node:path'
import { createEngine } from '../engine/engine.ts'
import { systemClock } from '../host/clock.ts'
import { openSecrets } from '../host/secrets.ts'
import type { Adapters } from '../ports/adapters.ts'
import type { Clock } from '../ports/clock.ts'
import type { Engine } from '../ports/engine.ts'
import type { Journal } from '../ports/journal.ts'
import type { ResumeCommand } from '../ports/service.ts'
import type { StepHandlers } from '../ports/step.ts'
import type { Settings } from '../protocol/settings.ts'
import { openJournal } from '../storage/journal.ts'
import { fileLastChecks } from '../storage/last-checks.ts'
import { fileLocks } from '../storage/locks.ts'
import { ballast, prepareStateDir } from '../storage/state-dir.ts'
import { openAdapters } from './adapters.ts'
import { systemHost } from './host.ts'
import { allLoaders } from './loaders.ts'
import { once } from './once.ts'
import { programFile } from './program-file.ts'
import { version } from './version.ts'

export interface Wiring {
  readonly settings: Settings
  readonly stateDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Tests put a faulty journal in between; everything else uses it as it is. */
  readonly wrapJournal?: (journal: Journal) => Journal
}

/** Puts the one engine together (DESIGN §3: the only place that says `new` across layers). */
export async function wire({ settings, stateDir, env, wrapJournal = (same) => same }: Wiring): Promise<Engine> {
  prepareStateDir(stateDir)
  const clock = systemClock()
  const adapters = openAdapters(
    allLoaders({
      stateDir,
      clock,
      secrets: openSecrets(env),
      platform: { os: process.platform, arch: process.arch },
      http: once(async () =>
        (await import('../host/http/client.ts')).httpClient({
          allowHttp: settings.agent.allowHttp,
          version,
          clock,
          environment: env,
        }),
      ),
      cache: once(async () => (await import('../host/http/cache.ts')).fileCache(join(stateDir, 'cache'))),
      allowHttp: settings.agent.allowHttp,
      environment: env,
    }),
  )
  return createEngine({
    settings,
    version,
    stateDir,
    adapters,
    handlers: once(() => loadHandlers(adapters, clock, resumeCommand(settings, stateDir))),
    journal: wrapJournal(openJournal(stateDir, clock)),
    locks: fileLocks(stateDir, clock),
    lastChecks: fileLastChecks(stateDir),
    notifications: once(async () => (await import('../storage/notifications.ts')).fileNotifications(stateDir, clock)),
    clock,
    host: systemHost(),
    ballast: ballast(stateDir),
    join,
  })
}

/** Loaded with the first run: reading commands never need them. */
async function loadHandlers(adapters: Adapters, clock: Clock, resume: ResumeCommand): Promise<StepHandlers> {
  const { stepHandlers } = await import('../steps/handlers.ts')
  return stepHandlers({ adapters, clock, resume })
}

/** What a service manager calls at boot, before the managed services may start. */
export function resumeCommand(
  settings: Settings,
  stateDir: string,
): { readonly argv: readonly [string, ...string[]]; readonly environment: Readonly<Record<string, string>> } {
  const config = settings.file === null ? [] : ['--config', settings.file]
  return {
    argv: [process.execPath, programFile(), ...config, '--state', stateDir, 'resume', '--boot'],
    environment: {},
  }
}
