import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** Texts of YAML that were read before and found right, so that neither the reader nor every schema is loaded again. */
export interface KnownTexts {
  /** undefined: not known. */
  valueOf(text: string): unknown
  /** The value is one that JSON can hold. Never throws: what cannot be kept is read again. */
  remember(text: string, value: unknown): void
}

/** To be raised when `readYaml` reads a text otherwise than before. */
const readerVersion = 1

const entriesMax = 32
const entryBytesMax = 1024 * 1024

/**
 * Entries are files in `folder`, which nobody else may write, one per text and `reader` (the versions of what reads and
 * checks it), named by their hash. Each begins with the hash of the rest: one that a full disk or a power cut left half written is not
 * known. A config may name where secrets are, so that others may not read them either.
 */
export function knownTexts(folder: string, reader: string): KnownTexts {
  const fileOf = (text: string): string => join(folder, sha256(`${readerVersion} ${reader}\n${text}`))
  return {
    valueOf(text) {
      try {
        return valueIn(readOwn(fileOf(text)))
      } catch {
        return undefined
      }
    },
    remember(text, value) {
      const file = fileOf(text)
      const temporary = `${file}.${process.pid}.new`
      try {
        const json = JSON.stringify(value)
        if (Buffer.byteLength(json) > entryBytesMax) return
        makeRoom(folder)
        writeFileSync(temporary, `${sha256(json)}\n${json}`, { mode: 0o600, flag: 'wx' })
        renameSync(temporary, file)
      } catch {
        rmSync(temporary, { force: true })
      }
    },
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function valueIn(entry: string): unknown {
  const end = entry.indexOf('\n')
  const json = entry.slice(end + 1)
  return entry.slice(0, end) === sha256(json) ? JSON.parse(json) : undefined
}

function readOwn(file: string): string {
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    const { size, uid, mode } = fstatSync(fd)
    const own = uid === process.getuid?.() && (mode & 0o077) === 0
    return own && size <= 2 * entryBytesMax ? readFileSync(fd, 'utf8') : ''
  } finally {
    closeSync(fd)
  }
}

/** Removes the oldest entries, and what ended while it was writing one. */
function makeRoom(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name))
  const byAge = files
    .map((file) => ({ file, writtenAt: statSync(file).mtimeMs }))
    .toSorted((a, b) => b.writtenAt - a.writtenAt)
  for (const { file } of byAge.slice(entriesMax - 1)) rmSync(file, { force: true })
}
