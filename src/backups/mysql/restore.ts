import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createZstdDecompress } from 'node:zlib'
import { z } from 'zod'
import type { RestoreRef } from '../../core/plan/step.ts'
import { dataOf } from '../../host/data/build-backup.ts'
import { entryAt } from '../../host/data/copy-entry.ts'
import { type DatabaseNames, databaseNames } from '../../host/data/database/names.ts'
import { atomicWrite, fsyncDir } from '../../host/tree/durable.ts'
import { isLocked, notTheSame, programFailed, stillInUse } from './failures.ts'
import { charsetClause, dropPrograms, type Listing, list } from './listing.ts'
import { describedName, eventsName, programsName, rowsName, savePrograms } from './save.ts'
import { endSessions, id, type Server } from './server.ts'

/**
 * Puts a backup where the database is, and takes it back; both whatever a crash left half done.
 *
 * A database cannot be renamed, but its tables can, to another one, and many in one statement. So the copy grows as
 * `…_new`; then `swap.json` is written to `aside`, which says which tables there were; then one statement renames these
 * to `…` (kept) and the copy's to their names. What is not rows (views, triggers, routines, events) cannot be renamed:
 * it is taken away and made again, the old from scripts that were put into `aside` before.
 * Without `swap.json` nothing was touched. With it, each table says by where it is what is left to do: one of the list
 * that `kept` lacks was not moved yet, one that the copy still has was not either. A server that dies inside of that
 * statement, too, leaves nothing else.
 */
const journalName = 'swap.json'
const journalSchema = z.object({
  v: z.literal(1),
  /** null: there was no such database. */
  was: z.object({ charset: z.string(), collation: z.string(), tables: z.array(z.string()) }).nullable(),
})
type Journal = z.infer<typeof journalSchema>

const describedSchema = z.object({ charset: z.string(), collation: z.string(), tables: z.array(z.string()) })
type Described = z.infer<typeof describedSchema>

const attemptsMax = 3
const lockSeconds = 20

const never: Listing = {
  charset: '',
  collation: '',
  tables: [],
  unsafe: [],
  versioned: [],
  views: [],
  triggers: [],
  routines: [],
  events: [],
}

export async function restoreDatabase(server: Server, ref: RestoreRef): Promise<void> {
  const names = databaseNames(server.database, ref.aside)
  const data = dataOf(ref.backup.dir)
  const saved = await describedIn(data)
  const journal = (await readJournal(ref.aside)) ?? (await prepare(server, names, ref, saved))
  await swapIn(server, names, journal, saved)
  if (saved !== null) await loadPrograms(server, server.database, data)
  await drop(server, names.fresh)
}

/** The data as it was comes back; the copy that was in its place is kept as `…_undone`. */
export async function unrestoreDatabase(server: Server, ref: RestoreRef): Promise<void> {
  const names = databaseNames(server.database, ref.aside)
  const journal = await readJournal(ref.aside)
  if (journal !== null) {
    await swapBack(server, names, journal)
    if (journal.was !== null) await loadPrograms(server, server.database, ref.aside)
  }
  await drop(server, names.fresh)
  await dropIfEmpty(server, names.kept)
  if (journal === null) return
  await tell(ref.aside, `MySQL: the restored copy that was taken back is the database ${names.undone}`)
  await rm(join(ref.aside, journalName), { force: true })
  await fsyncDir(ref.aside)
}

/** What a restore left beside the database, once its backup goes. */
export async function discardDatabases(server: Server, aside: string): Promise<void> {
  for (const name of Object.values(databaseNames(server.database, aside))) await drop(server, name)
}

export function keptSentence(database: string, kept: string): string {
  return `MySQL: ${database} as it was before is the database ${kept}; when nobody needs it: DROP DATABASE \`${kept}\``
}

/** For people who look here after a failure. */
async function tell(aside: string, sentence: string): Promise<void> {
  await atomicWrite(join(aside, 'README.txt'), `${sentence}\n`, { mode: 0o600 })
}

/** null: nothing was saved, since there was nothing. */
async function describedIn(data: string): Promise<Described | null> {
  if (entryAt(data) === null) return null
  return describedSchema.parse(JSON.parse(await readFile(join(data, describedName), 'utf8')))
}

async function readJournal(aside: string): Promise<Journal | null> {
  const file = join(aside, journalName)
  return entryAt(file) === null ? null : journalSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}

/** Everything that takes time, or can fail, before anything is touched. */
async function prepare(
  server: Server,
  names: DatabaseNames,
  ref: RestoreRef,
  saved: Described | null,
): Promise<Journal> {
  const present = await list(server, server.database)
  await endSessions(server, [names.fresh])
  await drop(server, names.fresh)
  if (saved !== null) await build(server, names, dataOf(ref.backup.dir), saved)
  await mkdir(ref.aside, { recursive: true, mode: 0o700 })
  await fsyncDir(dirname(ref.aside))
  if (present !== null) {
    const failed = await savePrograms(server, server.database, present, ref.aside)
    if (failed !== null) throw programFailed(`${server.database} as it is cannot be kept`, failed)
    await server.sql([`CREATE DATABASE IF NOT EXISTS ${id(names.kept)} ${charsetClause(present)}`])
    const programs = `${programsName} and ${eventsName} hold its views, triggers, routines and events.`
    await tell(ref.aside, `${keptSentence(server.database, names.kept)}\n${programs}`)
  }
  const was =
    present === null ? null : { charset: present.charset, collation: present.collation, tables: [...present.tables] }
  const journal: Journal = { v: 1, was }
  await atomicWrite(join(ref.aside, journalName), `${JSON.stringify(journal)}\n`, { mode: 0o600 })
  return journal
}

