import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { BelayError, fail, type Problem } from '../core/model/problem.ts'
import type { NotifyEvent } from '../core/notify/event.ts'
import type { Waiting } from '../core/notify/sending.ts'
import type { Clock } from '../ports/clock.ts'
import type { ChannelState, Outbox, Queued } from '../ports/outbox.ts'
import { busyMsMax } from './busy.ts'
import { diskFault } from './disk-faults.ts'

const waitingMax = 1000
const doneMax = 500
const toldMax = 5000

/** Expand-only, as the journal's. `tried`: when it was tried last. */
const schema = `
  CREATE TABLE IF NOT EXISTS messages (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL,
    channel TEXT NOT NULL,
    event TEXT NOT NULL,
    at INTEGER NOT NULL,
    due INTEGER NOT NULL,
    ready INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    tried INTEGER,
    state TEXT NOT NULL DEFAULT 'waiting',
    problem TEXT
  );
  CREATE INDEX IF NOT EXISTS messages_by_channel ON messages (channel, state, n);
  CREATE TABLE IF NOT EXISTS told (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    channel TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (key, channel)
  );
  CREATE TABLE IF NOT EXISTS cursors (name TEXT PRIMARY KEY, position INTEGER NOT NULL);`

const rowSchema = z.object({
  n: z.int(),
  token: z.string(),
  event: z.string(),
  at: z.int(),
  due: z.int(),
  ready: z.int(),
  attempts: z.int(),
})

const emptyState: ChannelState = { waiting: 0, lastSent: null, lastProblem: null, givenUp: 0 }

