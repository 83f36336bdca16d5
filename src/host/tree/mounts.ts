import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Where file systems are mounted, from /proc/self/mountinfo (proc(5): field 5, with octal escapes); null elsewhere. */
export function mountPoints(): readonly string[] | null {
  try {
    return parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))
  } catch {
    return null
  }
}

export function parseMountInfo(text: string): readonly string[] {
  const fields = text.split('\n').map((line) => line.split(' ')[4] ?? '')
  return fields
    .filter((field) => field.startsWith('/'))
    .map((field) =>
      field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
}

/** A mount point strictly below `path`, or null. Bind mounts count: removing below one removes what it shows. */
export function mountBelow(path: string): string | null {
  const prefix = `${realPath(path)}/`
  return mountPoints()?.find((mount) => mount.startsWith(prefix)) ?? null
}

/** Whether something is mounted right at `path`. False where there is nothing. */
export function isMountPoint(path: string): boolean {
  const points = mountPoints()
  const real = realPath(path)
  if (points !== null) return points.includes(real)
  try {
    return statSync(real).dev !== statSync(dirname(real)).dev
  } catch {
    return false
  }
}

/**
 * Whether a rename from one to the other can work. The same device is not enough: the kernel refuses to rename across
 * two mounts even of one file system, so their mount points must be the same. What is missing counts as its parent.
 */
export function sameFilesystem(one: string, other: string): boolean {
  const [a, b] = [nearest(one), nearest(other)]
  if (statSync(a).dev !== statSync(b).dev) return false
  const points = mountPoints()
  return points === null || mountOf(a, points) === mountOf(b, points)
}

/** The path itself, or the nearest of its parents that is there, with links resolved. */
export function nearest(path: string): string {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      return realpathSync(at)
    } catch (error) {
      if (at === dirname(at)) throw error
    }
  }
}

/** Resolves what is there of a path and keeps the rest as it is. */
function realPath(path: string): string {
  const full = resolve(path)
  const there = nearest(full)
  for (let at = full; ; at = dirname(at)) {
    if (exists(at)) return join(there, full.slice(at.length))
    if (at === dirname(at)) return full
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function mountOf(real: string, points: readonly string[]): string {
  const above = points.filter((point) => point === '/' || real === point || real.startsWith(`${point}/`))
  return above.reduce((longest, point) => (point.length > longest.length ? point : longest), '/')
}
