import { problemOf } from '../core/model/problem.ts'
import type { AgentEnd } from '../ports/agent.ts'
import { type Bell, createBell } from './bell.ts'
import { checkDue } from './checks.ts'
import { createTrack, type Track } from './component.ts'
import { createGenerations, type Generations } from './generations.ts'
import { greet } from './greet.ts'
import type { AgentPorts, Loaded } from './ports.ts'
import { reloader } from './reload.ts'
import { createKeeper, lookMs as servicesMs } from './services.ts'
import { tellRuns } from './tell-runs.ts'
import { sentence, updateDue } from './updates.ts'

/** The wall clock may be set, and a timer stands still while the host sleeps: no wait is longer than until the next look. */
const lookMs = 60_000
const resumeAgainMs = 600_000
/** What a run that is asked to go back may take. The service manager waits a little longer. */
const graceMs = 280_000

/**
 * The daemon: finishes what was left behind, asks the sources in time, installs what the policy lets be installed, and
 * keeps services alive that have nobody else. Ends when it is asked to. A request to stop lets a run go back, as Ctrl-C
 * does; after a second one, or when that takes too long, the run is left to the next start.
 */
export async function runAgent(ports: AgentPorts, first: Loaded): Promise<AgentEnd> {
  const { clock, say } = ports
  const stop = new AbortController()
  const left = Promise.withResolvers<'left'>()
  const bells = { checks: createBell(clock), updates: createBell(clock), services: createBell(clock) }
  const ringAll = () => {
    for (const bell of Object.values(bells)) bell.ring()
  }
  const generations = createGenerations(first)
  const ended = new AbortController()
  ports.onStop(() => {
    if (stop.signal.aborted) return left.resolve('left')
    say({ level: 'info', component: null, run: null, text: 'stopping; a run that is under way is undone first' })
    stop.abort()
    ringAll()
    clock.sleep(graceMs, ended.signal).then(
      () => left.resolve('left'),
      () => {},
    )
  })
  first.engine.subscribe(tellRuns(say))
  const track = createTrack(ports)
  const reload = reloader(ports, generations, ({ settings }) => {
    track.keep([...settings.components.keys()])
    ringAll()
  })
  ports.onReload(() => {
    if (!stop.signal.aborted) reload.request()
  })
  ports.noted(null)
  greet(say, first.settings, 'started')
  try {
    return await Promise.race([work(ports, track, generations, bells, stop.signal), left.promise])
  } finally {
    ended.abort()
  }
}

type Bells = { readonly checks: Bell; readonly updates: Bell; readonly services: Bell }

/** Three loops: a run that soaks for a day must not keep sources from being asked, nor services from being kept alive. */
async function work(
  ports: AgentPorts,
  track: Track,
  generations: Generations,
  bells: Bells,
  signal: AbortSignal,
): Promise<'stopped'> {
  const keeper = createKeeper(ports)
  const resume = resumer(ports, signal)
  // What cannot even be looked at now may be better in a while; a daemon does not end of it.
  const guarded = (error: unknown): number => {
    ports.say({ level: 'error', component: null, run: null, text: sentence(problemOf(error)) })
    return lookMs
  }
  /** `round` gives the time until it is to be called again. */
  const loop = async (round: (loaded: Loaded) => Promise<number>, bell: Bell): Promise<void> => {
    while (!signal.aborted) {
      const wait = await generations.use(round).catch(guarded)
      if (!signal.aborted) await bell.wait(Math.min(wait, lookMs))
    }
  }
  await Promise.all([
    loop((loaded) => checkDue(ports, track, loaded, signal, () => bells.updates.ring()), bells.checks),
    loop(
      async (loaded) => Math.min(await resume(loaded), await updateDue(ports, track, loaded, signal)),
      bells.updates,
    ),
    loop(async (loaded) => {
      await keeper.look(loaded, signal)
      return loaded.ownServices.length === 0 ? Infinity : servicesMs
    }, bells.services),
  ])
  generations.close()
  return 'stopped'
}

/** Once after the start, and again where somebody else had a run in hand. Gives the time until it is to be tried again. */
function resumer({ clock, say }: AgentPorts, signal: AbortSignal): (loaded: Loaded) => Promise<number> {
  let dueAt = clock.uptime()
  return async ({ engine }) => {
    if (clock.uptime() < dueAt) return dueAt - clock.uptime()
    try {
      await engine.resume({ boot: false, signal })
      dueAt = Infinity
      return Infinity
    } catch (error) {
      say({ level: 'warn', component: null, run: null, text: `resuming: ${sentence(problemOf(error))}` })
      dueAt = clock.uptime() + resumeAgainMs
      return resumeAgainMs
    }
  }
}
