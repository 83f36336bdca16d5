import { BelayError, fail } from '../../core/model/problem.ts'
import { cleanText } from '../../core/release/text.ts'

const saidCharsMax = 200

export function insecureMail(host: string): BelayError {
  return fail('E_HTTP_INSECURE', `The mail server ${host} would be reached without encryption.`, {
    hint: `Use tls: starttls. If you trust the network on the whole way to it, add "${host}" to agent.allow_http.`,
    facts: { host },
  })
}

/** The others have it: sending it again would only give it to them twice. */
export function someRefused(host: string, refused: number, all: number): BelayError {
  return fail('E_NOTIFY_REFUSED', `${host} took the message for ${all - refused} of ${all} recipients.`, {
    hint: 'Correct the addresses under "to" of this channel.',
    facts: { refused, all },
  })
}

interface Attempt {
  /** The caller's: its abort is a cancellation. */
  readonly signal: AbortSignal
  readonly deadline: AbortSignal
  readonly secrets: readonly string[]
}

/** What the mail client threw, as the failure that it means (RFC 5321 §4.2.1: 4yz may pass, 5yz does not). */
export function mailFailure(error: unknown, host: string, { signal, deadline, secrets }: Attempt): BelayError {
  if (error instanceof BelayError) return error
  if (signal.aborted) return fail('E_CANCELLED', `The message to ${host} was cancelled.`)
  const code = textOf(error, 'code')
  const status = error instanceof Error ? Number(Reflect.get(error, 'responseCode') ?? 0) : 0
  const said = saidBy(error, secrets)
  if (code === 'ETLS' || (status === 0 && /certificate|self-signed|self signed|wrong version number/i.test(said))) {
    return unencrypted(host, said)
  }
  if (status >= 400 && status < 500) {
    return fail('E_NOTIFY_REFUSED', `${host} does not take the message now: ${said}`, {
      hint: 'It is sent again later.',
      retryable: true,
      facts: { host, status },
    })
  }
  if (status >= 500 || code === 'EAUTH') {
    const what = code === 'EAUTH' ? 'user and password' : 'the addresses'
    const hint = `Correct ${what} of this channel, then try it: belay notifications test NAME.`
    return fail('E_NOTIFY_REFUSED', `${host} refuses the message: ${said}`, { hint, facts: { host, status } })
  }
  if (deadline.aborted || code === 'ETIMEDOUT' || /timeout/i.test(said)) {
    return fail('E_TIMEOUT', `${host} does not answer in time.`, {
      hint: 'Check the name and the port of the mail server.',
      retryable: true,
      facts: { host },
    })
  }
  return fail('E_NETWORK', `${host} cannot be reached: ${said}`, {
    hint: 'Check the name and the port of the mail server, and the network of this machine.',
    retryable: true,
    facts: { host },
    cause: error,
  })
}

function unencrypted(host: string, said: string): BelayError {
  return fail('E_NETWORK', `The connection to ${host} cannot be encrypted: ${said}`, {
    hint: 'Check its certificate and "tls" of this channel; for an authority of your own, name its PEM file as "ca".',
    facts: { host, reason: 'tls' },
  })
}

function saidBy(error: unknown, secrets: readonly string[]): string {
  const text = textOf(error, 'response') || (error instanceof Error ? error.message : String(error))
  const encoded = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64')])
  const scrubbed = encoded.reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
  return cleanText(scrubbed, saidCharsMax).replaceAll(/\s+/g, ' ')
}

function textOf(error: unknown, key: string): string {
  const value: unknown = error instanceof Error ? Reflect.get(error, key) : null
  return typeof value === 'string' ? value : ''
}
