import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { fail } from '../core/model/problem.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notifications, RecordedOffer } from '../ports/notifications.ts'
import { busyMsMax } from './busy.ts'

const keepMax = 200

/** Expand-only, as the journal's. */
const schema = `CREATE TABLE IF NOT EXISTS offers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    component TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    files TEXT,
    created_at INTEGER NOT NULL,
    dismissed_at INTEGER,
    UNIQUE (component, version)
  )`

const rowSchema = z.object({
  id: z.int(),
  component: z.string(),
  version: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  files: z
    .string()
    .nullable()
    .transform((text) => (text === null ? null : z.array(z.string()).parse(JSON.parse(text)))),
  created_at: z.int(),
  dismissed_at: z.int().nullable(),
})

/**
 * `STATE/notifications.db`, apart from the journal: a lost one costs nothing but a word said twice. Made with the first
 * offer, and read as empty before.
 */
export function fileNotifications(stateDir: string, clock: Clock): Notifications {
  const path = join(stateDir, 'notifications.db')
  const using = <T>(work: (database: DatabaseSync) => T): T => {
    try {
      const database = new DatabaseSync(path)
      try {
        database.exec(`PRAGMA busy_timeout = ${busyMsMax}; ${schema}`)
        chmodSync(path, 0o600)
        return work(database)
      } finally {
        database.close()
      }
    } catch (cause) {
      throw fail('E_IO', `the record of notifications ${path} cannot be used`, {
        hint: `Look at the disk. To begin a new one, remove ${path}: nothing but the list of offered updates is lost.`,
        facts: { file: path },
        cause,
      })
    }
  }
  return {
    has: (component, version) =>
      existsSync(path) &&
      using((database) =>
        database.prepare(`SELECT 1 FROM offers WHERE component = ? AND version = ?`).get(component, version),
      ) !== undefined,
    record({ component, version, title, description, files }) {
      using((database) => {
        database
          .prepare(
            // A number is not spent on what is there already, as a conflict would.
            `INSERT INTO offers (component, version, title, description, files, created_at)
             SELECT $component, $version, $title, $description, $files, $now
             WHERE NOT EXISTS (SELECT 1 FROM offers WHERE component = $component AND version = $version)`,
          )
          .run({
            $component: component,
            $version: version,
            $title: title,
            $description: description,
            $files: files === null ? null : JSON.stringify(files),
            $now: clock.now(),
          })
        database
          .prepare(
            `DELETE FROM offers WHERE component = ? AND id NOT IN
               (SELECT id FROM offers WHERE component = ? ORDER BY id DESC LIMIT ${keepMax})`,
          )
          .run(component, component)
      })
    },
    list: () =>
      existsSync(path)
        ? using((database) => database.prepare('SELECT * FROM offers ORDER BY id DESC').all().map(offerOf))
        : [],
    dismiss(id) {
      if (existsSync(path))
        using((database) =>
          database
            .prepare('UPDATE offers SET dismissed_at = coalesce(dismissed_at, ?) WHERE id = ?')
            .run(clock.now(), id),
        )
    },
  }
}

function offerOf(row: unknown): RecordedOffer {
  const { created_at, dismissed_at, ...offer } = rowSchema.parse(row)
  return { ...offer, createdAt: created_at, dismissedAt: dismissed_at }
}
