import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

/** A release of one file, VERSION, as a `.tar.gz`. */
export async function versionArchive(version: string): Promise<Buffer> {
  const tar = pack()
  tar.entry({ name: 'VERSION' }, version)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk)
  return gzipSync(Buffer.concat(chunks))
}
