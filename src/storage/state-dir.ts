import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fail, problemOf } from '../core/model/problem.ts'

/** STATE is one user's and closed to all others: plans and journals tell how the host can be changed. */
export function prepareStateDir(dir: string): void {
  makeDir(dir)
  const found = lstatSync(dir)
  const mine = process.getuid?.() ?? found.uid
  if (!found.isDirectory() || found.uid !== mine || (found.mode & 0o022) !== 0) {
    throw fail('E_STATE_UNSAFE', `The state folder ${dir} is not a folder of this user alone.`, {
      hint: `Make it yours and closed: chown ${mine} ${dir} && chmod 700 ${dir}, or choose another with --state.`,
      facts: { owner: found.uid, mode: (found.mode & 0o777).toString(8) },
    })
  }
}

const notAPlace: ReadonlySet<unknown> = new Set(['ENOENT', 'EEXIST', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])

function makeDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !notAPlace.has(error.code)) throw error
    throw fail('E_PATH_INVALID', `The state folder ${dir} cannot be made (${String(error.code)}).`, {
      hint: 'A file or a link to what is not there may be in its place, such as a disk that is not mounted. Choose another with --state.',
      cause: error,
    })
  }
}

export function defaultStateDir(env: Readonly<Record<string, string | undefined>>): string {
  if (process.getuid?.() === 0) return '/var/lib/belay'
  const base = env['XDG_STATE_HOME']
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.local', 'state'), 'belay')
}

const ballastBytes = 4 * 1024 * 1024

/**
 * Room that is kept for the way back: given up on a full disk, so that undo and the journal can write.
 * Real bytes, not a hole: a sparse file would free nothing.
 */
export function ballast(stateDir: string): { ensure(): void; drop(): void } {
  const path = join(stateDir, 'ballast')
  return {
    ensure() {
      if (existsSync(path) && statSync(path).size === ballastBytes) return
      const fd = openSync(path, 'w', 0o600)
      try {
        ftruncateSync(fd, 0)
        const block = Buffer.alloc(1024 * 1024, 0x42)
        for (let written = 0; written < ballastBytes; written += block.length) writeSync(fd, block)
        fsyncSync(fd)
      } catch (error) {
        unlinkSync(path)
        if (problemOf(error).code !== 'E_DISK_FULL') throw error
        throw fail(
          'E_DISK_FULL',
          `The reserve file ${path} (4 MiB) cannot be made: there would be no room for the way back.`,
          {
            hint: 'Free some space on that file system, then run the update again.',
            cause: error,
          },
        )
      } finally {
        closeSync(fd)
      }
    },
    drop() {
      if (existsSync(path)) unlinkSync(path)
    },
  }
}
