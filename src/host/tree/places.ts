import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { nearest } from './mounts.ts'

export { isMountPoint, sameFilesystem } from './mounts.ts'

/** Bytes that this user may still write where `path` lies or would lie. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(nearest(path))
  return bavail * bsize
}

/** Whether files can be made in this folder. False where there is none. */
export function isWritableDir(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
