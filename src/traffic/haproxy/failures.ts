import { BelayError, fail, problemOf } from '../../core/model/problem.ts'
import type { HaproxyConfig } from './schema.ts'

/** All sentences about a HAProxy that could not do what it was asked. */

export function socketUnreachable(address: string, error: unknown): BelayError {
  if (error instanceof BelayError) return error
  const { code, message } = problemOf(error)
  if (code === 'E_PERMISSION') {
    return fail('E_PERMISSION', `HAProxy's socket ${address} may not be used: ${message}`, {
      hint: 'Run belay as root, or give its user that socket: "stats socket … user belay mode 600 level admin".',
      facts: { address },
    })
  }
  return fail('E_TRAFFIC_UNREACHABLE', `HAProxy does not answer at ${address}: ${message}`, {
    hint: `See that it runs, and that its "global" section says: stats socket ${address} level admin expose-fd listeners`,
    retryable: true,
    facts: { address },
    cause: error,
  })
}

export function replyTooLong(address: string): BelayError {
  return fail('E_TRAFFIC_UNREACHABLE', `what answers at ${address} does not stop: it is no HAProxy`, {
    hint: 'Name the "stats socket" of HAProxy in traffic.socket.',
    facts: { address },
  })
}

export function permissionDenied(address: string): BelayError {
  return fail('E_PERMISSION', `HAProxy lets nobody change servers at ${address}`, {
    hint: `Give that socket the level: stats socket ${address} level admin expose-fd listeners`,
    facts: { address },
  })
}

export function noBackend({ backend, config }: HaproxyConfig): BelayError {
  return fail('E_TRAFFIC_CONFIG', `HAProxy has no backend ${backend}`, {
    hint: `Write the section "backend ${backend}" into ${config}, or correct traffic.backend.`,
    facts: { backend, config },
  })
}

export function noServer({ backend, config }: HaproxyConfig, server: string, port: number | null): BelayError {
  const line = `server ${server} 127.0.0.1:${port ?? 'PORT'} check`
  return fail('E_TRAFFIC_CONFIG', `HAProxy's backend ${backend} has no server ${server}`, {
    hint: `Add this line to "backend ${backend}" in ${config}, then reload HAProxy: ${line}`,
    facts: { backend, server, config },
  })
}

export function notUp({ backend }: HaproxyConfig, server: string, seconds: number, said: string): BelayError {
  return fail('E_TRAFFIC_REFUSED', `HAProxy holds ${backend}/${server} for down after ${seconds} s (${said})`, {
    hint: 'Its own health check does not pass: compare "option httpchk" and "check" of the backend with what the application answers.',
    retryable: true,
    facts: { backend, server, said },
  })
}

export function refused({ backend }: HaproxyConfig, said: string): BelayError {
  return fail('E_TRAFFIC_REFUSED', `HAProxy did not take the change of backend ${backend}: ${said}`, {
    hint: 'Its log says more. Weights need a balance algorithm such as roundrobin or leastconn.',
    facts: { backend, said },
  })
}
