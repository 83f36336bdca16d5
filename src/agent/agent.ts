import { problemOf } from '../core/model/problem.ts'
import { watcherLeaves } from '../core/self/watcher.ts'
import type { AgentEnd } from '../ports/agent.ts'
import { type Bell, createBell } from './bell.ts'
import { checkDue } from './checks.ts'
import { createTrack, type Track } from './component.ts'
import { createGenerations, type Generations } from './generations.ts'
import { greet } from './greet.ts'
import { type Cancels, createCancels, createDoors, type Doors } from './inside.ts'
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
  const bells = {
    checks: createBell(clock),
    updates: createBell(clock),
    services: createBell(clock),
    notify: createBell(clock),
  }
  const ringAll = () => {
    for (const bell of Object.values(bells)) bell.ring()
  }
  const generations = createGenerations(first)
  const ended = new AbortController()
  ports.onStop(() => {
    if (stop.signal.aborted) return left.resolve('left')
    say({ level: 'info', component: null, run: null, text: 'stopping; a run that is under way is undone first' })
    stop.abort(watcherLeaves('leave'))
    ringAll()
    clock.sleep(graceMs, ended.signal).then(
      () => left.resolve('left'),
      () => {},
    )
  })
  first.engine.subscribe(tellRuns(say))
  ports.notify.onWake(() => bells.notify.ring())
  const track = createTrack(ports)
  const reload = reloader(ports, generations, (loaded) => {
    doors.attach(loaded)
    track.keep([...loaded.settings.components.keys()])
    ringAll()
  })
  const cancels = createCancels()
  const doors = createDoors(generations, cancels, stop.signal, () => reload.request())
  doors.inside.subscribe(({ t }) => {
    if (t === 'closed') bells.notify.ring()
  })
  doors.attach(first)
  ports.onReload(() => {
    if (!stop.signal.aborted) void reload.request()
  })
  ports.noted(null)
  greet(say, first.settings, 'started')
  const close = await ports.open(doors.inside)
  try {
    await ports.ready()
    const parts = { track, cancels, doors, reload: () => reload.request() }
    return await Promise.race([work(ports, parts, generations, bells, stop.signal), left.promise])
  } finally {
    ended.abort()
    await close()
  }
}

interface Parts {
  readonly track: Track
  readonly cancels: Cancels
  readonly doors: Doors
  readonly reload: () => Promise<unknown>
}

type Bells = Readonly<Record<'checks' | 'updates' | 'services' | 'notify', Bell>>

/** Loops of their own: a run that soaks for a day must not keep sources from being asked, nor services from being kept alive. */
async function work(
  ports: AgentPorts,
  { track, cancels, doors, reload }: Parts,
  generations: Generations,
  bells: Bells,
  signal: AbortSignal,
): Promise<'stopped'> {
  const keeper = createKeeper(ports)
  const resume = resumer(ports, reload, signal)
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
  // From here on what ends is told; what had ended before the very first start is not.
  await generations.use((loaded) => ports.notify.look(loaded)).catch(guarded)
  await Promise.all([
    loop(async (loaded) => {
      const wait = await checkDue(ports, track, loaded, signal, () => bells.updates.ring())
      bells.notify.ring()
      return wait
    }, bells.checks),
    loop(
      async (loaded) => Math.min(await resume(loaded), await updateDue(ports, { track, cancels }, loaded, signal)),
      bells.updates,
    ),
    loop(async (loaded) => {
      await keeper.look(loaded, signal)
      for (const component of await ports.keepForwards(loaded, signal)) {
        ports.say({ level: 'warn', component, run: null, text: 'its forwarder had died and was started again' })
      }
      const { engine, ownServices, ownForwards } = loaded
      const left = engine.retiring().length === 0 ? [] : await engine.retire({ signal })
      return ownServices.length + ownForwards.length + left.length === 0 ? Infinity : servicesMs
    }, bells.services),
    loop((loaded) => ports.notify.look(loaded), bells.notify),
  ])
  await doors.ended()
  generations.close()
  return 'stopped'
}

/** Once after the start, and again where somebody else had a run in hand. Gives the time until it is to be tried again. */
function resumer(
  { clock, say }: AgentPorts,
  reload: () => Promise<unknown>,
  signal: AbortSignal,
): (loaded: Loaded) => Promise<number> {
  let dueAt = clock.uptime()
  return async ({ engine, provisional }) => {
    if (clock.uptime() < dueAt) return dueAt - clock.uptime()
    try {
      await engine.resume({ boot: false, signal })
      dueAt = Infinity
      // Not waited for: it would wait for this very round.
      if (provisional === true) void reload()
      return Infinity
    } catch (error) {
      say({ level: 'warn', component: null, run: null, text: `resuming: ${sentence(problemOf(error))}` })
      dueAt = clock.uptime() + resumeAgainMs
      return resumeAgainMs
    }
  }
}
