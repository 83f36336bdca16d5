import { readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProbeRef, ServiceRef } from '../../core/plan/step.ts'
import { keptIn } from '../../host/file-set/kept.ts'
import { userName } from '../../host/process/identity.ts'
import { lstatOrNull, statOrNull } from '../../host/tree/stat.ts'
import type { Installed, KeptVersion, StrategyContext } from '../../ports/strategy.ts'
import { keptFilesOf, sidecar, slotPaths, versionOfFolder } from './layout.ts'
import type { DirectoryConfig } from './schema.ts'
import { inTwoSlots, slotServices, writtenSlot } from './slots.ts'

type Found =
  | { readonly state: 'absent' | 'foreign'; readonly tree: null; readonly link: string | null }
  | { readonly state: 'adopted' | 'in-place'; readonly tree: string; readonly link: null }
  | { readonly state: 'slots'; readonly tree: string; readonly link: string }

/** What stands at the path now, read from the disk and from what runs. */
export async function inspect(config: DirectoryConfig, context: StrategyContext): Promise<Installed> {
  const found = await look(config.path)
  const slots = found.state === 'slots' || (found.state === 'absent' && layoutOf(config, found) === 'slots')
  const plain: ServiceRef = {
    component: context.component,
    spec: config.service,
    cwd: slots ? slotPaths(config.path).link : config.path,
    user: config.user ?? null,
  }
  const { ref, state } = await served(config, plain, context)
  const user = config.user ?? state.user ?? (await ownerOf(found.tree ?? config.path))
  const probe: ProbeRef = {
    component: context.component,
    spec: context.probeSpec.type === 'none' ? { type: 'file', file: 'VERSION' } : context.probeSpec,
    dir: slots ? slotPaths(config.path).link : config.path,
    user,
    scheme: context.scheme,
  }
  return {
    state: found.state,
    version: found.tree === null ? null : await readVersion(found, probe, context),
    tree: found.tree,
    kept: await keptVersions(config.path, found, context),
    service: config.service.type === 'none' ? null : { ref: { ...ref, user }, state },
    probe,
    user,
    facts: { link: found.link },
  }
}

/** Of two slots the one that people get, as it is written down: to look must not need the proxy. */
async function served(config: DirectoryConfig, plain: ServiceRef, context: StrategyContext) {
  if (!inTwoSlots(config)) return { ref: plain, state: await context.inspectService(plain) }
  const services = await slotServices(config, plain, context)
  const written = await writtenSlot(config.path)
  const states = {
    blue: await context.inspectService(services.blue),
    green: await context.inspectService(services.green),
  }
  const slot = written ?? (states.green.running && !states.blue.running ? 'green' : 'blue')
  return { ref: services[slot], state: states[slot] }
}

/** Where there is a plain tree that Belay did not make, in-place is the default: nothing else can take it over as it is. */
export function layoutOf(config: DirectoryConfig, found: { readonly state: Installed['state'] }): 'slots' | 'in-place' {
  if (config.layout !== undefined) return config.layout
  return found.state === 'absent' || found.state === 'slots' ? 'slots' : 'in-place'
}

async function look(path: string): Promise<Found> {
  const found = await lstatOrNull(path)
  if (found === null) return { state: 'absent', tree: null, link: null }
  if (!found.isDirectory()) return { state: 'foreign', tree: null, link: null }
  const slot = await lookAtSlot(path)
  if (slot !== null) return slot
  const names = (await readdir(path).catch(goneMeanwhile)).filter((name) => name !== 'releases')
  if (names.length === 0) return { state: 'absent', tree: null, link: null }
  return { state: (await isFolder(sidecar(path))) ? 'in-place' : 'adopted', tree: path, link: null }
}

/** In place, a tree steps aside for the next one: it may have been here a moment ago. */
function goneMeanwhile(error: NodeJS.ErrnoException): readonly string[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
  throw error
}

/** null: no link of ours. One that is switched meanwhile leads to a tree that may be gone before it is looked at. */
async function lookAtSlot(path: string): Promise<Found | null> {
  let before: string | null = null
  while (true) {
    const text = await readlink(slotPaths(path).link).catch(() => null)
    if (text === null || !text.startsWith('releases/')) return null
    const tree = join(path, text)
    if (await isFolder(tree)) return { state: 'slots', tree, link: text }
    if (text === before) return { state: 'absent', tree: null, link: text }
    before = text
  }
}

/** Without a probe the slot's own name tells; a plain tree without a VERSION file is unknown, never a guess. */
async function readVersion(found: Found, probe: ProbeRef, context: StrategyContext): Promise<string | null> {
  const read = await context.readVersion(probe)
  if (read !== null || context.probeSpec.type !== 'none' || found.state !== 'slots') return read
  return versionOfFolder(found.link.slice('releases/'.length))
}

async function keptVersions(path: string, found: Found, context: StrategyContext): Promise<readonly KeptVersion[]> {
  const dirs = found.state === 'slots' ? [slotPaths(path).releases] : [sidecar(path)]
  const files = found.state === 'slots' ? [] : await keptIn(keptFilesOf(context), path)
  const kept: KeptVersion[] = files.map(({ dir, list, since }) => ({ version: list.from, path: dir, since }))
  for (const dir of dirs) {
    for (const name of await readdir(dir).catch(() => [])) {
      const tree = join(dir, name)
      if (name.startsWith('.') || /^(new|failed)~/.test(name) || tree === found.tree) continue
      const at = await statOrNull(tree)
      if (at?.isDirectory()) kept.push({ version: versionOfFolder(name), path: tree, since: at.ctime.toISOString() })
    }
  }
  return kept.toSorted((a, b) => b.since.localeCompare(a.since))
}

/** null: nobody in particular, whoever runs belay. */
async function ownerOf(path: string): Promise<string | null> {
  const found = await statOrNull(path)
  if (found === null || found.uid === process.getuid?.()) return null
  return userName(found.uid)
}

export async function isFolder(path: string): Promise<boolean> {
  return (await statOrNull(path))?.isDirectory() ?? false
}
