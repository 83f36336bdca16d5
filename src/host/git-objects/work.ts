/** How a repository names its objects. */
export type ObjectFormat = 'sha1' | 'sha256'

export interface HashJob {
  readonly path: string
  /** The SHA-256 that the file is expected to have: where it has, no more is computed. null: everything is. */
  readonly sha256: string | null
}

/** What was read of one file; the times are those of the moment before the first byte. */
export interface HashedFile {
  readonly bytes: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
  readonly mode: number
  readonly sha256: string
  /** null: it has the SHA-256 that was expected. */
  readonly blob: string | null
  /** The object id with LF ends, of a file without NUL that has CR LF ends; else null. */
  readonly lf: string | null
}

export type HashAnswer = HashedFile | { readonly errno: string }

/**
 * Reads and hashes files one after the other into one buffer: the git object id (`blob <n>\0` and the content) and the
 * SHA-256 in one read. Synchronous calls, because for thousands of files each trip through the thread pool costs more
 * than the read. Follows no link, and waits on no pipe.
 *
 * It is sent to a worker as text, so that it runs the same from a clone and from a bundle: it uses nothing outside itself.
 */
export function hashAll(jobs: readonly HashJob[], format: ObjectFormat): HashAnswer[] {
  const fs = process.getBuiltinModule('node:fs')
  const { createHash, hash } = process.getBuiltinModule('node:crypto')
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants as Partial<typeof fs.constants>
  const headRoom = 32
  const inMemoryBytesMax = 64 * 1024 * 1024
  let buffer = Buffer.allocUnsafe(headRoom + 1024 * 1024)

  /** Puts `blob <n>\0` right before the content, which begins at `headRoom`. */
  const withHeader = (into: Buffer, bytes: number): Buffer => {
    const header = `blob ${bytes}\0`
    into.write(header, headRoom - header.length, 'latin1')
    return into.subarray(headRoom - header.length, headRoom + bytes)
  }
  const withLf = (content: Buffer): string => {
    const lf = Buffer.allocUnsafe(headRoom + content.length)
    let to = headRoom
    let from = 0
    for (let at = content.indexOf('\r\n'); at !== -1; at = content.indexOf('\r\n', from)) {
      to += content.copy(lf, to, from, at)
      from = at + 1
    }
    to += content.copy(lf, to, from)
    return hash(format, withHeader(lf, to - headRoom))
  }
  const whole = (fd: number, size: number): number => {
    if (buffer.length < headRoom + size + 1) buffer = Buffer.allocUnsafe(headRoom + size + 64 * 1024)
    let got = 0
    for (;;) {
      const n = fs.readSync(fd, buffer, headRoom + got, buffer.length - headRoom - got, null)
      got += n
      if (n === 0) return got
      // It grows while it is read: what is here is not all of it.
      if (headRoom + got === buffer.length) return -1
    }
  }
  const inPieces = (fd: number) => {
    const { size } = fs.fstatSync(fd)
    const sum = createHash('sha256')
    const blob = createHash(format).update(`blob ${size}\0`)
    let bytes = 0
    for (;;) {
      const n = fs.readSync(fd, buffer, 0, buffer.length, bytes)
      if (n === 0) break
      bytes += n
      sum.update(buffer.subarray(0, n))
      blob.update(buffer.subarray(0, n))
    }
    return { bytes, sha256: sum.digest('hex'), blob: blob.digest('hex'), lf: null }
  }
  const content = (fd: number, size: number, expected: string | null) => {
    const bytes = size > inMemoryBytesMax ? -1 : whole(fd, size)
    if (bytes === -1) return inPieces(fd)
    const read = buffer.subarray(headRoom, headRoom + bytes)
    const sha256 = hash('sha256', read)
    if (sha256 === expected) return { bytes, sha256, blob: null, lf: null }
    const blob = hash(format, withHeader(buffer, bytes))
    const text = !read.includes(0) && read.includes('\r\n')
    return { bytes, sha256, blob, lf: text ? withLf(read) : null }
  }
  return jobs.map(({ path, sha256 }) => {
    let fd: number | null = null
    try {
      fd = fs.openSync(path, (O_RDONLY ?? 0) | O_NOFOLLOW | O_NONBLOCK)
      const stat = fs.fstatSync(fd)
      if (!stat.isFile()) return { errno: 'EINVAL' }
      const { mtimeMs, ctimeMs, ino, mode } = stat
      return { mtimeMs, ctimeMs, ino, mode: mode & 0o7777, ...content(fd, stat.size, sha256) }
    } catch (error) {
      return { errno: error instanceof Error && 'code' in error ? String(error.code) : String(error) }
    } finally {
      if (fd !== null) fs.closeSync(fd)
    }
  })
}
