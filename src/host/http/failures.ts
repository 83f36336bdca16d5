import type { BelayError } from '../../core/model/problem.ts'
import { fail } from '../../core/model/problem.ts'

/** Every sentence about HTTP that went wrong. `url` is always one that may be shown (`showUrl`). */

const bytes = (count: number): string => `${count.toLocaleString('en')} bytes`

export function notAnAddress(text: string): BelayError {
  // The text may hold a secret, so only its beginning is told.
  return fail('E_RESPONSE_INVALID', `not a URL: "${text.slice(0, 12)}…"`, {
    hint: 'Give a whole URL that begins with https://.',
  })
}

export function insecure(url: string, host: string, from: string | null): BelayError {
  const message = from === null ? `${url} is not https` : `${from} redirects to ${url}, which is not https`
  return fail('E_HTTP_INSECURE', message, {
    hint: `Use an https address. If you trust the network on the whole way to it, add "${host}" to agent.allow_http.`,
    facts: { url, redirectedFrom: from },
  })
}

export function tooManyRedirects(url: string, redirectsMax: number): BelayError {
  return fail('E_RESPONSE_INVALID', `${url} redirects more than ${redirectsMax} times`, {
    hint: 'Open the address in a browser and use the one where it ends.',
    facts: { url, redirectsMax },
  })
}

export function redirectNowhere(url: string, status: number): BelayError {
  return fail('E_RESPONSE_INVALID', `${url} answered ${status} without saying where to go`, {
    hint: 'The server is set up wrongly; check the address.',
    facts: { url, status },
  })
}

export type NetworkReason = 'dns' | 'dns-temporary' | 'refused' | 'reset' | 'unreachable' | 'tls' | 'other'

const networkTexts: Readonly<Record<NetworkReason, readonly [string, string]>> = {
  dns: ['its host name is not known', 'Check the spelling of the host and the name server of this machine.'],
  'dns-temporary': ['the name server does not answer', 'Check the network and /etc/resolv.conf, then try again.'],
  refused: ['the connection was refused', 'Check that the server runs and that the port is right.'],
  reset: ['the connection was cut', 'Try again; if it stays so, look for a proxy or firewall on the way.'],
  unreachable: ['there is no way to that host', 'Check the network and routes of this machine, then try again.'],
  tls: [
    'the TLS connection was not accepted',
    'Check the clock of this machine and the certificate of the server; a private authority goes into NODE_EXTRA_CA_CERTS.',
  ],
  other: ['the connection failed', 'Check the network of this machine, then try again.'],
}

export function networkFailure(url: string, reason: NetworkReason, cause: unknown): BelayError {
  const [what, hint] = networkTexts[reason]
  const why = cause instanceof Error && cause.message !== '' ? ` (${cause.message.slice(0, 200)})` : ''
  return fail('E_NETWORK', `cannot reach ${url}: ${what}${why}`, {
    hint,
    retryable: reason !== 'tls',
    facts: { url, reason },
    cause,
  })
}

export function truncated(url: string, gotBytes: number, wantedBytes: number): BelayError {
  return fail('E_NETWORK', `${url} ended after ${bytes(gotBytes)} of ${bytes(wantedBytes)}`, {
    hint: networkTexts.reset[1],
    retryable: true,
    facts: { url, reason: 'reset', gotBytes, wantedBytes },
  })
}

export type TimeoutOf = 'connect' | 'headers' | 'idle' | 'answer'

const timeoutTexts: Readonly<Record<TimeoutOf, string>> = {
  connect: 'no connection came about',
  headers: 'no answer came',
  idle: 'the server stopped sending in the middle of its answer',
  answer: 'the answer took too long as a whole',
}

export function timedOut(url: string, of: TimeoutOf, limitMs: number, cause?: unknown): BelayError {
  return fail('E_TIMEOUT', `${url}: ${timeoutTexts[of]} (limit ${limitMs} ms)`, {
    hint: 'Try again later; if it stays so, check the network and the server.',
    retryable: true,
    facts: { url, of, limitMs },
    cause,
  })
}

export function cancelled(url: string): BelayError {
  return fail('E_CANCELLED', `the transfer of ${url} was cancelled`, {
    hint: 'Nothing was changed; run the command again when you are ready.',
    facts: { url },
  })
}

