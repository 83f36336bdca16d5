import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'

export interface ApplicationSize {
  readonly files: number
  readonly bytes: number
}

const poolBytes = 8 * 1024 * 1024
const filesPerFolder = 100
/** Nine files in ten are small; the tenth is sixteen times as large. */
const largeEvery = 10
const largeFactor = 16

/**
 * Packs an application of that size as `app-<version>.tar.gz` with one top folder, and adds its line to SHA256SUMS.
 * Half of its content is noise, which no compression makes smaller, half is text; nothing of it is on disk before.
 */
export async function packApplication(
  version: string,
  program: string,
  size: ApplicationSize,
  to: string,
  level: number,
): Promise<{ readonly file: string }> {
  const top = `app-${version}`
  const file = join(to, `${top}.tar.gz`)
  const archive = pack()
  const written = pipeline(archive, createGzip({ level }), createWriteStream(file))
  const add = (name: string, content: Buffer) =>
    new Promise<void>((resolve, reject) => {
      archive.entry({ name: `${top}/${name}`, mode: 0o644 }, content, (error) => (error ? reject(error) : resolve()))
    })
  await add('VERSION', Buffer.from(`${version}\n`))
  await add('server.mjs', Buffer.from(program))
  for (const [index, content] of contents(size)) {
    await add(`lib/${Math.floor(index / filesPerFolder)}/file-${index}.bin`, content)
  }
  archive.finalize()
  await written
  await appendFile(join(dirname(file), 'SHA256SUMS'), `${await sha256(file)}  ${basename(file)}\n`)
  return { file }
}

function* contents({ files, bytes }: ApplicationSize): Generator<readonly [number, Buffer]> {
  const noise = randomBytes(poolBytes)
  const text = Buffer.from(
    randomBytes((poolBytes / 4) * 3)
      .toString('base64url')
      .replaceAll(/[A-M]/g, ' the '),
  )
  const small = Math.round((bytes / files / (largeFactor + largeEvery - 1)) * largeEvery)
  let at = 0
  for (let index = 0; index < files; index++) {
    const length = index % largeEvery === 0 ? small * largeFactor : small
    const pool = index % 2 === 0 ? noise : text
    at = (at + length) % (pool.length - length)
    yield [index, pool.subarray(at, at + length)]
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part as Buffer)
  return hash.digest('hex')
}
