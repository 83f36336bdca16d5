/**
 * Parties: the registry, which is asked for tags and manifests; the server that its challenge names (the realm), which
 * gives tokens; whoever sits on the way. A login is sent to the realm alone, or with Basic to the registry itself; the
 * realm must be https, or the registry's own host where plain http is allowed for that. The scope asked for is always
 * ours: one repository, to read. A token is kept in memory for as long as it is good, and goes to the registry alone.
 */
import { z } from 'zod'
import { showUrl } from '../../host/http/address.ts'
import { parseJson } from '../../host/http/json.ts'
import type { Answer, Headers, HttpClient } from '../../host/http/types.ts'
import type { RegistryAuth } from '../../ports/source.ts'
import type { Challenge } from './challenge.ts'
import { loginMissing, realmRefused, refused, tokenUnclear } from './failures.ts'
import type { Image } from './schema.ts'

const tokenText = z.string().regex(/^[\x21-\x7e]{1,65536}$/)
const tokenSchema = z
  .object({ token: tokenText.optional(), access_token: tokenText.optional(), expires_in: z.number().optional() })
  .transform(({ token, access_token, expires_in }) => ({ token: token ?? access_token, expires_in }))

const answerBytesMax = 256 * 1024
/** What the specification says where a server says nothing, and the most that is believed. */
const secondsDefault = 60
const secondsMax = 3600
/** Asked for anew a little before it ends: the clocks of two hosts are never the same. */
const marginMs = 10_000

export interface Authorization {
  readonly headers: Headers
  readonly kind: 'basic' | 'bearer'
  /** Milliseconds since the epoch; null: as long as the login itself. */
  readonly untilMs: number | null
}

export interface Asking {
  readonly http: HttpClient
  readonly image: Image
  /** Where the registry answers: `https://ghcr.io`. */
  readonly base: string
  readonly auth: RegistryAuth | null
  readonly nowMs: number
  readonly signal: AbortSignal
}

/** What to send along, so that the challenge is met. */
export async function authorize(challenge: Challenge, asking: Asking): Promise<Authorization> {
  const { auth, image, base, nowMs } = asking
  if (challenge.kind === 'basic') {
    if (auth === null || 'identityToken' in auth) throw loginMissing(image.name, base)
    return { headers: basic(auth), kind: 'basic', untilMs: null }
  }
  const realm = checkRealm(challenge.realm, asking)
  const { token, expires_in: seconds = secondsDefault } = readToken(await askRealm(realm, challenge, asking))
  if (token === undefined) throw tokenUnclear(showUrl(realm))
  const goodMs = Math.min(Math.max(seconds, secondsDefault), secondsMax) * 1000
  return { headers: { authorization: `Bearer ${token}` }, kind: 'bearer', untilMs: nowMs + goodMs - marginMs }
}

function basic({ username, password }: { readonly username: string; readonly password: string }): Headers {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
}

function checkRealm(text: string, { base, image }: Asking): URL {
  const [realm, registry] = [URL.parse(text), URL.parse(base)]
  if (realm === null || realm.username !== '' || realm.password !== '') throw realmRefused(image.name, 'no address')
  if (realm.protocol === 'https:') return realm
  if (realm.protocol === 'http:' && registry?.protocol === 'http:' && realm.hostname === registry.hostname) return realm
  throw realmRefused(image.name, showUrl(realm))
}

async function askRealm(realm: URL, { service }: { service: string | null }, asking: Asking): Promise<Answer> {
  const { http, image, auth, signal } = asking
  const scope = `repository:${image.repository}:pull`
  const wanted = { scope, ...(service === null ? {} : { service }) }
  const options = { signal, bytesMax: answerBytesMax, passes: [401, 403] }
  const answer =
    auth !== null && 'identityToken' in auth
      ? await http.ask(realm.href, {
          ...options,
          form: { grant_type: 'refresh_token', client_id: 'belay', refresh_token: auth.identityToken, ...wanted },
        })
      : await http.ask(withQuery(realm, wanted), { ...options, secretHeaders: auth === null ? {} : basic(auth) })
  if (answer.status !== 200) throw refused(image.name, answer.shownUrl, auth !== null)
  return answer
}

function withQuery(realm: URL, values: Readonly<Record<string, string>>): string {
  const url = new URL(realm)
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value)
  return url.href
}

function readToken(answer: Answer) {
  const read = tokenSchema.safeParse(parseJson(answer))
  if (!read.success) throw tokenUnclear(answer.shownUrl)
  return read.data
}
