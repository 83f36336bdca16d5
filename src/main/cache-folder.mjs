// @ts-check
import { lstatSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * A folder for what can be made again, that nobody else can write: whoever could would run code as this user, or give it
 * a config. null: there is none.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {'compiled' | 'parsed'} name
 * @returns {string | null}
 */
export function cacheFolder(env, name) {
  if (process.getuid === undefined) return null
  const xdg = env['XDG_CACHE_HOME'] ?? ''
  const dir = join(xdg !== '' ? xdg : process.getuid() === 0 ? '/var/cache' : join(homedir(), '.cache'), 'belay', name)
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const { uid, mode } = lstatSync(dir)
    return uid === process.getuid() && (mode & 0o022) === 0 ? dir : null
  } catch {
    return null
  }
}
