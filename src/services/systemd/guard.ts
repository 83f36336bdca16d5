import { access, mkdir, readFile, readdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { atomicWrite, fsyncDir } from '../../host/tree/durable.ts'
import type { BootGuard, ResumeCommand } from '../../ports/service.ts'
import { ownerOf, reloadDefinitions, showOne, systemctl } from '../../host/systemd/manager.ts'
import type { Manager } from '../../host/systemd/scope.ts'
import type { SystemdServiceConfig } from './schema.ts'
import { userUnitsDir } from './units-dir.ts'
import { dropInName, dropInText, resumeUnit, resumeUnitText } from './unit-text.ts'

const enableTimeoutMs = 60_000
const never = new AbortController().signal

/** Where the two files of a guard go, and which manager reads them. */
export interface GuardPlace {
  readonly manager: Manager
  readonly unitsDir: string
  readonly wantedBy: string
  /** The unit that waits. */
  readonly unit: string
  readonly bond: 'Requires' | 'Wants'
}

/**
 * A user's unit cannot wait for a system unit, and a resume that needs root cannot be a user's unit: when belay is root,
 * that user's whole manager waits instead.
 */
export async function guardPlace(config: SystemdServiceConfig, systemUnitsDir: string): Promise<GuardPlace> {
  const system = {
    manager: { scope: 'system', user: null },
    unitsDir: systemUnitsDir,
    wantedBy: 'multi-user.target',
  } as const
  // The agent is what tells a person that a run is stuck: that run must not keep it down.
  const bond = config.unit === 'belay-agent.service' ? 'Wants' : 'Requires'
  if (config.scope === 'system') return { ...system, unit: config.unit, bond }
  const owner = await ownerOf({ scope: 'user', user: config.user ?? null })
  if (process.getuid?.() === 0 && owner.uid !== 0)
    return { ...system, unit: `user@${owner.uid}.service`, bond: 'Wants' }
  return {
    manager: { scope: 'user', user: null },
    unitsDir: userUnitsDir(owner.home),
    wantedBy: 'default.target',
    unit: config.unit,
    bond,
  }
}

/** true when the file was not yet as it is to be. */
async function put(path: string, text: string): Promise<boolean> {
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return false
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  await atomicWrite(path, text, { mode: 0o644 })
  await fsyncDir(dirname(dirname(path)))
  return true
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function dropIn(place: GuardPlace): string {
  return join(place.unitsDir, `${place.unit}.d`, dropInName)
}

/** Writes both files; true when one of them changed. */
export async function writeGuard(place: GuardPlace, resume: ResumeCommand): Promise<boolean> {
  const unit = await put(join(place.unitsDir, resumeUnit), resumeUnitText(resume, place.wantedBy))
  const drop = await put(dropIn(place), dropInText(place.bond))
  return unit || drop
}

/** Removes the drop-in; true when no other unit waits for the resume unit any more. */
export async function removeDropIn(place: GuardPlace): Promise<boolean> {
  await rm(dropIn(place), { force: true })
  // Other drop-ins in that folder are someone else's.
  await rmdir(dirname(dropIn(place))).catch(() => {})
  const folders = await readdir(place.unitsDir).catch(() => [])
  for (const folder of folders.filter((name) => name.endsWith('.d'))) {
    if (await isThere(join(place.unitsDir, folder, dropInName))) return false
  }
  return true
}

async function enable(place: GuardPlace): Promise<void> {
  const link = join(place.unitsDir, `${place.wantedBy}.wants`, resumeUnit)
  if (await isThere(link)) return
  const result = await systemctl(place.manager, ['--quiet', 'enable', resumeUnit], enableTimeoutMs, never)
  if (result.code !== 0) {
    throw fail('E_SERVICE_START', `${resumeUnit} cannot be enabled: ${result.stderr.trim()}`, {
      hint: `"systemctl enable ${resumeUnit}" shows why.`,
    })
  }
  await fsyncDir(dirname(link))
}

/**
 * Started now, while the service still runs: otherwise the service's own next start would wait for it, inside the outage.
 * It stays active until the next boot and finds nothing to do, since the run that installs it is alive.
 */
async function activate(place: GuardPlace): Promise<void> {
  const result = await systemctl(place.manager, ['start', resumeUnit], enableTimeoutMs, never)
  if (result.code === 0) return
  throw fail('E_SERVICE_START', `${resumeUnit} does not start: ${result.stderr.trim()}`, {
    hint: `"journalctl -u ${resumeUnit}" shows why. Services wait for it at boot, so it must work.`,
  })
}

/** The files alone do nothing until systemd has read them: it is asked whether it has, in case we died in between. */
async function readByManager(place: GuardPlace): Promise<boolean> {
  const shown = [await showOne(place.manager, resumeUnit, never), await showOne(place.manager, place.unit, never)]
  return shown.every((unit) => !unit.needsReload && unit.loadState !== 'not-found')
}

async function install(place: GuardPlace, resume: ResumeCommand): Promise<void> {
  const changed = await writeGuard(place, resume)
  if (changed || !(await readByManager(place))) await reloadDefinitions(place.manager, never)
  await enable(place)
  await activate(place)
}

async function remove(place: GuardPlace): Promise<void> {
  if (await removeDropIn(place)) {
    if (await isThere(join(place.unitsDir, resumeUnit))) {
      await systemctl(place.manager, ['--quiet', 'disable', resumeUnit], enableTimeoutMs, never)
      await rm(join(place.unitsDir, resumeUnit), { force: true })
    }
  }
  await reloadDefinitions(place.manager, never)
}

export function systemdGuard(systemUnitsDir: string): BootGuard<SystemdServiceConfig> {
  return {
    install: async (config, resume) => install(await guardPlace(config, systemUnitsDir), resume),
    installed: async (config) => {
      const place = await guardPlace(config, systemUnitsDir)
      return (await isThere(dropIn(place))) && isThere(join(place.unitsDir, resumeUnit))
    },
    remove: async (config) => remove(await guardPlace(config, systemUnitsDir)),
  }
}
