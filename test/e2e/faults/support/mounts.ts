import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, openSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** A small file system of its own at `dir`, in memory. Unmounted by `unmount`, also while something still runs in it. */
export function mountSmall(dir: string, bytes: number): void {
  mkdirSync(dir, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'belay-test', dir])
  chmodSync(dir, 0o700)
}

export function unmount(dir: string): void {
  execFileSync('umount', ['--lazy', dir])
}

/** Read-only for everybody, also under who still writes to a file in it. */
export async function whileReadOnly<T>(dir: string, work: () => Promise<T>): Promise<T> {
  execFileSync('mount', ['--bind', dir, dir])
  execFileSync('mount', ['-o', 'remount,bind,ro', dir])
  try {
    return await work()
  } finally {
    unmount(dir)
  }
}

/** Fills the file system that `dir` is on, but for about `leftBytes`. */
export function fill(dir: string, leftBytes: number): string {
  const path = join(dir, 'filler')
  const { bavail, bsize } = statfsSync(dir)
  const block = Buffer.alloc(64 * 1024, 0x66)
  const fd = openSync(path, 'w')
  try {
    for (let left = bavail * bsize - leftBytes; left > 0; left -= block.length)
      writeSync(fd, block, 0, Math.min(block.length, left))
  } finally {
    closeSync(fd)
  }
  return path
}
