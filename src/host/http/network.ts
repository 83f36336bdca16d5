import { BelayError } from '../../core/model/problem.ts'
import { cancelled, invalid, networkFailure, timedOut, tooLarge } from './failures.ts'
import type { NetworkReason } from './failures.ts'
import type { HttpLimits } from './types.ts'

const reasons: Readonly<Record<string, NetworkReason>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns-temporary',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  EPROTO: 'tls',
}

/** What the connection threw, as the failure to report. `signal` is the caller's: its abort is a cancellation. */
export function exchangeFailure(error: unknown, url: string, limits: HttpLimits, signal: AbortSignal): BelayError {
  if (error instanceof BelayError) return error
  if (signal.aborted) return cancellation(signal, url)
  const { code, name } = codeOf(error)
  if (name === 'TimeoutError') return timedOut(url, 'answer', limits.answerTimeoutMs, error)
  switch (code) {
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return timedOut(url, 'connect', limits.connectTimeoutMs, error)
    case 'UND_ERR_HEADERS_TIMEOUT':
      return timedOut(url, 'headers', limits.headersTimeoutMs, error)
    case 'UND_ERR_BODY_TIMEOUT':
      return timedOut(url, 'idle', limits.bodyIdleTimeoutMs, error)
    case 'UND_ERR_HEADERS_OVERFLOW':
      return tooLarge(url, 16 * 1024)
  }
  if (name === 'HTTPParserError' || code.startsWith('HPE_')) return invalid(url, 'does not speak HTTP', error)
  if (code.startsWith('CERT_') || code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL')) {
    return networkFailure(url, 'tls', error)
  }
  return networkFailure(url, reasons[code] ?? 'other', error)
}

/** What an aborted signal means: the reason that it was aborted with where that is one of ours. */
export function cancellation(signal: AbortSignal, what: string): BelayError {
  return signal.reason instanceof BelayError ? signal.reason : cancelled(what)
}

/** Where several addresses were tried, the first one's error stands for all. */
function codeOf(error: unknown): { readonly code: string; readonly name: string } {
  if (!(error instanceof Error)) return { code: '', name: '' }
  const own = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (own !== '' || !(error instanceof AggregateError)) return { code: own, name: error.name }
  return codeOf(error.errors[0])
}
