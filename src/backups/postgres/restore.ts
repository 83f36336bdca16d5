import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RestoreRef } from '../../core/plan/step.ts'
import { dataOf } from '../../host/data/build-backup.ts'
import { entryAt } from '../../host/data/copy-entry.ts'
import { type DatabaseNames, databaseNames } from '../../host/data/database/names.ts'
import { atomicWrite, fsyncDir } from '../../host/tree/durable.ts'
import { attributeStatements, createStatement, describe, type Described, describedSchema } from './describe.ts'
import { isInUse, missingRole, notRestored, stillInUse } from './failures.ts'
import { connection, describedName, dumpName } from './save.ts'
import { dropStatements, endSessions, existing, id, type Server } from './server.ts'

/**
 * Puts a backup where the database is, and takes it back; both whatever a crash left half done.
 *
 * The copy grows as `…_part` and is renamed to `…_new` when it is whole. Then one transaction renames the database to
 * `…` (kept) and the copy to its name: every reader, and every replay, sees both renames or none, so that `kept` being
 * there says that the copy is in place. Where there was no database, the file `absent` in `aside` says so.
 */
const absentName = 'absent'
/** Each attempt waits 5 seconds for sessions to end, by the server's own rule. */
const attemptsMax = 6

export async function restoreDatabase(server: Server, ref: RestoreRef): Promise<void> {
  const names = databaseNames(server.database, ref.aside)
  const there = await existing(server, [server.database, names.kept, names.fresh])
  if (there.has(names.kept)) return
  const [present, ready] = [there.has(server.database), there.has(names.fresh)]
  const wasAbsent = entryAt(join(ref.aside, absentName)) !== null
  // The copy took the place of nothing, and is there.
  if (wasAbsent && present && !ready) return
  const data = dataOf(ref.backup.dir)
  const hasCopy = entryAt(data) !== null
  if (hasCopy && !ready) await build(server, names, data)
  await remember(server, ref, names, !present)
  await swap(server, [
    ...(present ? [{ from: server.database, to: names.kept }] : []),
    ...(hasCopy ? [{ from: names.fresh, to: server.database }] : []),
  ])
}

/** The data as it was comes back; the copy that was in its place is kept as `…_undone`. */
export async function unrestoreDatabase(server: Server, ref: RestoreRef): Promise<void> {
  const names = databaseNames(server.database, ref.aside)
  const there = await existing(server, [server.database, names.kept, names.fresh])
  const [kept, present] = [there.has(names.kept), there.has(server.database)]
  const wasAbsent = entryAt(join(ref.aside, absentName)) !== null
  const isCopy = kept || (wasAbsent && !there.has(names.fresh))
  if (isCopy && present) await server.sql(dropStatements(server, names.undone))
  if (isCopy) {
    await swap(server, [
      ...(present ? [{ from: server.database, to: names.undone }] : []),
      ...(kept ? [{ from: names.kept, to: server.database }] : []),
    ])
  }
  await server.sql([
    // A restore may have ended after it had shut everybody out.
    ...(present && !isCopy ? [`ALTER DATABASE ${id(server.database)} WITH ALLOW_CONNECTIONS true`] : []),
    ...[names.part, names.fresh].flatMap((name) => dropStatements(server, name)),
  ])
  await rm(join(ref.aside, absentName), { force: true })
  if (isCopy && present) await tell(ref.aside, `PostgreSQL: the restored copy that was taken back is ${names.undone}`)
}

/** What a restore left beside the database, once its backup goes. */
export async function discardDatabases(server: Server, aside: string): Promise<void> {
  const names = Object.values(databaseNames(server.database, aside))
  await server.sql(names.flatMap((name) => dropStatements(server, name)))
}

async function build(server: Server, { part, fresh }: DatabaseNames, data: string): Promise<void> {
  const described = describedSchema.parse(JSON.parse(await readFile(join(data, describedName), 'utf8')))
  await server.sql([...dropStatements(server, part), createStatement(part, described)]).catch((error: unknown) => {
    throw missingRole(server.database, error) ?? error
  })
  await using dump = await open(join(data, dumpName), 'r')
  const result = await server.program('pg_restore', ['--no-password', `--dbname=${connection(part)}`], {
    stdin: dump.fd,
  })
  if (result.code !== 0 && !onlySettings(result.stderr)) throw notRestored(server.database, result)
  await server.sql(attributeStatements(part, described)).catch((error: unknown) => {
    throw missingRole(server.database, error) ?? error
  })
  await checkWhole(server, part, described)
  await server.sql([endSessions(part), `ALTER DATABASE ${id(part)} RENAME TO ${id(fresh)}`])
}

/** A newer pg_restore sets what an older server does not know yet, and goes on. */
function onlySettings(stderr: string): boolean {
  const errors = stderr.split('\n').filter((line) => /\berror:/.test(line))
  return errors.length > 0 && errors.every((line) => /unrecognized configuration parameter/.test(line))
}

/** It sorts and encodes as the saved one did: an index of another order would not find its rows. */
async function checkWhole(server: Server, part: string, saved: Described): Promise<void> {
  const made = await describe(server, part)
  const same = (['owner', 'encoding', 'collate', 'ctype', 'locale'] as const).every((key) => made?.[key] === saved[key])
  if (!same) throw new Error(`the copy of ${saved.database} was made with other attributes`)
}

/** Told before anything is renamed, also to people who look here after a failure. */
async function remember(server: Server, ref: RestoreRef, { kept }: DatabaseNames, absent: boolean): Promise<void> {
  await mkdir(ref.aside, { recursive: true, mode: 0o700 })
  await fsyncDir(dirname(ref.aside))
  if (absent) return atomicWrite(join(ref.aside, absentName), '', { mode: 0o600 })
  await tell(ref.aside, keptSentence(server.database, kept))
}

async function tell(aside: string, sentence: string): Promise<void> {
  await atomicWrite(join(aside, 'README.txt'), `${sentence}\n`, { mode: 0o600 })
}

export function keptSentence(database: string, kept: string): string {
  const word = /^[\w-]+$/.test(kept) ? kept : `'${kept.replaceAll("'", "'\\''")}'`
  return `PostgreSQL: ${database} as it was before is the database ${kept}; when nobody needs it: dropdb ${word}`
}

interface Rename {
  readonly from: string
  readonly to: string
}

/** All or nothing, with everybody out and nobody let in meanwhile; whatever comes to its name lets people in again. */
async function swap(server: Server, renames: readonly Rename[]): Promise<void> {
  if (renames.length === 0) return
  const statements = [
    ...renames.flatMap(({ from }) => [`ALTER DATABASE ${id(from)} WITH ALLOW_CONNECTIONS false`, endSessions(from)]),
    'BEGIN',
    ...renames.map(({ from, to }) => `ALTER DATABASE ${id(from)} RENAME TO ${id(to)}`),
    ...renames.map(({ to }) => `ALTER DATABASE ${id(to)} WITH ALLOW_CONNECTIONS true`),
    'COMMIT',
  ]
  for (let attempt = 1; ; attempt++) {
    try {
      await server.sql(statements)
      return
    } catch (error) {
      if (isInUse(error) && attempt < attemptsMax) continue
      const names = renames.map(({ from }) => from)
      // Nothing was renamed: whoever was shut out may come back.
      await server.sql(names.map((name) => `ALTER DATABASE ${id(name)} WITH ALLOW_CONNECTIONS true`)).catch(() => {})
      throw isInUse(error) ? stillInUse(names.join(', '), error) : error
    }
  }
}
