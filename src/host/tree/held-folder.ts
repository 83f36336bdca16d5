import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'

// Windows lacks some of these, which the types do not say.
const flags: Partial<typeof constants> = constants
const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY = 0 } = flags

/**
 * A folder held open by its inode. Belay often works as root in trees that belong to a service's user; that user may
 * swap a folder for a link to /etc at any moment. What is done through a held folder cannot be led elsewhere: on Linux
 * every name below it goes through /proc/self/fd, as the *at calls would. Elsewhere plain paths are used.
 */
export class HeldFolder implements Disposable {
  readonly fd: number
  /** For messages and for systems without /proc. */
  readonly path: string
  readonly #base: string

  private constructor(fd: number, path: string) {
    this.fd = fd
    this.path = path
    const held = `/proc/self/fd/${fd}`
    this.#base = process.platform === 'linux' && existsSync(held) ? held : path
  }

  /** Opens a folder by its path; links on the way to it are followed, it must not be one itself. */
  static open(path: string): HeldFolder {
    return new HeldFolder(openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), path)
  }

  /** Opens a folder in this one; a link is refused (ELOOP or ENOTDIR). A name that is no UTF-8 is given as bytes. */
  folder(name: string | Buffer): HeldFolder {
    const path = join(this.path, name.toString())
    const place = typeof name === 'string' ? this.at(name) : this.bytesAt(name)
    return named(path, () => new HeldFolder(openSync(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), path))
  }

  /** Opens a file in this folder for reading; never a link, and never waits on a named pipe. The caller closes it. */
  file(name: string): number {
    return openSync(this.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  }

  /** A path for one system call on `name`, which must be one segment. */
  at(name: string): string {
    return `${this.#base}/${name}`
  }

  bytesAt(name: Buffer): Buffer {
    return Buffer.concat([Buffer.from(`${this.#base}/`), name])
  }

  names(): readonly string[] {
    return named(this.path, () => readdirSync(this.#base))
  }

  stat(): Stats {
    return fstatSync(this.fd)
  }

  [Symbol.dispose](): void {
    closeSync(this.fd)
  }
}

/** A path that leads to exactly this open file, where the system has such. */
export function pathOfOpenFile(fd: number, otherwise: string): string {
  const held = `/proc/self/fd/${fd}`
  return process.platform === 'linux' && existsSync(held) ? held : otherwise
}

/** Runs `work`; a system error in it speaks of `path`, not of a descriptor. */
export function named<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw renamed(error, path)
  }
}

export function renamed(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !error.message.includes('/proc/self/fd/')) return error
  error.message = error.message.replace(/'\/proc\/self\/fd\/[^']*'/g, `'${path}'`)
  return Object.assign(error, { path })
}
