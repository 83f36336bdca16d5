import { BelayError, fail } from '../../core/model/problem.ts'

/** Every sentence about a bad archive. `entry` is a name from outside: quoted, so that it cannot write to a terminal. */

const refuseHint = 'Nothing was installed. Do not use this archive; ask its publisher.'
const againHint = 'Nothing was installed. Download it again; if it stays the same, the published archive is damaged.'

export function hostile(entry: string, why: string): BelayError {
  return fail('E_ARCHIVE_HOSTILE', `The archive entry ${quoted(entry)} ${why}.`, {
    hint: refuseHint,
    facts: { entry, why },
  })
}

export function hostileArchive(why: string): BelayError {
  return fail('E_ARCHIVE_HOSTILE', `The archive ${why}.`, { hint: refuseHint, facts: { why } })
}

export function corrupt(why: string, cause?: unknown): BelayError {
  return fail('E_ARCHIVE_CORRUPT', `The archive is damaged: ${why}.`, { hint: againHint, facts: { why }, cause })
}

export function tooLarge(what: string, limit: string, max: number): BelayError {
  return fail('E_ARCHIVE_TOO_LARGE', `The archive holds ${what}: the limit is ${max}.`, {
    hint: 'Nothing was installed. Look at what the archive holds before trusting it.',
    facts: { limit, max },
  })
}

export function wrongFormat(why: string, facts: Readonly<Record<string, string>> = {}): BelayError {
  return fail('E_ARCHIVE_FORMAT', `The file cannot be used as an archive: ${why}.`, {
    hint: 'Check which file of the release is configured as its asset: .tar.gz, .tar.xz, .tar.zst, .tar or .zip.',
    facts,
  })
}

export function cancelled(signal: AbortSignal): BelayError {
  if (signal.reason instanceof BelayError) return signal.reason
  return fail('E_CANCELLED', 'Unpacking was cancelled.', { retryable: true, cause: signal.reason })
}

/**
 * What a decoder or a parser threw, as ours. Faults of the machine (with a system call in them) stay as they are:
 * a full disk is not a damaged archive.
 */
export function archiveError(error: unknown): BelayError | Error {
  if (error instanceof BelayError) return error
  if (!(error instanceof Error)) return corrupt(String(error))
  if ('syscall' in error) return error
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'Z_BUF_ERROR') return corrupt('it ends too early', error)
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') {
    return wrongFormat('its zstd window needs more memory than is allowed')
  }
  return corrupt(error.message, error)
}

function quoted(name: string): string {
  const shown = name.length > 200 ? `${name.slice(0, 200)}…` : name
  return JSON.stringify(shown)
}
