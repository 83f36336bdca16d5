import type { RunDetails } from '../../ports/engine.ts'
import type { RunProgress } from '../../protocol/api/runs.ts'
import type { SocketBody } from '../../protocol/ws/messages.ts'
import type { SocketPorts } from './ports.ts'
import { type Known, offerOf, systemInfoOf } from './tell-components.ts'
import { logOf, progressOf, resultOf } from './tell-run.ts'

/** Whom the news is for. */
export interface Audience {
  progress(body: SocketBody<'updater_progress'>): void
  ended(run: RunDetails): void
  info(body: SocketBody<'system_info'>): void
  available(body: SocketBody<'update_available'>): void
}

/**
 * What happens to components and runs, whoever began it: this process, a timer, a command line. Asks only while there is
 * an audience.
 */
export interface News {
  /** Is told of a run that was begun, before anybody else finds it. */
  follow(run: string): void
  /** What stands now, for one who has just come. */
  info(): Promise<SocketBody<'system_info'>>
  stop(): void
}

const againMs = 5000
/** Enough to find what was begun between two hints. */
const runsLooked = 5

export function openNews(ports: SocketPorts, audience: Audience): News {
  const { watcher, clock, hostName } = ports
  const control = new AbortController()
  const { signal } = control
  const followed = new Set<string>()
  let offered: Map<string, string | null> | null = null
  let gathering: Promise<readonly Known[]> | null = null
  let telling: Promise<void> | null = null
  let stale = false

  const gather = async (): Promise<readonly Known[]> =>
    ports.use(async ({ engine }) => {
      const statuses = await engine.status(engine.components())
      return statuses.map((status) => ({ status, check: engine.lastCheck(status.component) }))
    })
  const known = async (): Promise<readonly Known[]> => {
    gathering ??= gather().finally(() => {
      gathering = null
    })
    return gathering
  }
  const noteOffers = (all: readonly Known[]): void => {
    const before = offered
    offered = new Map(all.map(({ status }) => [status.component, status.update_available ? status.available : null]))
    // What stood when the first one came is in what it was told first.
    if (before === null) return
    for (const one of all) {
      const offer = offerOf(one)
      if (offer !== null && before.get(offer.component) !== offer.latest) audience.available(offer)
    }
  }
  const infoOf = (all: readonly Known[]) => systemInfoOf(hostName, new Date(clock.now()).toISOString(), all)
  const tellAll = async (): Promise<void> => {
    try {
      while (stale && !signal.aborted) {
        stale = false
        const all = await gather()
        noteOffers(all)
        audience.info(infoOf(all))
      }
    } finally {
      telling = null
    }
  }
  // What is being gathered already may be older than what this call is about: it is gathered once more then.
  const refresh = (): void => {
    stale = true
    telling ??= tellAll().catch(() => {})
  }
  const follow = (run: string): void => {
    if (followed.has(run)) return
    followed.add(run)
    void tellRun(ports, audience, run, signal).then(refresh, () => {})
  }
  const findRuns = async (isFirst: boolean): Promise<void> => {
    const runs = await ports.use(async ({ engine }) => engine.history({ limit: runsLooked }))
    for (const { run, closed } of runs.toReversed()) {
      // What had ended before the first one came is history.
      if (isFirst && closed !== null) followed.add(run)
      else follow(run)
    }
  }
  const listen = async (): Promise<void> => {
    const hints = watcher.hints(signal)
    // It listens from here on: what happens while the first look goes on is not missed.
    const first = hints.next()
    await findRuns(true)
    noteOffers(await known())
    for (let next = await first; next.done !== true; next = await hints.next()) {
      const { kind } = next.value
      if (kind === 'runs') await findRuns(false)
      if (kind === 'components' || kind === 'settings') refresh()
    }
  }
  const keepListening = async (): Promise<void> => {
    while (!signal.aborted) {
      // What cannot be looked at now may be better in a while: whoever is connected hears of the rest then.
      await listen().catch(() => {})
      await clock.sleep(againMs, signal).catch(() => {})
    }
  }
  void keepListening()
  return { follow, info: async () => infoOf(await known()), stop: () => control.abort() }
}

async function tellRun(ports: SocketPorts, audience: Audience, run: string, signal: AbortSignal): Promise<void> {
  let details: RunDetails | null = null
  let live: RunProgress | null = null
  let said = ''
  for await (const heard of ports.watcher.run(run, signal)) {
    if (heard.t === 'progress') live = heard
    else details = heard.details
    if (details === null) continue
    const body = progressOf(details, live)
    const text = JSON.stringify(body)
    if (text !== said) audience.progress(body)
    said = text
    if (heard.t === 'closed') audience.ended(heard.details)
  }
}

/** The two ways in which frontends hear of the end. */
export function endOf(run: RunDetails, calledAs: string | undefined) {
  const result = resultOf(run, calledAs ?? run.component)
  return { result, log: logOf(result) }
}
