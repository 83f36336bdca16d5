import { resolve } from 'node:path'
import type { Settings } from '../protocol/settings.ts'
import { defaultStateDir } from '../storage/state-dir.ts'

/** In this order: `--state`, `$BELAY_STATE`, the config, this user's default. */
export function stateDirOf(given: string | null, settings: Settings): string {
  const fromEnv = process.env['BELAY_STATE'] ?? ''
  return resolve(given ?? (fromEnv !== '' ? fromEnv : (settings.agent.state ?? defaultStateDir(process.env))))
}
