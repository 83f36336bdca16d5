import { createGzip } from 'node:zlib'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'

export interface BundleEntry {
  readonly name: string
  readonly text: string
}

/** A `.tar.gz` with one top folder. Times are those of its making. */
export function packBundle(folder: string, entries: readonly BundleEntry[], now: number): Readable {
  const tar = pack()
  for (const { name, text } of entries) {
    tar.entry({ name: `${folder}/${name}`, mode: 0o600, mtime: new Date(now) }, Buffer.from(text, 'utf8'))
  }
  tar.finalize()
  return Readable.from(tar).pipe(createGzip())
}
