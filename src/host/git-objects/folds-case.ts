import { readdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whether this file system takes `A` and `a` for one name, asked of a name that is there; where none helps, of the platform. */
export function foldsCase(dir: string): boolean {
  for (let at = dir; ; at = dirname(at)) {
    const name = namesIn(at).find((one) => one !== swapped(one))
    if (name !== undefined) return isSame(`${at}/${name}`, `${at}/${swapped(name)}`)
    if (at === dirname(at)) return process.platform === 'win32' || process.platform === 'darwin'
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}

function swapped(name: string): string {
  const upper = name.toUpperCase()
  return upper === name ? name.toLowerCase() : upper
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }))
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev
}
