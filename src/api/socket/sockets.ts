import { fail } from '../../core/model/problem.ts'
import type { RequestHead } from '../../ports/access.ts'
import type { Line } from '../../ports/line.ts'
import type { SocketBody, SocketSubject } from '../../protocol/ws/messages.ts'
import { understand } from '../../protocol/ws/request.ts'
import { answer, type Shared } from './answer.ts'
import { endOf, type News, openNews } from './news.ts'
import { type Peer, say } from './peer.ts'
import type { SocketPorts } from './ports.ts'

export const socketPath = '/ws'

/** A frontend that asks more at once does not read the answers. */
const askingMax = 8
const admitAgainMs = 15_000
/** RFC 6455: what was allowed at the upgrade is no more. */
const policyCode = 1008

/** The WebSocket of the agent: one room in which everybody hears what happens, and asks for themselves. */
export interface Sockets {
  /** Who the upgrade comes from may listen, or E_LOGIN_NEEDED, E_FORBIDDEN, E_NOT_FOUND. */
  admit(head: RequestHead): Promise<void>
  join(line: Line, head: RequestHead): void
}

export function createSockets(ports: SocketPorts): Sockets {
  const peers = new Set<Peer>()
  let open: { readonly shared: Shared; readonly news: News } | null = null

  const tellAll = <S extends SocketSubject>(subject: S, body: SocketBody<S>) => {
    for (const peer of peers) say(peer, subject, body)
  }
  const opened = () => {
    if (open !== null) return open
    const news = openNews(ports, {
      progress: (body) => tellAll('updater_progress', body),
      info: (body) => tellAll('system_info', body),
      available: (body) => tellAll('update_available', body),
      ended(run) {
        for (const peer of peers) {
          const { result, log } = endOf(run, peer.names.get(run.plan.run))
          peer.names.delete(run.plan.run)
          say(peer, 'update_result', result)
          say(peer, 'log', log)
        }
      },
    })
    open = { news, shared: { news, checking: null, updatingAll: false } }
    return open
  }
  const hear = async (peer: Peer, { shared }: { readonly shared: Shared }, text: string | null): Promise<void> => {
    const request =
      text === null
        ? ({ kind: 'bad', to: null, subject: null, why: 'Send text, not bytes.' } as const)
        : understand(text)
    if (request.kind === 'echo') return
    if (peer.asking >= askingMax) {
      const message = `${askingMax} requests are not answered yet.`
      const hint = 'Wait for their answers.'
      return say(peer, 'error', { subject: null, code: 'E_TOO_MANY_ATTEMPTS', message, hint }, request.to)
    }
    peer.asking++
    await answer(ports, shared, peer, request)
    peer.asking--
  }

  return {
    async admit(head) {
      if (head.path !== socketPath) throw fail('E_NOT_FOUND', `There is no WebSocket here: it is at ${socketPath}.`)
      await ports.gate.admit(head, 'read')
    },
    join(line, head) {
      const peer: Peer = { line, head, names: new Map(), asking: 0 }
      const gone = new AbortController()
      peers.add(peer)
      const { news, shared } = opened()
      line.onClose(() => {
        gone.abort()
        peers.delete(peer)
        if (peers.size > 0) return
        open?.news.stop()
        open = null
      })
      line.onMessage((text) => void hear(peer, { shared }, text))
      void news.info().then(
        (body) => say(peer, 'system_info', body),
        () => {},
      )
      void keepAdmitted(ports, peer, gone.signal)
    },
  }
}

/** A login that is over, or a token that was revoked, ends what it opened. */
async function keepAdmitted({ gate, clock }: SocketPorts, { line, head }: Peer, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await clock.sleep(admitAgainMs, signal)
      await gate.admit(head, 'read')
    }
  } catch {
    if (!signal.aborted) line.close(policyCode, 'the login is over')
  }
}
