import { join } from 'node:path'
import type { SQLInputValue } from 'node:sqlite'
import { z } from 'zod'
import { covers, scopes } from '../core/access/scope.ts'
import { fail } from '../core/model/problem.ts'
import type { Accounts, Token } from '../ports/accounts.ts'
import type { Clock } from '../ports/clock.ts'
import { privateDatabase } from './private-database.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** A session ends so long after it was last used, and in any case so long after the login. */
const sessionIdleMsMax = 12 * hourMs
const sessionMsMax = 7 * 24 * hourMs
const sessionsPerUserMax = 20

const schema = `
  CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY, scope TEXT NOT NULL, record TEXT NOT NULL, created_at INTEGER NOT NULL, login_at INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tokens (
    digest TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, scope TEXT NOT NULL,
    created_at INTEGER NOT NULL, used_at INTEGER, expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    created_at INTEGER NOT NULL, used_at INTEGER NOT NULL
  ) WITHOUT ROWID;`

const scopeSchema = z.enum(scopes)
const time = z.int().transform((ms) => new Date(ms).toISOString())
const userRow = z.object({ name: z.string(), scope: scopeSchema, created: time, last_login: time.nullable() })
const tokenRow = z.object({
  id: z.string(),
  name: z.string(),
  scope: scopeSchema,
  created: time,
  last_used: time.nullable(),
  expires: time.nullable(),
})
const sessionRow = z.object({ user: z.string(), scope: scopeSchema, created_at: z.int(), used_at: z.int() })

const tokenColumns = 'id, name, scope, created_at AS created, used_at AS last_used, expires_at AS expires'

