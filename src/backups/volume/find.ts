import { statSync } from 'node:fs'
import { composeLabels } from '../../host/containers/answers.ts'
import type { ContainerEngine, Volume } from '../../host/containers/types.ts'
import { elsewhere, notLocal, notUnique, withOptions } from './failures.ts'

/**
 * The volume that a config means: the one of that very name, else the only one that compose made from that name (it puts
 * the project before it). null: there is none. Errors: E_BACKUP_FAILED (several).
 */
export async function findVolume(engine: ContainerEngine, name: string, signal: AbortSignal): Promise<Volume | null> {
  const exact = await engine.volume(name, signal)
  if (exact !== null) return exact
  const made = (await engine.volumes(signal)).filter(({ labels }) => labels[composeLabels.volume] === name)
  const names = made.map((volume) => volume.name)
  if (names.length > 1) throw notUnique(name, names)
  return made[0] ?? null
}

/** Its folder on this machine. Errors: E_BACKUP_FAILED when there is none that could be saved, and later replaced. */
export function folderOf(volume: Volume, engine: ContainerEngine): string {
  const { name, driver, mountpoint, options } = volume
  if (driver !== 'local') throw notLocal(name, driver)
  // With a device of its own it lies there, and is seen here only while a container runs.
  if (Object.keys(options).length > 0) throw withOptions(name, options)
  // Behind a network address, or from inside a container, the same path would be another folder, or none.
  const here = engine.host.startsWith('unix:') && mountpoint.startsWith('/') && isFolder(mountpoint)
  if (!here) throw elsewhere(name, mountpoint, engine.host)
  return mountpoint
}

/** One that this user may not look at counts: reading it says more. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES'
  }
}
