import { hash } from 'node:crypto'
import type { Targets } from '@tufjs/models'
import { malformed } from './failures.ts'
import type { Document } from './metadata.ts'
import type { Signers } from './keys.ts'

export interface Delegation {
  readonly role: string
  readonly terminating: boolean
}

/** The roles that this one trusts with a target, most trusted first (spec 5.6.7.2). */
export function delegationsFor(document: Document<Targets>, target: string): readonly Delegation[] {
  const { delegations } = document.signed
  if (delegations === undefined) return []
  if (delegations.roles !== undefined) {
    return Object.values(delegations.roles)
      .filter((role) => role.paths?.some((pattern) => matchesPath(pattern, target)) ?? hasPrefix(role, target))
      .map(({ name, terminating }) => ({ role: checkedName(name, document.file), terminating }))
  }
  const { succinctRoles } = delegations
  if (succinctRoles === undefined) return []
  return [{ role: checkedName(succinctRoles.getRoleForTarget(target), document.file), terminating: true }]
}

/** Who may sign as a role, in the words of the one that delegates to it; null: it does not. */
export function signersFor({ signed }: Document<Targets>, role: string): Signers | null {
  const { delegations } = signed
  if (delegations === undefined) return null
  const { keys, roles, succinctRoles } = delegations
  if (roles !== undefined) {
    const found = Object.hasOwn(roles, role) ? roles[role] : undefined
    return found === undefined ? null : { keys, role: found }
  }
  return succinctRoles?.isDelegatedRole(role) === true ? { keys, role: succinctRoles } : null
}

function hasPrefix({ pathHashPrefixes }: { readonly pathHashPrefixes?: string[] }, target: string): boolean {
  if (pathHashPrefixes === undefined) return false
  const digest = hash('sha256', target)
  return pathHashPrefixes.some((prefix) => digest.startsWith(prefix))
}

const roleCharactersMax = 200
const topLevel: ReadonlySet<string> = new Set(['root', 'timestamp', 'snapshot', 'targets'])

/** Names become parts of addresses and file names, encoded; they are limited so that any file system holds them. */
function checkedName(name: string, file: string): string {
  if (name === '' || name.length > roleCharactersMax || /\p{Cc}/u.test(name)) {
    throw malformed(file, `trusts a role whose name is empty, longer than ${roleCharactersMax} or not printable`)
  }
  if (topLevel.has(name)) throw malformed(file, `trusts a role called ${name}, which is a role of the root`)
  return name
}

/** Shell patterns as the spec means them: `*` and `?` stop at a slash, `[a-c]` and `[!a-c]` are one character. */
export function matchesPath(pattern: string, target: string): boolean {
  const patterns = pattern.split('/')
  const parts = target.split('/')
  return patterns.length === parts.length && patterns.every((one, index) => matchesPart(one, parts[index] ?? ''))
}

/** Goes back to the last star only, so that no pattern takes longer than its length times the name's. */
function matchesPart(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern)
  let [token, at, star, resume] = [0, 0, -1, 0]
  while (at < text.length) {
    const next = tokens[token]
    if (next === '*') {
      star = token++
      resume = at
    } else if (next !== undefined && next(text[at] ?? '')) {
      token++
      at++
    } else if (star >= 0) {
      token = star + 1
      at = ++resume
    } else return false
  }
  return tokens.slice(token).every((rest) => rest === '*')
}

type Token = '*' | ((character: string) => boolean)

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]
    if (character === '*') tokens.push('*')
    else if (character === '?') tokens.push(() => true)
    else if (character === '[' && pattern.indexOf(']', at + 2) > 0) {
      const end = pattern.indexOf(']', at + 2)
      tokens.push(oneOf(pattern.slice(at + 1, end)))
      at = end
    } else tokens.push((other) => other === character)
  }
  return tokens
}

function oneOf(set: string): Token {
  const negated = set.startsWith('!')
  const members = negated ? set.slice(1) : set
  return (character) => isIn(members, character) !== negated
}

function isIn(members: string, character: string): boolean {
  for (let at = 0; at < members.length; at++) {
    const from = members[at] ?? ''
    if (members[at + 1] === '-' && at + 2 < members.length) {
      if (from <= character && character <= (members[at + 2] ?? '')) return true
      at += 2
    } else if (from === character) return true
  }
  return false
}
