import { createHash, randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGzip } from 'node:zlib'
import { pipeline } from 'node:stream/promises'
import { createWriteStream } from 'node:fs'
import { pack } from 'tar-stream'

/**
 * The application under test: it serves its version and what its data says, refuses data of another schema, and lies in
 * a few dozen files so that a half-written tree would be seen. `…-broken` is never healthy, `…-flapping` ends by itself.
 */
const server = `
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
const version = readFileSync(new URL('VERSION', import.meta.url), 'utf8').trim()
const schema = readFileSync(new URL('SCHEMA', import.meta.url), 'utf8').trim()
const data = process.env.APP_DATA
if (version.endsWith('-flapping')) process.exit(1)
createServer((request, response) => {
  const found = JSON.parse(readFileSync(data, 'utf8'))
  const good = String(found.schema) === schema && !version.endsWith('-broken')
  response.writeHead(good ? 200 : 500, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ version, schema: found.schema, rows: found.rows }))
}).listen(Number(process.env.APP_PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`

/** Adds a row, too: a migration that ran twice, or was not undone, is seen. */
const migrate = `
import { readFileSync, writeFileSync } from 'node:fs'
const path = process.argv[2]
const found = JSON.parse(readFileSync(path, 'utf8'))
const wanted = Number(readFileSync(new URL('SCHEMA', import.meta.url), 'utf8'))
writeFileSync(path, JSON.stringify({ schema: wanted, rows: [...found.rows, 'migrated to ' + wanted] }))
`

function filesOf(version: string, schema: number): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    VERSION: `${version}\n`,
    SCHEMA: String(schema),
    'server.mjs': server,
    'migrate.mjs': migrate,
    'config/defaults.json': JSON.stringify({ from: version }),
  }
  for (let i = 0; i < 30; i++) files[`lib/part-${i}/module.js`] = `// ${version} ${i}\n`.repeat(50)
  return files
}

/** Packs a release archive and its checksum file into `dir/<version>/`; `moreBytes` of it cannot be compressed. */
export async function packApp(dir: string, version: string, schema: number, moreBytes = 0): Promise<void> {
  const folder = join(dir, version)
  const name = `app-${version}.tar.gz`
  await mkdir(folder, { recursive: true })
  const tar = pack()
  for (const [path, text] of Object.entries(filesOf(version, schema)))
    tar.entry({ name: path, mtime: new Date(0) }, text)
  if (moreBytes > 0) tar.entry({ name: 'more', mtime: new Date(0) }, randomBytes(moreBytes))
  tar.finalize()
  const hash = createHash('sha256')
  const tee = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(tar, createGzip(), tee, createWriteStream(join(folder, name)))
  await writeFile(join(folder, `${name}.sha256`), `${hash.digest('hex')}  ${name}\n`)
}
