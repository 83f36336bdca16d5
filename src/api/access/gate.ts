import { isLoopback, isOurs } from '../../core/access/hosts.ts'
import { whence } from '../../core/access/origin.ts'
import { covers, lesser, type Scope } from '../../core/access/scope.ts'
import { csrfOf, digestOf, isSame } from '../../core/access/secret.ts'
import { fail } from '../../core/model/problem.ts'
import type { Caller, Gate, RequestHead } from '../../ports/access.ts'
import type { Accounts } from '../../ports/accounts.ts'
import type { AccessSettings } from '../../protocol/settings.ts'
import { credentialsOf } from './credentials.ts'

/**
 * Who gets in, and what they may do.
 *
 * Parties: a person with a browser (session cookie), a program (bearer token), another site in the same browser, another
 * program on this host, another host that leads its name here. To be on this host gives no rights: it only lifts the limit
 * that callers from elsewhere have.
 */
export interface GatePorts {
  readonly accounts: Pick<Accounts, 'useToken' | 'useSession'>
  /** As they are now. */
  readonly settings: () => Promise<AccessSettings>
}

export function createGate({ accounts, settings }: GatePorts): Gate {
  return {
    async admit(head, need) {
      const { hosts, remote } = await settings()
      refuseForeign(head, hosts)
      const limit = limitOf(head, remote)
      const caller = identify(accounts, head, limit, need === 'public')
      if (need === 'public') return caller
      if (caller.kind === 'nobody') throw noLogin()
      if (!covers(caller.scope, need)) throw covers(limit, need) ? tooSmall(need) : readOnlyFrom(need)
      return caller
    },
  }
}

/** What a caller may do at most from where they are. */
export function limitOf({ address }: Pick<RequestHead, 'address'>, remote: Scope): Scope {
  return isLoopback(address) ? 'admin' : remote
}

function isReading({ method, headers }: RequestHead): boolean {
  return (method === 'GET' || method === 'HEAD') && headers.get('upgrade') === null
}

function whenceOf({ headers, secure }: RequestHead) {
  return whence({
    origin: headers.get('origin'),
    site: headers.get('sec-fetch-site'),
    host: headers.get('host'),
    secure,
  })
}

/** Before anything else: what another site may have sent is not even asked who it is. */
function refuseForeign(head: RequestHead, hosts: readonly string[]): void {
  if (!isOurs(head.headers.get('host'), hosts)) {
    throw fail('E_FORBIDDEN', 'The agent is not known by this name.', {
      hint: 'Use its address, or add the name to agent.hosts in the config of that host and run belay reload there.',
    })
  }
  if (!isReading(head) && whenceOf(head) === 'foreign') {
    throw fail('E_FORBIDDEN', 'This request comes from a page of another site.', {
      hint: 'Behind a proxy, let it pass on Host and X-Forwarded-Proto, and name its address in agent.proxies.',
    })
  }
}

function identify(accounts: GatePorts['accounts'], head: RequestHead, limit: Scope, lenient: boolean): Caller {
  const { token, sessions } = credentialsOf(head.headers, head.secure)
  if (token !== null) {
    const found = token === '' ? null : accounts.useToken(digestOf(token))
    if (found !== null) {
      return { kind: 'token', id: found.id, name: found.name, scope: lesser(found.scope, limit) }
    }
    if (lenient) return { kind: 'nobody' }
    throw noLogin()
  }
  for (const session of sessions) {
    const digest = digestOf(session)
    const found = accounts.useSession(digest)
    if (found === null) continue
    // A public address lets in who has no session too, so that one without proof is no more than nobody.
    const proven = isReading(head) || isProven(head, session)
    if (!proven && lenient) return { kind: 'nobody' }
    if (!proven) throw noProof()
    return { kind: 'session', id: digest, name: found.user, scope: lesser(found.scope, limit) }
  }
  return { kind: 'nobody' }
}

/** The cookie comes by itself; that a page of ours sent it, it does not say. */
function isProven(head: RequestHead, session: string): boolean {
  if (head.headers.get('upgrade') !== null) return whenceOf(head) === 'own' && head.headers.get('origin') !== null
  return isSame(head.headers.get('x-csrf-token') ?? '', csrfOf(session))
}

function noLogin() {
  return fail('E_LOGIN_NEEDED', 'Nobody is logged in, or the login is over.', {
    hint: 'Log in, or send a token that is valid: belay token create.',
  })
}

function noProof() {
  return fail('E_FORBIDDEN', 'The request does not prove that it comes from the page.', {
    hint: 'Load the page again. Programs send a token instead: belay token create.',
  })
}

function tooSmall(need: Scope) {
  return fail('E_FORBIDDEN', `This needs the scope ${need}.`, {
    hint: `Ask an admin for a user or a token with the scope ${need}.`,
  })
}

function readOnlyFrom(need: Scope) {
  return fail('E_FORBIDDEN', `From another host this agent does not allow ${need === 'admin' ? 'this' : 'changes'}.`, {
    hint: `Do it on the host itself, or set agent.remote: ${need} in its config and run belay reload there.`,
    facts: { setting: 'agent.remote', needed: need },
  })
}
