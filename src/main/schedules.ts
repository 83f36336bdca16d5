import { hostname, userInfo } from 'node:os'
import { nameResolver } from '../engine/names.ts'
import { run } from '../host/process/run.ts'
import { jobEnvironment } from '../host/schedule/environment.ts'
import { type ScheduleHost, systemPlaces } from '../host/schedule/host.ts'
import { hostSchedules } from '../host/schedule/index.ts'
import type { Schedules } from '../ports/schedule.ts'
import type { Settings } from '../protocol/settings.ts'
import { prepareStateDir } from '../storage/state-dir.ts'
import { serviceProgram } from './program-file.ts'
import { environmentSecrets } from './secret-names.ts'

const timeoutMs = 60_000
const outputBytesMax = 1024 * 1024

export interface ScheduleConfig {
  readonly settings: Settings
  readonly stateDir: string
}

/** Timed checks and updates of this very program, with the config and the state folder that it has now. */
export function schedules(
  env: Readonly<Record<string, string | undefined>>,
  open: () => Promise<ScheduleConfig>,
): Schedules {
  // Of the user database, not of the environment: sudo may keep the home of somebody else there.
  const { uid, username, homedir: home } = userInfo()
  const host: ScheduleHost = {
    platform: process.platform,
    uid: process.getuid === undefined ? null : uid,
    user: username,
    home,
    places: systemPlaces,
    run: async (argv, options = {}) =>
      run({ argv, cwd: '/', timeoutMs, outputBytesMax, signal: new AbortController().signal, ...options }),
  }
  return hostSchedules(host, async () => {
    const { settings, stateDir } = await open()
    const { environment, notes } = await jobEnvironment(env, { home, root: uid === 0 })
    const config = settings.file === null ? [] : ['--config', settings.file]
    const launched = serviceProgram(stateDir, 'agent')
    return {
      hostName: hostname(),
      program: [...serviceProgram(stateDir, 'other').argv, ...config, '--state', stateDir],
      agent: [...launched.argv, ...config, '--state', stateDir],
      stateDir,
      environment: { environment, notes: [...notes, ...secretNotes(settings, env)] },
      resolve: nameResolver(settings),
      now: () => Date.now(),
      prepare: async () => {
        prepareStateDir(stateDir)
        if (launched.launched) await (await import('../host/self/launcher.ts')).installLauncher(stateDir)
      },
    }
  })
}

function secretNotes(settings: Settings, env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = environmentSecrets(settings).filter((name) => (env[name] ?? '') !== '')
  if (names.length === 0) return []
  return [
    `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} set here and not in a timed run: name a file in the config, as token: { file: PATH }. (Units also read the file that they name as EnvironmentFile.)`,
  ]
}
