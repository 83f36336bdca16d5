import type { Known, ReadConfig } from '../host/config/read-config.ts'
import type { KindsFor } from '../host/config/kinds-in.ts'
import type { Settings } from '../protocol/settings.ts'
import { fileSettings } from '../storage/settings.ts'
import { stateDirOf } from './state.ts'

/**
 * The one place where the page's file is laid over a config: whoever opens an engine goes through it. `state`: the folder
 * that was asked for; null: the config's.
 */
export async function settingsIn(
  read: ReadConfig,
  state: string | null,
  kindsFor: KindsFor,
  known: Known | null,
): Promise<{ readonly settings: Settings; readonly stateDir: string }> {
  const stateDir = stateDirOf(state, read.settings)
  const store = fileSettings(stateDir)
  const text = store.read()
  if (text === null) return { settings: read.settings, stateDir }
  const { withOverlay } = await import('../host/config/overlay.ts')
  return { settings: await withOverlay(read, { ...store, text }, kindsFor, known), stateDir }
}
