import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import type { Saved } from '../../host/data/build-backup.ts'
import { databaseNames } from '../../host/data/database/names.ts'
import type { ProgramResult } from '../../host/data/database/program.ts'
import { atomicWrite } from '../../host/tree/durable.ts'
import { changing, cutOff, isMoving, lockedNote, noDatabase, noRights, programFailed } from './failures.ts'
import { type Listing, list } from './listing.ts'
import type { MysqlBackupConfig } from './schema.ts'
import { id, type Server } from './server.ts'

/** In a backup: rows, compressed; what is not rows; and what a dump does not say. */
export const rowsName = 'tables.sql.zst'
export const programsName = 'programs.sql'
export const eventsName = 'events.sql'
export const describedName = 'database.json'

const attemptsMax = 3
const endMark = '-- Dump completed'
/** As fast as a dump comes, at half of its size or less. */
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Options that only one of the two families of programs knows are ignored by the other. */
const always: readonly string[] = [
  '--no-tablespaces',
  '--skip-dump-date',
  '--hex-blob',
  '--quick',
  '--max-allowed-packet=1G',
  '--loose-column-statistics=0',
  '--loose-set-gtid-purged=OFF',
]

/** Saves one state of the database while it is written to. */
export async function saveDatabase(
  config: Pick<MysqlBackupConfig, 'optional'>,
  server: Server,
  data: string,
): Promise<Saved> {
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const before = await list(server, server.database)
    if (before === null) {
      if (config.optional) return { files: 0, bytes: 0, left: [] }
      throw noDatabase(server.database)
    }
    if (attempt === 1) await checkRights(server)
    await rm(data, { recursive: true, force: true })
    await mkdir(data, { mode: 0o700 })
    const moving = await saveOnce(server, before, data)
    const after = await list(server, server.database)
    // A dump sees rows of one moment, but tables as they are while it comes to them.
    if (moving || JSON.stringify(after) !== JSON.stringify(before)) continue
    await atomicWrite(join(data, describedName), `${JSON.stringify(before, null, 2)}\n`, { mode: 0o600 })
    const notes = before.unsafe.length > 0 ? [lockedNote(before.unsafe)] : []
    return { files: 1, bytes: (await stat(join(data, rowsName))).size, left: [], notes }
  }
  throw changing(server.database)
}

/** true: something changed under it, so that it must be done again. */
async function saveOnce(server: Server, listing: Listing, data: string): Promise<boolean> {
  for (const save of [
    () => saveRows(server, listing, join(data, rowsName)),
    () => savePrograms(server, server.database, listing, data),
  ]) {
    const failed = await save()
    if (failed === null) continue
    if (isMoving(failed)) return true
    throw programFailed(`${server.database} cannot be saved`, failed)
  }
  return false
}

async function saveRows(server: Server, listing: Listing, file: string): Promise<ProgramResult | null> {
  const rows = createZstdCompress(compression)
  const written = pipeline(rows, createWriteStream(file, { flags: 'wx', mode: 0o600 }))
  const made = server.dump(
    [
      ...always,
      '--skip-triggers',
      // One moment for all: by a transaction; where tables know none, by keeping writers out.
      ...(listing.unsafe.length > 0 ? ['--lock-tables'] : ['--single-transaction']),
      ...(listing.versioned.length > 0 ? ['--loose-dump-history'] : []),
      ...listing.views.map((view) => `--ignore-table=${server.database}.${view}`),
      server.database,
    ],
    { stdout: rows },
  )
  const [result] = await Promise.all([
    made.catch((error: unknown) => {
      rows.destroy()
      throw error
    }),
    written,
  ])
  if (result.code !== 0) return result
  await checkEnd(file)
  return null
}

/** Reads and unpacks all of it: a dump that was cut off has no end. */
async function checkEnd(file: string): Promise<void> {
  let end = ''
  const unpacked = createZstdDecompress()
  const read = pipeline(createReadStream(file), unpacked)
  for await (const chunk of unpacked) end = `${end}${(chunk as Buffer).toString('latin1')}`.slice(-200)
  await read
  if (!end.includes(endMark)) throw cutOff(file)
}

/** Routines and triggers, then the views that may use them; events apart, since they begin at once. */
export async function savePrograms(
  server: Server,
  database: string,
  { views }: Listing,
  dir: string,
): Promise<ProgramResult | null> {
  const none = [...always, '--no-data', '--no-create-info', '--skip-lock-tables']
  const parts: readonly { readonly file: string; readonly args: readonly string[] }[] = [
    { file: programsName, args: [...none, '--routines', '--triggers', database] },
    ...(views.length === 0
      ? []
      : [{ file: programsName, args: [...always, '--skip-triggers', '--skip-lock-tables', database, ...views] }]),
    { file: eventsName, args: [...none, '--skip-triggers', '--events', database] },
  ]
  for (const name of [programsName, eventsName]) await rm(join(dir, name), { force: true })
  for (const { file, args } of parts) {
    await using to = await open(join(dir, file), 'a', 0o600)
    const made = await server.dump(args, { stdout: to.fd })
    if (made.code !== 0) return made
    await to.sync()
  }
  return null
}

/** Whoever could not put it back must not think that there is a way back. */
async function checkRights(server: Server): Promise<void> {
  const { part } = databaseNames(server.database, 'try')
  try {
    await server.sql([`CREATE DATABASE IF NOT EXISTS ${id(part)}`, `DROP DATABASE ${id(part)}`])
  } catch (error) {
    throw noRights(server.database, error)
  }
}