/** `STATE/outbox.db`, made with the first word that is written to it. */
export function fileOutbox(stateDir: string, clock: Clock): Outbox {
  const path = join(stateDir, 'outbox.db')
  let opened: DatabaseSync | null = null
  const using = <T>(work: (database: DatabaseSync) => T): T => {
    try {
      opened ??= openDatabase(path)
      return work(opened)
    } catch (cause) {
      throw cause instanceof BelayError ? cause : unusable(cause, path)
    }
  }
  const changing = <T>(work: (database: DatabaseSync) => T): T =>
    using((database) => inTransaction(database, () => work(database)))
  const looking = <T>(none: T, work: (database: DatabaseSync) => T): T =>
    opened === null && !existsSync(path) ? none : using(work)
  return {
    queue: (queued, cursor) =>
      changing((database) => {
        if (cursor !== undefined) moveCursor(database, cursor.name, cursor.position)
        return queue(database, queued, () => clock.randomHex(8))
      }),
    cursor: (name) =>
      looking(null, (database) => numberOf(database, 'SELECT position AS value FROM cursors WHERE name = ?', name)),
    moveCursor: (name, position) => using((database) => moveCursor(database, name, position)),
    firstNoted: (key, now) =>
      changing((database) => {
        markTold(database, key, '', now)
        return numberOf(database, `SELECT at AS value FROM told WHERE key = ? AND channel = ''`, key) ?? now
      }),
    waiting: (channel) => looking([], (database) => waitingFor(database, channel)),
    join: (channel, ids, event, at) =>
      changing((database) => {
        const remove = database.prepare(`DELETE FROM messages WHERE n = ? AND state = 'waiting'`)
        for (const id of ids) remove.run(numberIn(id))
        insert(database, { channel, event, at, ready: true, token: clock.randomHex(8) })
      }),
    sent: (id, at) =>
      changing((database) => {
        database
          .prepare(`UPDATE messages SET state = 'sent', tried = ?, attempts = attempts + 1, problem = NULL WHERE n = ?`)
          .run(at, numberIn(id))
        prune(database)
      }),
    failed: (id, problem, due, at) =>
      changing((database) => {
        database
          .prepare(
            `UPDATE messages SET state = $state, tried = $at, attempts = attempts + 1, problem = $problem,
               due = coalesce($due, due) WHERE n = $n`,
          )
          .run({
            $state: due === null ? 'given-up' : 'waiting',
            $at: at,
            $problem: JSON.stringify(problem),
            $due: due,
            $n: numberIn(id),
          })
        prune(database)
      }),
    giveUpBefore: (channel, at, problem) =>
      changing((database) => {
        database
          .prepare(
            `UPDATE messages SET state = 'given-up', problem = ? WHERE channel = ? AND state = 'waiting' AND at < ?`,
          )
          .run(JSON.stringify(problem), channel, at)
        prune(database)
      }),
    keepOnly: (channels, before) =>
      looking(undefined, (database) => {
        database
          .prepare(
            `UPDATE messages SET state = 'given-up' WHERE state = 'waiting' AND at < ?
               AND channel NOT IN (SELECT value FROM json_each(?))`,
          )
          .run(before, JSON.stringify(channels))
      }),
    state: (channel) => looking(emptyState, (database) => stateOf(database, channel)),
    close() {
      opened?.close()
      opened = null
    },
  }
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    // Before the first byte: what failed on a host is nobody's business but its user's.
    chmodSync(path, 0o600)
    database.exec(`PRAGMA busy_timeout = ${busyMsMax}; ${schema}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function unusable(cause: unknown, path: string): BelayError {
  return fail(diskFault(cause, '', path)?.problem.code ?? 'E_IO', `The outbox of messages ${path} cannot be used.`, {
    hint: `Look at the disk. To begin a new one, remove ${path}: messages that were not sent yet are lost with it.`,
    facts: { file: path },
    cause,
  })
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function queue(database: DatabaseSync, queued: Queued, token: () => string): boolean {
  const { key, event, at, channels, ready, onceInAll } = queued
  const isNew = markTold(database, key, '', at)
  if (!isNew && onceInAll) return false
  for (const channel of channels) {
    if (markTold(database, key, channel, at)) insert(database, { channel, event, at, ready, token: token() })
  }
  return isNew
}

/** false: that was told before. */
function markTold(database: DatabaseSync, key: string, channel: string, at: number): boolean {
  const { changes } = database
    .prepare('INSERT INTO told (key, channel, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
    .run(key, channel, at)
  if (changes === 0) return false
  database.prepare(`DELETE FROM told WHERE n <= (SELECT n FROM told ORDER BY n DESC LIMIT 1 OFFSET ${toldMax})`).run()
  return true
}

interface NewMessage {
  readonly channel: string
  readonly event: NotifyEvent
  readonly at: number
  readonly ready: boolean
  readonly token: string
}

function insert(database: DatabaseSync, { channel, event, at, ready, token }: NewMessage): void {
  database
    .prepare('INSERT INTO messages (token, channel, event, at, due, ready) VALUES (?, ?, ?, ?, ?, ?)')
    .run(token, channel, JSON.stringify(event), at, at, ready ? 1 : 0)
  database
    .prepare(
      `UPDATE messages SET state = 'given-up' WHERE channel = $channel AND state = 'waiting' AND n <=
         (SELECT n FROM messages WHERE channel = $channel AND state = 'waiting' ORDER BY n DESC LIMIT 1 OFFSET ${waitingMax})`,
    )
    .run({ $channel: channel })
}

function prune(database: DatabaseSync): void {
  database.exec(
    `DELETE FROM messages WHERE state <> 'waiting' AND n <=
       (SELECT n FROM messages WHERE state <> 'waiting' ORDER BY n DESC LIMIT 1 OFFSET ${doneMax})`,
  )
}

function waitingFor(database: DatabaseSync, channel: string): readonly Waiting[] {
  return database
    .prepare(`SELECT * FROM messages WHERE channel = ? AND state = 'waiting' ORDER BY n`)
    .all(channel)
    .map((row) => {
      const { n, token, event, at, due, ready, attempts } = rowSchema.parse(row)
      // We wrote it ourselves.
      return { id: `msg_${token}_${n}`, at, due, attempts, ready: ready === 1, event: JSON.parse(event) as NotifyEvent }
    })
}

function numberIn(id: string): number {
  return Number(id.slice(id.lastIndexOf('_') + 1))
}

function moveCursor(database: DatabaseSync, name: string, position: number): void {
  database
    .prepare(
      'INSERT INTO cursors (name, position) VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position',
    )
    .run(name, position)
}

function stateOf(database: DatabaseSync, channel: string): ChannelState {
  const count = (state: string) =>
    numberOf(database, `SELECT count(*) AS value FROM messages WHERE channel = ? AND state = '${state}'`, channel) ?? 0
  const last = database
    .prepare('SELECT state, problem FROM messages WHERE channel = ? AND tried IS NOT NULL ORDER BY tried DESC, n DESC')
    .get(channel)
  const problem = last?.['problem']
  return {
    waiting: count('waiting'),
    lastSent: numberOf(
      database,
      `SELECT max(tried) AS value FROM messages WHERE channel = ? AND state = 'sent'`,
      channel,
    ),
    lastProblem: typeof problem === 'string' ? (JSON.parse(problem) as Problem) : null,
    givenUp: count('given-up'),
  }
}

function numberOf(database: DatabaseSync, sql: string, ...values: readonly string[]): number | null {
  const value = database.prepare(sql).get(...values)?.['value']
  return typeof value === 'number' ? value : null
}
