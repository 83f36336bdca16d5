import { realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Host } from '../ports/host.ts'

/** The questions to the host that belong to no adapter. */
export function systemHost(): Host {
  const records = () => import('../host/backup-record.ts')
  return {
    freeBytes: async (path) => (await import('../host/tree/places.ts')).freeBytes(path),
    backupPlace: async (places, needBytes, outside) =>
      (await import('../host/backup-place.ts')).backupPlace(places, needBytes, outside),
    listBackups: async (place, component) => (await records()).listBackups(place, component),
    pruneBackups: async (place, component, retention, discard) =>
      (await records()).pruneBackups(place, component, retention, discard),
    copyBackup: async (dir, place, component) => (await records()).copyBackup(dir, place, component),
    realPath,
  }
}

/** What does not exist yet keeps its name below the nearest folder that does. */
async function realPath(path: string): Promise<string> {
  const absolute = resolve(path)
  try {
    return await realpath(absolute)
  } catch {
    const parent = dirname(absolute)
    return parent === absolute ? absolute : join(await realPath(parent), basename(absolute))
  }
}
