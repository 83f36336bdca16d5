import { readFile } from 'node:fs/promises'
import { isLoopback } from '../core/access/hosts.ts'
import { fail, problemOf } from '../core/model/problem.ts'
import { listen, type Listening, type ListenOptions, type Tls } from '../host/server/listen.ts'
import type { AgentLine } from '../ports/agent.ts'
import type { SteadyClock } from '../ports/clock.ts'
import type { AgentSettings, Listen } from '../protocol/settings.ts'

const againMs = 30_000

export interface KeptListening {
  /**
   * Listens as the config now says, or has tried to when this resolves. What stays the same goes on, with its connections;
   * certificates are read anew.
   */
  follow(agent: AgentSettings): Promise<void>
  close(): Promise<void>
}

/**
 * Keeps listening where the config says. A port that cannot be had is told and tried again: to keep software up to date
 * matters more than to be watched doing it. `opened` is called each time that it listens anew.
 */
export function keepListening(
  handlers: Pick<ListenOptions, 'onRequest' | 'onUpgrade'>,
  clock: SteadyClock,
  tell: (level: AgentLine['level'], text: string) => void,
  opened: (url: string) => Promise<void>,
): KeptListening {
  let open: { readonly where: Listen; readonly listening: Listening } | null = null
  let attempt = { ended: new AbortController(), done: Promise.resolve() }

  const stop = async () => {
    attempt.ended.abort()
    await attempt.done
  }
  const close = async () => {
    await stop()
    await open?.listening.close()
    open = null
  }
  const begin = async (where: Listen): Promise<boolean> => {
    try {
      const listening = await listen({ ...handlers, host: where.host, port: where.port, tls: await readTls(where) })
      open = { where, listening }
      tell('info', `answering at ${listening.url}`)
      await opened(listening.url)
      return true
    } catch (error) {
      const { code, message, hint } = problemOf(error)
      const again = open === null ? ` It is tried again every ${againMs / 1000} s.` : ''
      tell('warn', `${code} ${message} ${hint ?? ''}${again}`)
      return open !== null
    }
  }
  const keepTrying = async (where: Listen, signal: AbortSignal) => {
    while (!signal.aborted) {
      await clock.sleep(againMs, signal).catch(() => {})
      if (signal.aborted || (await begin(where))) return
    }
  }
  return {
    async follow({ listen: where, access }) {
      await stop()
      if (where !== null && open !== null && isSamePlace(open.where, where)) {
        open = { ...open, where }
        await renewTls(open.listening, where, tell)
        return
      }
      await close()
      if (where === null) return
      warnOpen(where, access.proxies.length > 0, tell)
      if (await begin(where)) return
      const ended = new AbortController()
      attempt = { ended, done: keepTrying(where, ended.signal) }
    },
    close,
  }
}

function isSamePlace(one: Listen, other: Listen): boolean {
  return one.host === other.host && one.port === other.port && (one.tls === null) === (other.tls === null)
}

async function readTls({ tls }: Listen): Promise<Tls | null> {
  if (tls === null) return null
  const [cert, key] = await Promise.all([readPem(tls.cert), readPem(tls.key)])
  return { cert, key }
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw fail('E_LISTEN', `The file ${path} of agent.tls cannot be read: ${problemOf(cause).message}`, {
      hint: 'Put certificate and key there, for the user that the agent runs as.',
      retryable: true,
      cause,
    })
  }
}

/** One that is not right leaves the old one in use. */
async function renewTls(
  listening: Listening,
  where: Listen,
  tell: (level: AgentLine['level'], text: string) => void,
): Promise<void> {
  try {
    const tls = await readTls(where)
    if (tls !== null) listening.renew(tls)
  } catch (error) {
    const { code, message } = problemOf(error)
    tell('warn', `${code} ${message} The certificate that was in use stays.`)
  }
}

function warnOpen(
  { host, port, tls }: Listen,
  behindProxy: boolean,
  tell: (level: AgentLine['level'], text: string) => void,
): void {
  if (tls !== null || behindProxy || isLoopback(host) || host === 'localhost') return
  tell(
    'warn',
    `agent.listen ${host}:${port} is open to other hosts without encryption: passwords and tokens can be read on the way. ` +
      'Set agent.tls, or put a proxy with TLS before it and name its address in agent.proxies.',
  )
}
