import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { fail } from '../core/model/problem.ts'
import type { Passwords } from '../ports/accounts.ts'

/**
 * How passwords are kept: Argon2id in the form that the world shares (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`), which holds
 * the measure it was made by. Who has the file must still try passwords one by one, each at this price.
 */
interface Measure {
  /** KiB */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/**
 * OWASP's Password Storage Cheat Sheet: 46 MiB, one pass, one lane. Of its equal choices the one above 32 MiB: such a block
 * the C library always gives back to the host, a smaller one it keeps for a process that runs for weeks.
 */
const today: Measure = { memory: 47_104, passes: 1, parallelism: 1 }
/** A record that somebody wrote must not make a login take all memory. */
const memoryMax = 256 * 1024
const passesMax = 20
const saltBytes = 16
const hashBytes = 32
/** One is computed at a time; a flood of logins waits, and beyond this it is refused. */
const waitingMax = 16

export function argon2Passwords(measure: Measure = today): Passwords {
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting >= waitingMax) {
      throw fail('E_TOO_MANY_ATTEMPTS', 'Too many people log in at this moment.', {
        hint: 'Try again in a few seconds.',
        retryable: true,
        facts: { retry_after_seconds: 5 },
      })
    }
    waiting++
    const mine = turn.then(work)
    turn = mine.catch(() => {})
    return mine.finally(() => waiting--)
  }
  const hash = (password: string) =>
    inTurn(async () => {
      const salt = randomBytes(saltBytes)
      return recordOf(measure, salt, await derive(password, salt, measure))
    })
  let nobody: Promise<string> | null = null
  return {
    hash,
    async verify(password, record) {
      // Who has no record is measured against one that nobody knows the password of, or time would tell who exists.
      nobody ??= hash(randomBytes(saltBytes).toString('hex'))
      const parsed = parse(record ?? (await nobody))
      if (parsed === null) return 'wrong'
      const found = await inTurn(() => derive(password, parsed.salt, parsed.measure))
      if (record === null || !timingSafeEqual(found, parsed.hash)) return 'wrong'
      return isLess(parsed.measure, measure) ? 'weak' : 'right'
    },
  }
}

function isLess(one: Measure, other: Measure): boolean {
  return one.memory < other.memory || one.passes < other.passes
}

function derive(password: string, salt: Buffer, { memory, passes, parallelism }: Measure): Promise<Buffer> {
  // People type the same letter in several ways; NFKC is what RFC 8265 would have them mean.
  const message = Buffer.from(password.normalize('NFKC'))
  return new Promise((resolve, reject) => {
    argon2(
      'argon2id',
      { message, nonce: salt, memory, passes, parallelism, tagLength: hashBytes },
      (error: Error | null, hash: Buffer) => (error === null ? resolve(hash) : reject(error)),
    )
  })
}

function recordOf({ memory, passes, parallelism }: Measure, salt: Buffer, hash: Buffer): string {
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text(salt)}$${text(hash)}`
}

const form = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/

/** null: nothing that was written here. */
function parse(record: string): { readonly measure: Measure; readonly salt: Buffer; readonly hash: Buffer } | null {
  const [, m, t, p, salt = '', hash = ''] = form.exec(record) ?? []
  const measure = { memory: Number(m), passes: Number(t), parallelism: Number(p) }
  if (!(measure.memory <= memoryMax && measure.passes <= passesMax && measure.parallelism <= 4)) return null
  return { measure, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
}
