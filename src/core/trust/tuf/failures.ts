import type { ProblemCode } from '../../model/codes.ts'
import { type BelayError, type Facts, fail } from '../../model/problem.ts'

/** Every sentence about signed metadata that was refused. Each ends the cycle: nothing is installed, what runs goes on. */

const hintAsk =
  'Nothing was installed, and what is installed keeps running. Try again later; if it stays so, ask the publisher, by another way than this server.'

function refused(code: ProblemCode, file: string, what: string, facts: Facts = {}, hint = hintAsk): BelayError {
  return fail(code, `${file} ${what}`, { hint, facts: { file, ...facts } })
}

export function malformed(file: string, what: string): BelayError {
  return refused('E_METADATA_INVALID', file, what)
}

export function tooLittleSigned(file: string, role: string, good: number, threshold: number): BelayError {
  const what = `is signed by ${good} of the keys that may sign as ${role}, and ${threshold} must`
  return refused('E_METADATA_UNSIGNED', file, what, { role, good, threshold })
}

export function rolledBack(file: string, what: string, version: number, seen: number): BelayError {
  const text = `has version ${version} of ${what}, and this host has already seen version ${seen}`
  return refused('E_METADATA_ROLLBACK', file, text, { of: what, version, seen })
}

export function withdrawn(file: string, role: string): BelayError {
  return refused('E_METADATA_ROLLBACK', file, `no longer names ${role}, which this host has already seen`, { of: role })
}

export function contradicts(file: string, what: string, facts: Facts = {}): BelayError {
  return refused('E_METADATA_MISMATCH', file, what, facts)
}

export function saysOther(file: string, version: number): BelayError {
  const what = `says something else in version ${version} than it did when this host first saw that version`
  return contradicts(file, what, { version })
}

export function tooManyRoots(version: number, most: number): BelayError {
  const message = `the root keys were changed more than ${most} times since this host last looked; it is now at version ${version}`
  return fail('E_METADATA_INVALID', message, {
    hint: 'Nothing was installed. The next check goes on from there; if there is no end, ask the publisher.',
    retryable: true,
    facts: { file: 'root.json', version, rotationsMax: most },
  })
}

const yearMs = 365 * 24 * 3_600_000

/**
 * Past its date by years is the clock's fault more often than an attacker's: a host without a battery comes up in 1970
 * or in 2099.
 */
export function expired(file: string, expires: string, nowMs: number): BelayError {
  const facts = { file, expires, now: isoOf(nowMs) }
  if (nowMs - Date.parse(expires) > yearMs) {
    const message = `the clock of this machine says ${facts.now}, and ${file} is good until ${expires}: one of the two is wrong`
    return fail('E_CLOCK_SUSPECT', message, {
      hint: 'Set the clock of this machine (timedatectl shows it). Until then nothing is installed, and what is installed keeps running.',
      facts,
    })
  }
  return fail('E_METADATA_EXPIRED', `${file} expired on ${expires}, and there is no newer one`, {
    hint: `The publisher must sign it again ("${renewal(file)}"). Until then nothing is installed, and what is installed keeps running.`,
    retryable: true,
    facts,
  })
}

const renewal = (file: string): string =>
  /\b(timestamp|snapshot)\.json$/.test(file) ? 'belay release refresh' : 'belay release sign --renew ROLE'

const isoOf = (ms: number): string => new Date(Math.min(ms, 8.64e15)).toISOString()