/** The whole copy, programs too, so that what cannot be restored is known before anything is touched. */
async function build(server: Server, { fresh }: DatabaseNames, data: string, saved: Described): Promise<void> {
  await server.sql([`CREATE DATABASE ${id(fresh)} ${charsetClause(saved)}`])
  const packed = createReadStream(join(data, rowsName))
  const rows = createZstdDecompress()
  packed.on('error', (error) => rows.destroy(error))
  try {
    await server.load(fresh, { stdin: packed.pipe(rows) })
  } finally {
    packed.destroy()
    rows.destroy()
  }
  await loadScript(server, fresh, join(data, programsName))
  const made = new Set((await list(server, fresh))?.tables)
  const missing = saved.tables.filter((table) => !made.has(table))
  if (missing.length > 0) throw notTheSame(server.database, missing)
}

async function swapIn(server: Server, { kept, fresh }: DatabaseNames, { was }: Journal, saved: Described | null) {
  const main = server.database
  await locked(server, [main, fresh], async () => {
    const [now, aside, copy] = [await list(server, main), await list(server, kept), await list(server, fresh)]
    const moved = new Set(aside?.tables)
    const coming = copy?.tables ?? []
    const leaving = (now?.tables ?? []).filter(
      (table) => !moved.has(table) && (was?.tables.includes(table) === true || coming.includes(table)),
    )
    return [
      ...(saved === null ? [] : [`CREATE DATABASE IF NOT EXISTS ${id(main)}`]),
      ...(was === null && leaving.length > 0 ? [`CREATE DATABASE IF NOT EXISTS ${id(kept)}`] : []),
      ...dropPrograms(main, now ?? never),
      ...dropPrograms(fresh, copy ?? never),
      ...rename([
        ...leaving.map((table) => ({ table, from: main, to: kept })),
        ...coming.map((table) => ({ table, from: fresh, to: main })),
      ]),
      ...(saved === null ? [] : [`ALTER DATABASE ${id(main)} ${charsetClause(saved)}`]),
    ]
  })
  if (saved === null) await dropIfEmpty(server, main)
}

async function swapBack(server: Server, { kept, undone }: DatabaseNames, { was }: Journal): Promise<void> {
  const main = server.database
  await locked(server, [main], async () => {
    const [now, aside, before] = [await list(server, main), await list(server, kept), await list(server, undone)]
    const back = aside?.tables ?? []
    const leaving = (now?.tables ?? []).filter((table) => back.includes(table) || was?.tables.includes(table) !== true)
    const old = leaving.filter((table) => before?.tables.includes(table) === true)
    return [
      `CREATE DATABASE IF NOT EXISTS ${id(main)}`,
      ...dropPrograms(main, now ?? never),
      ...(leaving.length > 0 ? [`CREATE DATABASE IF NOT EXISTS ${id(undone)}`] : []),
      // A copy of a backup, taken back before: only the last one stays.
      ...old.map((table) => `DROP TABLE ${id(undone)}.${id(table)}`),
      ...rename([
        ...leaving.map((table) => ({ table, from: main, to: undone })),
        ...back.map((table) => ({ table, from: kept, to: main })),
      ]),
      ...(was === null ? [] : [`ALTER DATABASE ${id(main)} ${charsetClause(was)}`]),
    ]
  })
  if (was === null) await dropIfEmpty(server, main)
}

interface Move {
  readonly table: string
  readonly from: string
  readonly to: string
}

/** One statement: no reader ever meets half of them. */
function rename(moves: readonly Move[]): readonly string[] {
  if (moves.length === 0) return []
  const each = moves.map(({ table, from, to }) => `${id(from)}.${id(table)} TO ${id(to)}.${id(table)}`)
  return [`RENAME TABLE ${each.join(', ')}`]
}

/** Sessions that hold a table are ended; who comes back in between is ended again. */
async function locked(server: Server, databases: readonly string[], statements: () => Promise<readonly string[]>) {
  for (let attempt = 1; ; attempt++) {
    await endSessions(server, databases)
    try {
      await server.sql([
        `SET SESSION lock_wait_timeout = ${lockSeconds}, foreign_key_checks = 0`,
        ...(await statements()),
      ])
      return
    } catch (error) {
      if (!isLocked(error)) throw error
      if (attempt >= attemptsMax) throw stillInUse(server.database, error)
    }
  }
}

async function loadPrograms(server: Server, database: string, dir: string): Promise<void> {
  for (const name of [programsName, eventsName]) await loadScript(server, database, join(dir, name))
}

async function loadScript(server: Server, database: string, file: string): Promise<void> {
  await using script = await open(file, 'r')
  await server.load(database, { stdin: script.fd })
}

async function drop(server: Server, database: string): Promise<void> {
  await server.sql(['SET SESSION foreign_key_checks = 0', `DROP DATABASE IF EXISTS ${id(database)}`])
}

async function dropIfEmpty(server: Server, database: string): Promise<void> {
  const now = await list(server, database)
  if (now !== null && now.tables.length === 0) await drop(server, database)
}
