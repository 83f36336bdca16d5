import { posix } from 'node:path'
import type { Reasoned } from './compose/advice.ts'
import type { Value } from './text.ts'

/** A database that an application's settings name: what is backed up, and what a person has to add. */
export interface DatabaseFacts {
  readonly data: Reasoned<Value> | null
  readonly notes: readonly string[]
  /** The file of it inside the application's folder, for what no update may touch. */
  readonly file: string | null
}

export interface Place {
  /** What relative paths are relative to. */
  readonly folder: string
  /** Where it is written, for people. */
  readonly place: string
  /** The variable that belay is to take the password from. */
  readonly variable: string
}

/**
 * `DATABASE_URL` and its like, as Django, SQLAlchemy and others write them. Nothing of it but user, host, port and name
 * is given on: the password stays where it is.
 */
export function databaseFacts(url: string, at: Place): DatabaseFacts {
  const { folder, place } = at
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?:\/\/(.*)$/is.exec(url) ?? []
  switch (scheme.toLowerCase()) {
    case 'sqlite':
    case 'sqlite3':
      return sqlite(rest, folder, place)
    case 'postgres':
    case 'postgresql':
    case 'psql':
    case 'pgsql':
      return server('postgres', rest, at)
    case 'mysql':
    case 'mysql2':
    case 'mariadb':
      return server('mysql', rest, at)
    default:
      return nothing(`${place} names no database that belay backs up: write data: yourself`)
  }
}

function nothing(note: string): DatabaseFacts {
  return { data: null, notes: [note], file: null }
}

const pathCharsMax = 1000

/** Three slashes and a path in the folder, four and a whole one. */
function sqlite(rest: string, folder: string, place: string): DatabaseFacts {
  const name = decoded(rest.replace(/[?#].*$/s, '').replace(/^\//, ''))
  if (name === null || name.length > pathCharsMax || /\p{Cc}/u.test(name))
    return nothing(`${place} names no file of a database`)
  if (name === '' || name === ':memory:')
    return nothing(`${place} keeps its database in memory: there is nothing to back up`)
  if (/^[A-Za-z]:[\\/]/.test(name)) return nothing(`${place} names a file of Windows: write data: yourself`)
  const path = posix.resolve(folder, name)
  const inside = posix.relative(folder, path)
  return {
    data: { value: { type: 'sqlite', path }, why: `${place}; backed up also while it is written to` },
    notes: [],
    file: inside.startsWith('..') ? null : inside,
  }
}

function server(type: 'postgres' | 'mysql', rest: string, { place, variable }: Place): DatabaseFacts {
  const [, authority = '', name = ''] = /^([^/?#]*)\/?([^?#]*)/.exec(rest) ?? []
  const at = authority.lastIndexOf('@')
  const login = at === -1 ? '' : authority.slice(0, at)
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority.slice(at + 1)) ?? [null, '?']
  const [userWritten = '', ...password] = login.split(':')
  const [user, database] = [decoded(userWritten), decoded(name)]
  const names = type === 'mysql' ? /^[\p{L}\p{N}_$-]{1,63}$/u : /^[\p{L}\p{N}_.$-]{1,63}$/u
  const plain = (text: string | null): text is string => text !== null && names.test(text) && !text.startsWith('-')
  if (!plain(database) || (user !== '' && !plain(user)) || !/^[\w.:[\]-]{0,255}$/.test(host))
    return nothing(`${place} names a database that cannot be read here: write data: yourself`)
  const value = {
    type,
    database,
    ...(host === '' ? {} : { host: host.replace(/^\[|\]$/g, '') }),
    ...(port === undefined || Number(port) > 65_535 || Number(port) < 1 ? {} : { port: Number(port) }),
    ...(user === '' ? {} : { user }),
    ...(password.length === 0 ? {} : { password: { env: variable } }),
  }
  const secret = `the password of the database is not copied: give it to belay in the variable ${variable}, or write password: { file: /etc/belay/database-password }`
  return { data: { value, why: place }, notes: password.length === 0 ? [] : [secret], file: null }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
