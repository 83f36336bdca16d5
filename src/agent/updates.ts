import type { ComponentName } from '../core/model/names.ts'
import { type Problem, problemOf } from '../core/model/problem.ts'
import { type Attempt, nextAttempt } from '../core/schedule/attempt.ts'
import type { Prospect } from '../ports/engine.ts'
import type { ComponentSettings } from '../protocol/settings.ts'
import type { Cancels } from './inside.ts'
import { momentOf, type Track, type Tracked } from './component.ts'
import type { AgentPorts, Loaded } from './ports.ts'

/** `again`: it may do better a little later. `over`: the next check, or the next window, decides. */
type Ended = 'over' | 'again'

/**
 * Updates what the policy lets be updated now, in the order of what requires what, one at a time; gives the time until
 * the next try.
 */
export async function updateDue(
  ports: AgentPorts,
  { track, cancels }: { readonly track: Track; readonly cancels: Cancels },
  loaded: Loaded,
  signal: AbortSignal,
): Promise<number> {
  const all = [...loaded.settings.components]
  const due = all.filter(([name, settings]) => attemptOf(ports, track.of(name, loaded), settings).wait === 0)
  if (due.length > 0 && !signal.aborted) {
    for (const [name, settings] of due) looking(ports, track.of(name, loaded), settings)
    const names = due.map(([name]) => name)
    const ended = await install(ports, track, cancels, loaded, names, signal).catch((error: unknown) => {
      ports.say({ level: 'error', component: null, run: null, text: sentence(problemOf(error)) })
      return new Map<ComponentName, Ended>()
    })
    for (const [name] of due) settle(ports, track.of(name, loaded), ended.get(name) ?? 'again')
  }
  return Math.min(...all.map(([name, settings]) => attemptOf(ports, track.of(name, loaded), settings).wait ?? Infinity))
}

function attemptOf({ clock }: AgentPorts, { attempt }: Tracked, { policy, check }: ComponentSettings): Attempt {
  return nextAttempt(policy, attempt, check.afterStartMs, momentOf(clock))
}

function looking(ports: AgentPorts, tracked: Tracked, settings: ComponentSettings): void {
  const { opening } = attemptOf(ports, tracked, settings)
  const looked = opening === null ? tracked.attempt.looked : { opening, uptime: ports.clock.uptime() }
  tracked.attempt = { ...tracked.attempt, wanted: false, looked }
}

/** What became known while it was worked on stays wanted. */
function settle({ clock }: AgentPorts, tracked: Tracked, ended: Ended): void {
  const { attempt } = tracked
  const count = (attempt.failed?.count ?? 0) + 1
  tracked.attempt =
    ended === 'over'
      ? { ...attempt, failed: null }
      : { ...attempt, wanted: true, failed: { count, uptime: clock.uptime() } }
}

async function install(
  ports: AgentPorts,
  track: Track,
  cancels: Cancels,
  loaded: Loaded,
  names: readonly ComponentName[],
  signal: AbortSignal,
): Promise<ReadonlyMap<ComponentName, Ended>> {
  const ended = new Map<ComponentName, Ended>()
  const missed = new Set<string>()
  const { engine } = loaded
  for (const prospect of await engine.prospects(names, { timed: true, auto: true, signal })) {
    if (signal.aborted) break
    const { component } = prospect
    const blocker = Object.keys(prospect.requires).find((name) => missed.has(name))
    if (isToRun(prospect) && blocker !== undefined) {
      once(
        ports,
        track.of(component, loaded),
        component,
        'warn',
        `not started: ${blocker}, which it requires, did not come`,
      )
      ended.set(component, 'again')
      missed.add(component)
      continue
    }
    const end = isToRun(prospect)
      ? await cancels.during(component, signal, async (either) => run(ports, loaded, component, either))
      : waiting(ports, track.of(component, loaded), prospect)
    ended.set(component, end.ended)
    if (!end.came) missed.add(component)
    else if (isToRun(prospect)) wakeDependents(track, loaded, component, names)
  }
  return ended
}

/** What was held because it requires this one may come now. */
function wakeDependents(track: Track, loaded: Loaded, component: ComponentName, but: readonly ComponentName[]): void {
  for (const [name, { requires }] of loaded.settings.components) {
    if (!Object.hasOwn(requires, component) || but.includes(name)) continue
    const tracked = track.of(name, loaded)
    tracked.attempt = { ...tracked.attempt, wanted: true }
  }
}

function isToRun({ kind }: Prospect): boolean {
  return kind === 'plan' || kind === 'unfinished'
}

/** `came`: what requires it may go on. */
interface End {
  readonly ended: Ended
  readonly came: boolean
}

/** The run itself is told by its events. */
async function run(ports: AgentPorts, { engine }: Loaded, name: ComponentName, signal: AbortSignal): Promise<End> {
  try {
    const { outcome, problem } = await engine.update(name, { timed: true, auto: true, signal })
    const came = outcome === 'committed' || outcome === 'current'
    return { ended: outcome === 'failed' && problem?.retryable === true ? 'again' : 'over', came }
  } catch (error) {
    const problem = problemOf(error)
    const level = problem.code === 'E_HELD' || problem.code === 'E_LOCKED' ? 'info' : 'error'
    ports.say({ level, component: name, run: null, text: `not updated: ${sentence(problem)}` })
    return { ended: problem.retryable && problem.code !== 'E_HELD' ? 'again' : 'over', came: false }
  }
}

function waiting(ports: AgentPorts, tracked: Tracked, prospect: Prospect): End {
  switch (prospect.kind) {
    case 'held':
      once(ports, tracked, prospect.component, 'info', sentence(prospect.problem))
      return { ended: 'over', came: true }
    case 'failed':
      once(ports, tracked, prospect.component, 'warn', `not updated: ${sentence(prospect.problem)}`)
      return { ended: prospect.problem.retryable ? 'again' : 'over', came: true }
    case 'current':
    case 'plan':
    case 'unfinished':
      return { ended: 'over', came: true }
  }
}

function once(
  { say }: AgentPorts,
  tracked: Tracked,
  component: ComponentName,
  level: 'info' | 'warn',
  text: string,
): void {
  if (tracked.said === text) return
  tracked.said = text
  say({ level, component, run: null, text })
}

export function sentence({ code, message, hint }: Problem): string {
  return `${code} ${message}${hint === null ? '' : ` ${hint}`}`
}
