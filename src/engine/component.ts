import { followed } from '../core/image/family.ts'
import type { ComponentName, RunId } from '../core/model/names.ts'
import { BelayError } from '../core/model/problem.ts'
import type { ComponentSettings } from '../protocol/settings.ts'
import type { OpenStrategy } from '../ports/adapters.ts'
import type { RunSummary } from '../ports/journal.ts'
import type { Installed, StrategyContext } from '../ports/strategy.ts'
import { remembering } from './once.ts'
import type { EnginePorts } from './ports.ts'

/** A component opened for one question or one run: its settings, its strategy and what stands on the machine now. */
export interface Opened {
  readonly name: ComponentName
  readonly settings: ComponentSettings
  readonly strategy: OpenStrategy
  readonly context: StrategyContext
  readonly installed: Installed
}

export async function openComponent(
  ports: EnginePorts,
  settings: ComponentSettings,
  run: RunId,
  signal: AbortSignal,
  use: 'look' | 'change' = 'look',
): Promise<Opened> {
  const strategy = await ports.adapters.strategy(settings.strategy)
  const context: StrategyContext = {
    component: settings.name,
    run,
    runDir: runDirOf(ports, run),
    cacheDir: ports.join(ports.stateDir, 'cache'),
    probeSpec: settings.version.probe,
    scheme: settings.version.scheme,
    readVersion: async (ref) => (await ports.adapters.probe(ref)).read(signal).catch(unknownVersion),
    inspectService: async (ref) => (await ports.adapters.service(ref)).inspect(),
    relocation: async (ref, move) => (await ports.adapters.service(ref)).relocation(move),
    service: (ref) => ports.adapters.service(ref),
    inSlot: (ref, slot, port) => ports.adapters.inSlot(ref, slot, port),
    traffic: (ref) => ports.adapters.traffic(ref),
    keep: settings.backups.keep,
    source: settings.source,
    data: settings.data,
    tree: async (release) => (await ports.adapters.source(settings.source)).tree(release, signal),
    releases: async () => {
      const source = await ports.adapters.source(settings.source)
      return (await source.list({ force: false, cacheMs: settings.cacheMs, signal })).releases
    },
    signal,
    once: remembering(),
  }
  if (use === 'change') await strategy.ahead(context)
  const inspect = () => strategy.inspect(context)
  const installed = use === 'look' ? await seenFromOutside(ports, settings, inspect) : await inspect()
  return { name: settings.name, settings: asFollowed(settings, installed), strategy, context, installed }
}

/** While a run is at it, what stands may be of two versions, or of none: until it is the new one, it counts as the old one. */
async function seenFromOutside(
  ports: EnginePorts,
  { name, strategy }: ComponentSettings,
  inspect: () => Promise<Installed>,
): Promise<Installed> {
  for (;;) {
    const before = await runAt(ports, name)
    const seen = await inspect()
    if (isKnown(seen.version)) return seen
    const now = await runAt(ports, name)
    if (now !== null)
      return isKnown(now.from) ? { ...seen, version: now.from, state: stateBefore(seen.state, strategy.type) } : seen
    // One that ended meanwhile may have been seen half-way: what it left is looked at once more.
    if (before === null) return seen
  }
}

async function runAt({ journal, locks }: EnginePorts, component: ComponentName): Promise<RunSummary | null> {
  const run = (await journal.unfinished()).find((one) => one.component === component)
  return run !== undefined && (await locks.holder(`component:${component}`)) !== null ? run : null
}

function isKnown(version: string | null): version is string {
  return version !== null && version !== 'unknown'
}

/** What is on its way is nowhere for a moment, or of no commit. */
function stateBefore(state: Installed['state'], strategy: string): Installed['state'] {
  if (state !== 'absent' && state !== 'adopted') return state
  return strategy === 'compose' || strategy === 'git' ? strategy : 'in-place'
}

/** Which tag runs is seen only now; one that names no version has no scheme to be compared in. */
function asFollowed(settings: ComponentSettings, { facts }: Installed): ComponentSettings {
  if (followed(settings.source, facts['tag'])?.byDigest !== true) return settings
  return { ...settings, version: { ...settings.version, scheme: 'digest' } }
}

export function runDirOf(ports: EnginePorts, run: RunId): string {
  return ports.join(ports.stateDir, 'runs', run)
}

/** A probe that cannot answer says that the version is unknown; what is broken in the config is still an error. */
function unknownVersion(error: unknown): null {
  if (error instanceof BelayError && error.problem.code !== 'E_CONFIG_INVALID' && error.problem.code !== 'E_CANCELLED')
    return null
  throw error
}

/** Where backups may go: the config's places, else the default ones. */
export function backupPlaces(ports: EnginePorts, settings: ComponentSettings): readonly string[] {
  if (settings.backups.path.length > 0) return settings.backups.path
  return [ports.join(ports.stateDir, 'backups'), '/var/backups/belay', '/opt/.backups']
}
