/** How a repository names its objects. */
export type ObjectFormat = 'sha1' | 'sha256'

export interface HashJob {
  readonly path: string
  /** The SHA-256 that the file is expected to have: where it has, no more is computed. null: everything is. */
  readonly sha256: string | null
  /** How much of it is read, as `lstat` said; absent: it is asked. */
  readonly bytes?: number
}

/** What was read of one file. */
export interface HashedFile {
  readonly bytes: number
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
    if (buffer.length < headRoom + size) buffer = Buffer.allocUnsafe(headRoom + size)
    let got = 0
    while (got < size) {
      const n = fs.readSync(fd, buffer, headRoom + got, size - got, null)
      if (n === 0) break
      got += n
    }
    return got
  }
  const inPieces = (fd: number, size: number) => {
    const sum = createHash('sha256')
    const blob = createHash(format).update(`blob ${size}\0`)
    let bytes = 0
    while (bytes < size) {
      const n = fs.readSync(fd, buffer, 0, Math.min(buffer.length, size - bytes), bytes)
      if (n === 0) break
      bytes += n
      sum.update(buffer.subarray(0, n))
      blob.update(buffer.subarray(0, n))
    }
    return { bytes, sha256: sum.digest('hex'), blob: blob.digest('hex'), lf: null }
  }
  const content = (fd: number, size: number, expected: string | null) => {
    if (size > inMemoryBytesMax) return inPieces(fd, size)
    const bytes = whole(fd, size)
    const read = buffer.subarray(headRoom, headRoom + bytes)
    const sha256 = hash('sha256', read)
    if (sha256 === expected) return { bytes, sha256, blob: null, lf: null }
    const blob = hash(format, withHeader(buffer, bytes))
    const text = !read.includes(0) && read.includes('\r\n')
    return { bytes, sha256, blob, lf: text ? withLf(read) : null }
  }
  const sizeOf = (fd: number): number => {
    const stat = fs.fstatSync(fd)
    if (!stat.isFile()) throw Object.assign(new Error('it is no file'), { code: 'EINVAL' })
    return stat.size
  }
  return jobs.map(({ path, sha256, bytes }) => {
    let fd: number | null = null
    try {
      fd = fs.openSync(path, (O_RDONLY ?? 0) | O_NOFOLLOW | O_NONBLOCK)
      // No more than was there when it was looked at: whatever it became since, its times will tell the next time.
      return content(fd, bytes ?? sizeOf(fd), sha256)
    } catch (error) {
      return { errno: error instanceof Error && 'code' in error ? String(error.code) : String(error) }
    } finally {
      if (fd !== null) fs.closeSync(fd)
    }
  })
}
