import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import type { AuditEntry, AuditHead, AuditLog } from '../ports/access.ts'
import type { Clock } from '../ports/clock.ts'
import { privateDatabase } from './private-database.ts'

/**
 * The audit log: `STATE/audit.db`, and `STATE/audit.head`, which says how far it went.
 *
 * Each row carries a hash over itself and the hash of the row before, so that nothing in the middle can be changed, taken
 * out or put in without all later hashes being wrong; the head, kept apart, shows when the end was cut off. Against
 * whom: a slip, a stray program, a restored backup, someone who gets at the database alone. Who may write all of the state
 * folder may write both anew; the agent tells the head at its start, so that the host's own log has it too.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, origin TEXT NOT NULL, action TEXT NOT NULL,
    target TEXT, run TEXT, outcome TEXT NOT NULL, hash TEXT NOT NULL
  );
  CREATE TRIGGER IF NOT EXISTS never_changed BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'append-only'); END;
  CREATE TRIGGER IF NOT EXISTS never_removed BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'append-only'); END;`

const rowSchema = z.object({
  seq: z.int(),
  at: z.int(),
  who: z.string(),
  origin: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  run: z.string().nullable(),
  outcome: z.string(),
  hash: z.string(),
})
type Row = z.infer<typeof rowSchema>
const headSchema = z.object({ seq: z.int(), hash: z.string() })

const beginning = '0'.repeat(64)
const textLengthMax = 256
/** So many are verified without a pause. */
const chunk = 500

export function fileAudit(stateDir: string, clock: Clock): AuditLog {
  const head = headFile(join(stateDir, 'audit.head'))
  const { use, change, close } = privateDatabase(
    join(stateDir, 'audit.db'),
    schema,
    'the audit log',
    'what was done until now is then not on record any more.',
  )
  const last = () => {
    const found = use((database) => database.prepare('SELECT * FROM entries ORDER BY seq DESC LIMIT 1').get())
    return found === undefined ? { seq: 0, hash: beginning } : rowSchema.parse(found)
  }
  /** From the beginning; the agent goes on answering meanwhile. */
  const walk = async (see: (row: Row) => void): Promise<AuditHead> => {
    const anchor = head.read()
    let broken: number | null = null
    let previous = { seq: 0, hash: beginning }
    for (;;) {
      const rows = use((database) =>
        database.prepare(`SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT ${chunk}`).all(previous.seq),
      ).map((row) => rowSchema.parse(row))
      for (const row of rows) {
        if (broken === null && !follows(previous, row, anchor)) broken = previous.seq + 1
        previous = row
        see(row)
      }
      if (rows.length < chunk) break
      await setImmediate()
    }
    if (broken === null && anchor !== null && previous.seq < anchor.seq) broken = previous.seq + 1
    return { seq: previous.seq, hash: previous.hash, broken }
  }
  return {
    async record({ action, target, who, from, outcome, run = null }) {
      const written = change((database) => {
        const before = last()
        const entry = {
          // A cut-off end stays visible: its numbers are not given again.
          seq: Math.max(before.seq, head.read()?.seq ?? 0) + 1,
          at: clock.now(),
          who: plain(who),
          origin: plain(from),
          action: plain(action),
          target: target === null ? null : plain(target),
          run: run === null ? null : plain(run),
          outcome: plain(outcome),
        }
        const hash = hashOf(before.hash, entry)
        database
          .prepare('INSERT INTO entries VALUES ($seq, $at, $who, $origin, $action, $target, $run, $outcome, $hash)')
          .run({ ...Object.fromEntries(Object.entries(entry).map(([key, value]) => [`$${key}`, value])), $hash: hash })
        return { seq: entry.seq, hash }
      })
      head.advance(written)
    },
    async head() {
      const { seq, hash, broken } = await walk(() => {})
      return { seq, hash, broken }
    },
    async read({ before, limit }) {
      const page: AuditEntry[] = []
      const { broken } = await walk((row) => {
        if (before === null || row.seq < before) page.push(entryOf(row))
        if (page.length > limit + chunk) page.splice(0, page.length - limit - 1)
      })
      return { entries: page.slice(-limit).toReversed(), more: page.length > limit, broken }
    },
    close,
  }
}

function follows(
  before: { readonly seq: number; readonly hash: string },
  row: Row,
  anchor: { readonly seq: number; readonly hash: string } | null,
): boolean {
  const { hash, ...entry } = row
  if (row.seq !== before.seq + 1 || hash !== hashOf(before.hash, entry)) return false
  return anchor === null || anchor.seq !== row.seq || anchor.hash === hash
}

function hashOf(before: string, entry: Omit<Row, 'hash'>): string {
  const { seq, at, who, origin, action, target, run, outcome } = entry
  return createHash('sha256')
    .update(JSON.stringify([before, seq, at, who, origin, action, target, run, outcome]))
    .digest('hex')
}

function entryOf({ at, origin, hash: _hash, ...rest }: Row): AuditEntry {
  return { ...rest, at: new Date(at).toISOString(), from: origin }
}

/** What a person reads in a terminal must not be able to write there. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, textLengthMax)
}

function headFile(file: string) {
  const read = (): { readonly seq: number; readonly hash: string } | null => {
    try {
      return headSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      return null
    }
  }
  return {
    read,
    /** Behind the log after a crash, never before it. */
    advance(to: { readonly seq: number; readonly hash: string }) {
      if ((read()?.seq ?? 0) >= to.seq) return
      const temporary = `${file}.${process.pid}`
      writeFileSync(temporary, `${JSON.stringify(to)}\n`, { mode: 0o600 })
      renameSync(temporary, file)
    },
  }
}
