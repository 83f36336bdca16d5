import { allowsHttp } from '../../host/http/address.ts'
import type { Answer, HttpClient } from '../../host/http/types.ts'
import type { Login } from '../../host/registry/credentials.ts'
import type { ByteStream, RegistryAuth } from '../../ports/source.ts'
import type { Clock } from '../../ports/clock.ts'
import { parseChallenge } from './challenge.ts'
import { asked, refused, unknownChallenge } from './failures.ts'
import type { Image } from './schema.ts'
import { authorize } from './tokens.ts'
import type { Authorization } from './tokens.ts'

export interface RegistryDeps {
  readonly http: HttpClient
  readonly clock: Clock
  /** Registries that speak plain http, as in `agent.allow_http`. */
  readonly allowHttp: readonly string[]
  /** Asked when a registry wants a login, and not before: a helper may have to be run for it. */
  readonly login: (image: Image, login: Login, signal: AbortSignal) => Promise<RegistryAuth | null>
}

/** One image as one login may see it. */
export interface Asker {
  readonly image: Image
  readonly login: Login
  readonly signal: AbortSignal
}

export interface Question {
  readonly method?: 'GET' | 'HEAD'
  readonly accept: string
  readonly bytesMax: number
  /** For "… has no X". */
  readonly what: string
  /** Statuses besides 200 that answer it. */
  readonly passes?: readonly number[]
}

/** Asks registries, each as it wants to be asked, and keeps what it was let in with, in memory. */
export interface Registry {
  /** The whole address of something of the image: `tags/list`, `manifests/latest`. */
  url(image: Image, path: string): string
  ask(url: string, question: Question, asker: Asker): Promise<Answer>
  /** A layer, as it is stored. `what` as in a question. */
  open(url: string, offset: number, what: string, asker: Asker): Promise<ByteStream>
}

export function openRegistry(deps: RegistryDeps): Registry {
  const known = new Map<string, Authorization>()
  const baseOf = ({ host }: Image): string => {
    if (host === 'docker.io') return 'https://registry-1.docker.io'
    return `${allowsHttp(host, deps.allowHttp) ? 'http' : 'https'}://${host}`
  }

  const good = (key: string): Authorization | null => {
    const held = known.get(key)
    if (held === undefined) return null
    return held.untilMs === null || deps.clock.now() < held.untilMs ? held : null
  }

  const ask = async (url: string, question: Question, asker: Asker): Promise<Answer> => {
    const { image, login, signal } = asker
    const { method = 'GET', accept, bytesMax, what, passes = [] } = question
    const key = JSON.stringify([image.name, login])
    const once = async (shown: Authorization | null): Promise<Answer> => {
      const options = {
        method,
        bytesMax,
        headers: { accept },
        secretHeaders: shown?.headers ?? {},
        passes: [401, ...passes],
        signal,
      }
      try {
        return await deps.http.ask(url, options)
      } catch (error) {
        throw asked(error, image.name, what)
      }
    }
    const held = good(key)
    const first = await once(held)
    if (first.status !== 401) return first
    known.delete(key)
    const challenge = parseChallenge(first.headers['www-authenticate'] ?? '')
    if (challenge === null) throw unknownChallenge(image.name, first.shownUrl)
    const auth = await deps.login(image, login, signal)
    const { http, clock } = deps
    const fresh = await authorize(challenge, { http, image, base: baseOf(image), auth, nowMs: clock.now(), signal })
    const second = await once(fresh)
    if (second.status === 401) throw refused(image.name, second.shownUrl, auth !== null)
    known.set(key, fresh)
    return second
  }

  return {
    url: (image, path) => `${baseOf(image)}/v2/${image.repository}/${path}`,
    ask,
    open: async (url, offset, what, asker) => {
      const { image, login, signal } = asker
      // Registries send layers from elsewhere: the login is shown to them alone, and asked for before anything comes.
      await ask(url, { method: 'HEAD', accept: '*/*', bytesMax: 0, what }, asker)
      const secretHeaders = good(JSON.stringify([image.name, login]))?.headers ?? {}
      return deps.http.openStream(url, { offset, secretHeaders, signal })
    },
  }
}