/** `STATE/access.db`. */
export function fileAccounts(stateDir: string, clock: Clock): Accounts {
  const { ask, change, close } = privateDatabase(
    join(stateDir, 'access.db'),
    schema,
    'the record of users and tokens',
    'all users and tokens are gone with it, and the agent lets somebody set up the first user again.',
  )
  const row = (sql: string, ...values: SQLInputValue[]) => ask(sql, (statement) => statement.get(...values))
  const rows = (sql: string) => ask(sql, (statement) => statement.all())
  const run = (sql: string, ...values: SQLInputValue[]) =>
    ask(sql, (statement) => Number(statement.run(...values).changes))
  const scopeOf = (name: string) => {
    const found = row('SELECT scope FROM users WHERE name = ?', name)
    if (found === undefined) throw fail('E_NOT_FOUND', `There is no user ${name}.`, { hint: 'See: belay user list' })
    return scopeSchema.parse(found['scope'])
  }
  const count = (where: string) => Number(row(`SELECT count(*) AS n FROM users ${where}`)?.['n'])
  const anAdminStays = (name: string) => {
    if (scopeOf(name) !== 'admin' || count(`WHERE scope = 'admin'`) > 1) return
    throw fail('E_USAGE', `${name} is the only admin, and there must be one.`, {
      hint: 'Add another admin first: belay user add NAME --scope admin',
    })
  }

  return {
    users: () =>
      rows('SELECT name, scope, created_at AS created, login_at AS last_login FROM users ORDER BY name').map((one) =>
        userRow.parse(one),
      ),
    passwordRecord(name) {
      const found = row('SELECT record FROM users WHERE name = ?', name)
      return found === undefined ? null : z.string().parse(found['record'])
    },
    addUser: ({ name, scope, record, only = false }) =>
      change(() => {
        const others = count('')
        if (only && others > 0) return false
        if (others === 0 && !covers(scope, 'admin')) {
          throw fail('E_USAGE', 'The first user must be an admin.', { hint: 'Add an admin first, then this one.' })
        }
        if (row('SELECT 1 FROM users WHERE name = ?', name) !== undefined) {
          throw fail('E_USAGE', `There is a user ${name} already.`, {
            hint: `Take another name, or set a new password: belay user password ${name}`,
          })
        }
        run('INSERT INTO users (name, scope, record, created_at) VALUES (?, ?, ?, ?)', name, scope, record, clock.now())
        return true
      }),
    removeUser: (name) =>
      change(() => {
        anAdminStays(name)
        run('DELETE FROM users WHERE name = ?', name)
      }),
    setPassword: (name, record, keep = '') =>
      change(() => {
        scopeOf(name)
        run('UPDATE users SET record = ? WHERE name = ?', record, name)
        run('DELETE FROM sessions WHERE user = ? AND digest <> ?', name, keep)
      }),
    renewRecord(name, record) {
      run('UPDATE users SET record = ? WHERE name = ?', record, name)
    },
    setScope: (name, scope) =>
      change(() => {
        if (scope !== 'admin') anAdminStays(name)
        scopeOf(name)
        run('UPDATE users SET scope = ? WHERE name = ?', scope, name)
        run('DELETE FROM sessions WHERE user = ?', name)
      }),

    tokens: () => rows(`SELECT ${tokenColumns} FROM tokens ORDER BY created_at, id`).map((one) => tokenRow.parse(one)),
    addToken({ id, name, scope, digest, expires }) {
      run(
        'INSERT INTO tokens (digest, id, name, scope, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
        digest,
        id,
        name,
        scope,
        clock.now(),
        expires === null ? null : Date.parse(expires),
      )
    },
    useToken(digest): Token | null {
      const now = clock.now()
      const found = row(
        `SELECT ${tokenColumns} FROM tokens WHERE digest = ? AND (expires_at IS NULL OR expires_at > ?)`,
        digest,
        now,
      )
      if (found === undefined) return null
      const token = tokenRow.parse(found)
      if (isOlder(token.last_used === null ? null : Date.parse(token.last_used), now, minuteMs)) {
        run('UPDATE tokens SET used_at = ? WHERE digest = ?', now, digest)
      }
      return token
    },
    removeToken: (id) =>
      change(() => {
        const found = row(`SELECT ${tokenColumns} FROM tokens WHERE id = ?`, id)
        if (found === undefined)
          throw fail('E_NOT_FOUND', `There is no token ${id}.`, { hint: 'See: belay token list' })
        run('DELETE FROM tokens WHERE id = ?', id)
        return tokenRow.parse(found)
      }),

    addSession(digest, user, instead) {
      const now = clock.now()
      change(() => {
        for (const old of instead) run('DELETE FROM sessions WHERE digest = ?', old)
        run('DELETE FROM sessions WHERE created_at < ? OR used_at < ?', now - sessionMsMax, now - sessionIdleMsMax)
        run('INSERT INTO sessions (digest, user, created_at, used_at) VALUES (?, ?, ?, ?)', digest, user, now, now)
        run(
          `DELETE FROM sessions WHERE user = ? AND digest NOT IN
             (SELECT digest FROM sessions WHERE user = ? ORDER BY used_at DESC, created_at DESC LIMIT ${sessionsPerUserMax})`,
          user,
          user,
        )
        run('UPDATE users SET login_at = ? WHERE name = ?', now, user)
      })
    },
    useSession(digest) {
      const found = row(
        `SELECT user, scope, sessions.created_at AS created_at, used_at FROM sessions
         JOIN users ON users.name = sessions.user WHERE digest = ?`,
        digest,
      )
      if (found === undefined) return null
      const { user, scope, created_at, used_at } = sessionRow.parse(found)
      const now = clock.now()
      if (isOlder(created_at, now, sessionMsMax) || isOlder(used_at, now, sessionIdleMsMax)) {
        run('DELETE FROM sessions WHERE digest = ?', digest)
        return null
      }
      if (isOlder(used_at, now, minuteMs)) run('UPDATE sessions SET used_at = ? WHERE digest = ?', now, digest)
      return { user, scope }
    },
    removeSession(digest) {
      run('DELETE FROM sessions WHERE digest = ?', digest)
    },
    close,
  }
}

/** A use is noted to the minute: a write for each request would be a flush for each. */
function isOlder(at: number | null, now: number, ms: number): boolean {
  return at === null || now - at > ms
}