export function tooLarge(url: string, bytesMax: number): BelayError {
  return fail('E_RESPONSE_TOO_LARGE', `${url} sends more than ${bytes(bytesMax)}`, {
    hint: 'Check that the address is the right one: what it sends is larger than anything expected there.',
    facts: { url, bytesMax },
  })
}

export function invalid(url: string, what: string, cause?: unknown): BelayError {
  return fail('E_RESPONSE_INVALID', `${url} ${what}`, {
    hint: 'Check that the address and the kind of source fit together; a proxy or a login page may answer in its place.',
    facts: { url },
    cause,
  })
}

/** What an error answer says about itself. `said` is the server's own message, cleaned and cut. */
export interface StatusFacts {
  readonly url: string
  readonly status: number
  readonly said: string | null
  readonly retryAt: string | null
  readonly authorized: boolean
}

const withSaid = (text: string, said: string | null): string => (said === null ? text : `${text}: ${said}`)

export function rateLimited(seen: StatusFacts): BelayError {
  const until = seen.retryAt === null ? 'in a while' : `after ${seen.retryAt}`
  return fail(
    'E_RATE_LIMITED',
    withSaid(`${seen.url} has had enough requests from here for now (${seen.status})`, seen.said),
    {
      hint: seen.authorized
        ? `Try again ${until}, or check less often.`
        : `Try again ${until}, check less often, or configure a token: with one the limit is much higher.`,
      retryable: true,
      facts: { url: seen.url, status: seen.status, retryAt: seen.retryAt },
    },
  )
}

export function unauthorized(seen: StatusFacts): BelayError {
  return fail('E_UNAUTHORIZED', withSaid(`${seen.url} refuses access (${seen.status})`, seen.said), {
    hint: seen.authorized
      ? 'Check that the token is still valid and may read this repository.'
      : 'Configure a token that may read it.',
    facts: { url: seen.url, status: seen.status },
  })
}

export function notFound(seen: StatusFacts): BelayError {
  return fail('E_NOT_FOUND', withSaid(`${seen.url} does not exist (${seen.status})`, seen.said), {
    hint: seen.authorized
      ? 'Check the spelling, and that the token may read it.'
      : 'Check the spelling; if it is private, configure a token that may read it.',
    facts: { url: seen.url, status: seen.status },
  })
}

export function badStatus(seen: StatusFacts): BelayError {
  return fail('E_HTTP_STATUS', withSaid(`${seen.url} answered ${seen.status}`, seen.said), {
    hint:
      seen.status >= 500
        ? 'The server has a fault; try again later.'
        : 'Check the address; if it is right, the server may have changed.',
    retryable: seen.status >= 500 || seen.status === 408,
    facts: { url: seen.url, status: seen.status, retryAt: seen.retryAt },
  })
}

const hintNotGenuine =
  'The download was removed and nothing was installed. Try again; if it stays so, the file or its checksum was changed after it was published: ask the publisher.'

/** `statedBy`: `api`, the name of a checksum file, or null where that is not known. */
export function checksumMismatch(name: string, expected: string, actual: string, statedBy: string | null): BelayError {
  const who = statedBy === null ? 'the release' : statedBy === 'api' ? 'the server’s release list' : statedBy
  return fail('E_CHECKSUM_MISMATCH', `${name} is not genuine: ${who} states ${expected}, what came is ${actual}`, {
    hint: hintNotGenuine,
    facts: { name, expected, actual, statedBy },
  })
}

/** `by`: the file of the signature. `key`: the id of the key that the config trusts. */
export function signatureMismatch(name: string, by: string, key: string): BelayError {
  return fail('E_SIGNATURE_INVALID', `${name} is not genuine: ${by} by the key ${key} signs another file`, {
    hint: hintNotGenuine,
    facts: { name, by, key },
  })
}

export function sizeMismatch(name: string, expectedBytes: number, actualBytes: number): BelayError {
  const message = `${name} is not what the release says: it states ${bytes(expectedBytes)}, the server has ${bytes(actualBytes)}`
  return fail('E_CHECKSUM_MISMATCH', message, { hint: hintNotGenuine, facts: { name, expectedBytes, actualBytes } })
}
