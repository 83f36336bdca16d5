import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Linux's __O_TMPFILE, which goes with O_DIRECTORY (open(2)); Node names the second alone. */
const unnamed = 0o20000000 | constants.O_DIRECTORY

/**
 * Proves that files can be made in a folder by making one. Mode bits say little: root on a read-only mount, ACLs, quotas.
 * The file has no name, so that a crash between making and removing it leaves nothing in somebody's tree. Where the file
 * system knows no such files it has a name for a moment. Rejects with the system's error.
 */
export async function tryWriting(dir: string): Promise<void> {
  if (process.platform === 'linux') {
    try {
      await writeByte(dir, constants.O_WRONLY | unnamed)
      return
    } catch (error) {
      if (!isUnknown(error)) throw error
    }
  }
  const file = join(dir, `.belay-try-${randomBytes(6).toString('hex')}`)
  try {
    await writeByte(file, 'wx')
  } finally {
    await rm(file, { force: true })
  }
}

/** A full disk lets a file be made, and refuses its first byte. */
async function writeByte(path: string, flags: string | number): Promise<void> {
  await using handle = await open(path, flags, 0o600)
  await handle.write('x')
}

function isUnknown(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EOPNOTSUPP', 'ENOTSUP', 'EISDIR', 'EINVAL'].includes(String(error.code))
  )
}
