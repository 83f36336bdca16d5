import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { appendFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'

export interface Published {
  readonly version: string
  readonly file: string
  readonly bytes: number
}

/**
 * What a publisher does: packs the tree of one version as `board-<version>.tar.gz`, with one top folder, and adds its
 * line to SHA256SUMS. The archive is in `to` before anything names it.
 */
export async function publish(version: string, tree: string, to: string): Promise<Published> {
  const name = `board-${version}`
  const file = `${name}.tar.gz`
  const archive = pack()
  for (const each of (await readdir(tree)).toSorted()) {
    archive.entry({ name: `${name}/${each}`, mode: 0o644 }, await readFile(join(tree, each)))
  }
  archive.finalize()
  await pipeline(archive, createGzip(), createWriteStream(join(to, file)))
  const packed = await readFile(join(to, file))
  const digest = createHash('sha256').update(packed).digest('hex')
  await appendFile(join(to, 'SHA256SUMS'), `${digest}  ${file}\n`)
  return { version, file, bytes: packed.length }
}
