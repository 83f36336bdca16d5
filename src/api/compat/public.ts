import type { SteadyClock } from '../../ports/clock.ts'
import type { StatusReport } from '../../ports/engine.ts'
import { type Loading, withApplication } from './application.ts'
import { releaseDay, statusOf } from './standing.ts'

/** What everybody may know of the one application. */
export interface PublicStanding {
  readonly status: StatusReport
  readonly buildDate: string | null
}

/** To look at an installation may start programs, and here anybody asks: however many do, it is looked at this often. */
const lookMs = 2000

/** Gives what stood at most a moment ago. E_NOT_FOUND: the config does not say whose. */
export function publicStanding(ports: Loading, clock: SteadyClock): () => Promise<PublicStanding> {
  let last: { readonly at: number; readonly standing: Promise<PublicStanding> } | null = null
  const look = async (): Promise<PublicStanding> =>
    withApplication(ports, 'system', async ({ engine, settings: { name } }) => {
      const status = await statusOf(engine, name)
      return { status, buildDate: (await engine.buildDate(name)) ?? (await releaseDay(engine, status)) }
    })
  return async () => {
    const at = clock.uptime()
    if (last === null || at - last.at >= lookMs) last = { at, standing: look() }
    return last.standing
  }
}
