import { type BelayError, fail } from '../../core/model/problem.ts'
import type { ProblemCode } from '../../core/model/codes.ts'
import { cleanText } from '../../core/release/text.ts'
import { lastLines } from '../process/tail.ts'

/** All sentences about what git refuses. Git speaks English here (LC_ALL=C). */

interface Meaning {
  readonly says: RegExp
  readonly code: ProblemCode
  readonly retryable?: boolean
  readonly message: (where: string, found: string) => string
  readonly hint: (where: string, found: string) => string
}

const meanings: readonly Meaning[] = [
  {
    says: /detected dubious ownership in repository at '([^']+)'/,
    code: 'E_PERMISSION',
    message: (where) => `git does not trust ${where}, because it belongs to another user.`,
    hint: (where, found) =>
      `Run belay as root or as the owner of that folder, or trust it: git config --global --add safe.directory ${found || where}`,
  },
  {
    says: /Unable to create '([^']+\.lock)': File exists|unable to create '([^']+\.lock)'/i,
    code: 'E_LOCKED',
    retryable: true,
    message: (where, found) => `Another git works in ${where}, or one that ended left ${found} behind.`,
    hint: (_, found) => lockHint(found),
  },
  {
    says: /Host key verification failed/,
    code: 'E_UNAUTHORIZED',
    message: (where) => `The host of ${where} is not known to ssh yet.`,
    hint: () => 'Connect once by hand as the user that runs belay, compare the fingerprint, and accept it.',
  },
  {
    says: /Authentication failed|could not read (?:Username|Password)|Permission denied \(|requested URL returned error: 40[13]|Invalid username or password|access denied/i,
    code: 'E_UNAUTHORIZED',
    message: (where) => `${where} refused access.`,
    hint: () => 'Give the source a token ({ env: NAME } or { file: PATH }) or, for ssh, its user a key that may read.',
  },
  {
    says: /couldn't find remote ref|not our ref|unadvertised object|no such remote ref/i,
    code: 'E_NOT_FOUND',
    message: (where) => `${where} does not have what was asked for.`,
    hint: () => 'Check source.ref: the branch may have been renamed or removed.',
  },
  {
    says: /repository '[^']*' not found|Repository not found|does not appear to be a git repository|requested URL returned error: 404|not found: did you run git update-server-info/i,
    code: 'E_NOT_FOUND',
    message: (where) => `There is no git repository at ${where}, or it is not shown to everybody.`,
    hint: () => 'Check source.url; a private repository needs a token or a key.',
  },
  {
    says: /requested URL returned error: 429/i,
    code: 'E_RATE_LIMITED',
    retryable: true,
    message: (where) => `${where} allows no more requests for now.`,
    hint: () => 'Wait a while, or give the source a token.',
  },
  {
    says: /transport '[^']*' not allowed/,
    code: 'E_HTTP_INSECURE',
    message: (where) => `${where} leads to another protocol than its address names.`,
    hint: () => 'Write the address that it leads to, if you trust that one.',
  },
  {
    says: /No space left on device|Disk quota exceeded/,
    code: 'E_DISK_FULL',
    message: (where) => `There is no room for what git writes for ${where}.`,
    hint: () => 'Free some space on that file system, then run the command again.',
  },
  {
    says: /Read-only file system/,
    code: 'E_READ_ONLY',
    message: (where) => `git cannot write for ${where}: the file system is read-only.`,
    hint: () => 'Remount it writable, then run the command again.',
  },
  {
    says: /Could not resolve host|Failed to connect|Connection (?:refused|timed out|reset|closed)|unreachable|unable to (?:access|connect)|early EOF|RPC failed|hung up unexpectedly|Operation too slow|Could not read from remote/i,
    code: 'E_NETWORK',
    retryable: true,
    message: (where) => `${where} could not be reached.`,
    hint: () => 'Check the network and the address, then try again.',
  },
  {
    says: /not a git repository/i,
    code: 'E_TARGET_FOREIGN',
    message: (where) => `${where} is not a git repository.`,
    hint: () => 'Point strategy.path at the checkout of the application.',
  },
  {
    says: /Permission denied|insufficient permission/,
    code: 'E_PERMISSION',
    message: (where) => `git may not read or write ${where}.`,
    hint: () => 'Run belay as root, or as the owner of that folder.',
  },
]

/** `where`: the repository or address that it was about. */
export function gitFailed(where: string, code: number | null, stderr: string): BelayError {
  const lines = lastLines(cleanText(stderr, 8192), 10, 300)
  const facts = { where, code, lines: [...lines] }
  for (const { says, code: as, retryable = false, message, hint } of meanings) {
    const found = says.exec(stderr)
    if (found === null) continue
    const named = found[1] ?? found[2] ?? ''
    return fail(as, message(where, named), { hint: hint(where, named), retryable, facts })
  }
  const last = lines.findLast((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1)
  return fail('E_COMMAND_FAILED', `git failed for ${where}: ${last ?? `it ended with ${code}`}`, {
    // A check is no run: there is nothing of it in "belay show".
    hint: where.startsWith('/')
      ? `See what git says there by itself: git -C ${where} fsck.`
      : `See what git says by itself: git ls-remote ${where}`,
    facts,
  })
}

export function lockHint(file: string): string {
  return `See whether git still runs there (pgrep -a git; fuser -v ${file}). If none does, remove that file.`
}

export function lockedBy(file: string): BelayError {
  return fail('E_LOCKED', `${file} is there: another git is at work, or one that ended left it behind.`, {
    hint: lockHint(file),
    retryable: true,
    facts: { file },
  })
}

export function tooMuchSaid(where: string): BelayError {
  return fail('E_RESPONSE_TOO_LARGE', `git said more about ${where} than is read.`, {
    hint: 'The repository is larger than belay is made for.',
    facts: { where },
  })
}
