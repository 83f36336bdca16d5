import { randomBytes } from 'node:crypto'
import { Agent, fetch } from 'undici'
import { csrfOf, digestOf, tokenOf } from '../../../../src/core/access/secret.ts'
import type { Scope } from '../../../../src/core/access/scope.ts'
import { systemClock } from '../../../../src/host/clock.ts'
import { fileAccounts } from '../../../../src/storage/access.ts'
import type { World } from '../../../crash/support/world.ts'
import { belay } from '../../faults/support/installed.ts'

export type Headers = Readonly<Record<string, string>>

export interface Answer {
  readonly status: number
  readonly headers: globalThis.Headers
  /** Its beginning: a stream of events has no end. */
  readonly text: string
}

const hungMs = 60_000

/** A connection that is kept for the next request may be the oldest idle one, which has to go when there is no room. */
const alone = new Agent({ pipelining: 0 })

/** One request as a program sends it, on a connection of its own; redirects are not followed. */
export async function ask(
  origin: string,
  method: string,
  path: string,
  { headers = {}, body }: { readonly headers?: Headers; readonly body?: string } = {},
): Promise<Answer> {
  const stop = AbortSignal.timeout(hungMs)
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(`${origin}${path}`, {
    dispatcher: alone,
    method,
    redirect: 'manual',
    signal: stop,
    headers: { ...json, ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true
  const text = isStream ? '' : await answer.text()
  if (isStream) await answer.body?.cancel()
  return { status: answer.status, headers: new Headers([...answer.headers]), text }
}

export const random = () => randomBytes(32).toString('hex')

/** Credentials of every kind that are worth nothing: by what they are. */
export function worthless(world: World): Readonly<Record<string, Headers>> {
  const expired = { token: tokenOf(random()), session: random() }
  const longAgo = { ...systemClock(), now: () => Date.now() - 8 * 24 * 3_600_000 }
  const accounts = fileAccounts(world.state, longAgo)
  const expires = new Date(Date.now() - 1000).toISOString()
  accounts.addToken({ id: 't-000000000000', name: 'old', scope: 'admin', digest: digestOf(expired.token), expires })
  accounts.addSession(digestOf(expired.session), 'anna', [])
  accounts.close()
  const cookie = (session: string) => ({ cookie: `belay_session=${session}`, 'x-csrf-token': csrfOf(session) })
  return {
    'no credentials': {},
    'an expired token': { authorization: `Bearer ${expired.token}` },
    'a forged token': { authorization: `Bearer ${tokenOf(random())}` },
    'half a token': { authorization: 'Bearer belay_' },
    'a password as a program would send it': { authorization: `Basic ${btoa('anna:correct horse battery staple')}` },
    'an expired session': cookie(expired.session),
    'a forged session': cookie(random()),
    'the digest of nothing': cookie(digestOf('')),
    'a session that says it is encrypted': { cookie: `__Host-belay_session=${random()}` },
    'an address that says it is this host': { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' },
    'a name that proxies set': { 'x-remote-user': 'anna', 'x-forwarded-user': 'anna' },
  }
}

/** What must be as it was when nobody was let in. */
export async function standingOf(world: World): Promise<unknown> {
  const accounts = fileAccounts(world.state, systemClock())
  const users = accounts.users().map(({ name, scope }) => `${name} ${scope}`)
  const tokens = accounts.tokens().map(({ id }) => id)
  accounts.close()
  const runs = await belay(world, (open) => open.runs())
  return { users, tokens, runs, seen: await world.look() }
}

export function covers(has: Scope, need: Scope): boolean {
  const order = ['read', 'operate', 'admin']
  return order.indexOf(has) >= order.indexOf(need)
}
