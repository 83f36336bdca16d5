/**
 * Parties: the config, which names a repository; whoever serves it, or sits on the way; and the checkout's own settings.
 * A repository is reached by one protocol, the one that its address names: git is allowed no other, so that neither a
 * redirect nor `ext::sh -c …` in a submodule can choose. Secrets go to that one host, by environment, never by argument.
 */
import { checkAddress, showUrl } from '../http/address.ts'

export type Protocol = 'https' | 'http' | 'ssh' | 'file'

export interface Remote {
  /** As git takes it. */
  readonly url: string
  readonly protocol: Protocol
  /** The same as a URL, without user and password: for messages, and for checks of the network. */
  readonly address: string
}

/** `user@host:path`, as scp writes it; never a drive, an option or `helper::address`. */
const scp = /^(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/|:)([^\s:][^\s]*)$/

/** null: git could not use it, or would run a helper for it. */
export function parseRemote(text: string): Remote | null {
  if (/[\p{Cc}\s]/u.test(text) || text.startsWith('-')) return null
  if (text.startsWith('/')) return { url: text, protocol: 'file', address: new URL(`file://${encodeURI(text)}`).href }
  const url = URL.parse(text)
  if (url !== null && /^(?:https?|ssh|file):$/.test(url.protocol)) return byUrl(text, url)
  const [, , host, path] = scp.exec(text) ?? []
  if (host === undefined || path === undefined) return null
  return { url: text, protocol: 'ssh', address: `ssh://${host}/${path.replace(/^\/+/, '')}` }
}

function byUrl(text: string, url: URL): Remote | null {
  if (url.protocol === 'file:') {
    return text.startsWith('file:///') ? { url: text, protocol: 'file', address: url.href } : null
  }
  if (url.password !== '' || !/^[A-Za-z0-9[]/.test(url.hostname)) return null
  if (url.protocol === 'ssh:') return { url: text, protocol: 'ssh', address: `ssh://${url.host}${url.pathname}` }
  return { url: text, protocol: url.protocol === 'https:' ? 'https' : 'http', address: showUrl(url) }
}

/** E_HTTP_INSECURE: plain http to a host that is not in `agent.allow_http`. */
export function checkRemote(remote: Remote, allowHttp: readonly string[]): void {
  if (remote.protocol === 'http') checkAddress(remote.url, allowHttp)
}

export interface Login {
  readonly username: string
  readonly password: string
}

export interface RemoteAccess {
  readonly env: Readonly<Record<string, string>>
  readonly config: readonly string[]
}

/**
 * What git is told so that it reaches this repository and nothing else. The helper that gives the login is bound by git to
 * the address's own host: after a redirect to another one nobody is asked.
 */
export function accessTo(remote: Remote, login: Login | null): RemoteAccess {
  const config = ['http.lowSpeedLimit=100', 'http.lowSpeedTime=60', 'credential.helper=']
  // What left https, or never had it, could be led anywhere.
  if (remote.protocol === 'http') config.push('http.followRedirects=false')
  const env: Record<string, string> = { GIT_ALLOW_PROTOCOL: remote.protocol }
  if (remote.protocol === 'ssh') env['GIT_SSH_COMMAND'] = 'ssh -o BatchMode=yes -o ConnectTimeout=20'
  if (login !== null && (remote.protocol === 'https' || remote.protocol === 'http')) {
    config.push(`credential.${new URL(remote.url).origin}.helper=${helper}`)
    env['BELAY_GIT_USERNAME'] = login.username
    env['BELAY_GIT_PASSWORD'] = login.password
  }
  return { env, config }
}

const helper =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$BELAY_GIT_USERNAME" "$BELAY_GIT_PASSWORD"; }; f'

/** Git asks nobody and reaches nothing: also not for objects that a partial clone lacks. */
export const offline: RemoteAccess = { env: { GIT_ALLOW_PROTOCOL: 'none' }, config: [] }
