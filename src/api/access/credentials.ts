import { isSessionId, isToken } from '../../core/access/secret.ts'

/** Under TLS the browser itself then takes it from this host alone, for all paths, never over plain http. */
function cookieName(secure: boolean): string {
  return secure ? '__Host-belay_session' : 'belay_session'
}

const cookiesMax = 4

/** What a request says of who sends it. Nothing of it is believed yet. */
export interface Credentials {
  /** null: there is none. Not a token at all: the empty text. */
  readonly token: string | null
  /** Another site of this host could set a cookie of the same name: all of them are looked at. */
  readonly sessions: readonly string[]
}

export function credentialsOf(headers: Headers, secure: boolean): Credentials {
  const authorization = headers.get('authorization')
  const bearer = /^Bearer +(\S{1,200})$/i.exec(authorization ?? '')?.[1] ?? ''
  const name = cookieName(secure)
  const sessions = (headers.get('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
    .filter(isSessionId)
  return {
    token: authorization === null ? null : isToken(bearer) ? bearer : '',
    sessions: sessions.slice(0, cookiesMax),
  }
}

export function sessionCookie(id: string, secure: boolean): string {
  return `${cookieName(secure)}=${id}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
}

export function endedCookie(secure: boolean): string {
  return `${sessionCookie('', secure)}; Max-Age=0`
}
