import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { fail } from '../../core/model/problem.ts'

const execute = promisify(execFile)
const passwdBytesMax = 4 * 1024 * 1024
const idTimeoutMs = 10_000

/** Who a program runs as. `groups` holds the supplementary groups, the primary one included. */
export interface Identity {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
  readonly home: string
}

interface PasswdLine {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** One line of passwd(5); null when it is not one. */
export function parsePasswdLine(line: string): PasswdLine | null {
  const [name, , uid, gid, , home] = line.split(':')
  if (name === undefined || name === '' || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? '')) return null
  return { name, uid: Number(uid), gid: Number(gid), home: home === undefined || home === '' ? '/' : home }
}

function passwd(): readonly PasswdLine[] {
  try {
    const text = readFileSync('/etc/passwd', 'utf8').slice(0, passwdBytesMax)
    return text.split('\n').flatMap((line) => parsePasswdLine(line) ?? [])
  } catch {
    return []
  }
}

/** The name of a uid, or the uid itself as text when nobody has it. */
export function userName(uid: number): string {
  return passwd().find((line) => line.uid === uid)?.name ?? String(uid)
}

async function ask(program: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await execute(program, [...args], { timeout: idTimeoutMs, maxBuffer: 64 * 1024 })
    return stdout.trim()
  } catch {
    return null
  }
}

/** Users from directories (LDAP, SSSD) are not in /etc/passwd; getent knows them. */
async function findUser(user: string): Promise<PasswdLine | null> {
  const own = passwd().find((line) => line.name === user || String(line.uid) === user)
  if (own !== undefined) return own
  const line = await ask('getent', ['passwd', user])
  return line === null ? null : parsePasswdLine(line)
}

/** Resolves a user name or a numeric uid. E_NOT_FOUND when the host has no such user. */
export async function resolveUser(user: string): Promise<Identity> {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.@-]*\$?$/.test(user)) {
    throw fail('E_NOT_FOUND', `"${user}" is not a user name`, { hint: 'Name an existing user, as "id" shows it.' })
  }
  const found = await findUser(user)
  if (found === null) {
    throw fail('E_NOT_FOUND', `there is no user "${user}" on this host`, {
      hint: /^\d+$/.test(user)
        ? `Files of that number are nobody's here: give them to a user of this host (chown -R USER FOLDER), or name one as "user".`
        : `Create it (useradd ${user}), or name another one as "user".`,
      facts: { user },
    })
  }
  const listed = (await ask('id', ['-G', found.name])) ?? ''
  const groups = listed
    .split(/\s+/)
    .filter((text) => /^\d+$/.test(text))
    .map(Number)
  return { ...found, groups: [...new Set([found.gid, ...groups])] }
}

/** The user that this process runs as. */
export function ownIdentity(): Identity {
  const uid = process.getuid?.() ?? -1
  const found = passwd().find((line) => line.uid === uid)
  const home = process.env['HOME'] ?? found?.home ?? '/'
  return {
    name: found?.name ?? String(uid),
    uid,
    gid: process.getgid?.() ?? -1,
    groups: process.getgroups?.() ?? [],
    home,
  }
}

/** null: nothing to switch. E_PERMISSION when this process may not become that user. */
export async function switchTo(user: string | null): Promise<Identity | null> {
  if (user === null) return null
  const own = process.getuid?.()
  // Whoever is that user already needs no id(1), which would take its time inside the outage.
  if (passwd().some((line) => line.uid === own && (line.name === user || String(line.uid) === user))) return null
  const identity = await resolveUser(user)
  if (own === identity.uid) return null
  if (own !== 0) {
    throw fail('E_PERMISSION', `only root may run a program as "${user}"`, {
      hint: `Run belay as root or as "${user}".`,
      facts: { user },
    })
  }
  return identity
}
