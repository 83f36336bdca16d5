import type { Finding } from '../core/doctor/report.ts'
import type { ComponentName } from '../core/model/names.ts'
import { problemCodes } from '../core/model/codes.ts'
import { type Problem, problemOf } from '../core/model/problem.ts'
import type { SlotPhases } from '../ports/strategy.ts'
import { backupPlaces, type Opened } from './component.ts'
import { seenProcess } from './doctor-process.ts'
import type { EnginePorts } from './ports.ts'

/** Journals, notes of runs, the reserve for the way back. */
const stateRoomBytesMin = 64 * 1024 * 1024

/** One component as it stands; problems in place of what could not be looked at. */
export interface Seen {
  readonly opened: Opened | Problem
  /** null: it has one place only. */
  readonly slots: SlotPhases | Problem | null
}

export async function hostFindings(ports: EnginePorts): Promise<readonly Finding[]> {
  const freeBytes = await ports.host.freeBytes(ports.stateDir)
  const { overrides } = ports.settings
  return [
    ...(freeBytes < stateRoomBytesMin
      ? [{ code: 'state-room', component: null, path: ports.stateDir, freeBytes } as const]
      : []),
    ...[overrides?.problem ?? null].flatMap((problem) => (problem === null ? [] : aboutProblem(null, problem))),
  ]
}

export async function componentFindings(
  ports: EnginePorts,
  name: ComponentName,
  { opened, slots }: Seen,
): Promise<readonly Finding[]> {
  const common = [...(await unfinishedFindings(ports, name)), ...sourceFindings(ports, name)]
  if ('code' in opened) return [aboutProblem(name, opened), ...common]
  const asked = (
    await Promise.all([
      serviceFindings(ports, opened),
      guardFindings(ports, opened),
      agentFindings(ports, opened),
      backupFindings(ports, opened),
    ])
  ).flat()
  // Slots of a service that is not there are refused for that as well: it is told once.
  const isMissing = asked.some(({ code }) => code === 'service-missing')
  // What its proxy complains of among them.
  const refused = slots !== null && 'code' in slots && !(isMissing && slots.code === 'E_SLOT_UNFIT')
  return [...common, ...versionFindings(opened), ...asked, ...(refused ? [aboutProblem(name, slots)] : [])]
}

function aboutProblem(component: ComponentName | null, problem: Problem): Finding {
  return { code: 'problem', component, problem }
}

async function unfinishedFindings({ journal }: EnginePorts, name: ComponentName): Promise<readonly Finding[]> {
  const mine = (await journal.unfinished()).filter(({ component }) => component === name)
  return mine.map(({ run }) => ({ code: 'unfinished', component: name, run }))
}

/** What the last check said: a doctor does not ask the net by itself. */
function sourceFindings({ lastChecks }: EnginePorts, name: ComponentName): readonly Finding[] {
  const error = lastChecks.get(name)?.error ?? null
  if (error === null) return []
  const code = problemCodes.find((one) => one === error.code) ?? 'E_INTERNAL'
  return [{ code: 'source-failed', component: name, problem: { ...error, code } }]
}

function versionFindings({ name, installed }: Opened): readonly Finding[] {
  return installed.tree !== null && installed.version === null ? [{ code: 'version-unknown', component: name }] : []
}

async function serviceFindings(ports: EnginePorts, { name, installed }: Opened): Promise<readonly Finding[]> {
  if (installed.service === null || installed.tree === null) return []
  const { ref, state } = installed.service
  if (!state.found) {
    const { describe } = await ports.adapters.service(ref)
    return [{ code: 'service-missing', component: name, service: describe }]
  }
  const process = await seenProcess(ports, ref)
  if (process === null || !process.first || process.handles !== false) return []
  return [{ code: 'ignores-term', component: name, patienceMs: process.patience_ms }]
}

/** The first run installs what waits at boot; before it there is nothing to tidy up. */
async function guardFindings(ports: EnginePorts, { name, installed }: Opened): Promise<readonly Finding[]> {
  if (installed.service === null || !installed.service.state.found) return []
  const { guard, describe } = await ports.adapters.service(installed.service.ref)
  const [last] = await ports.journal.runs({ component: name, limit: 1 })
  if (guard === null || last?.outcome !== 'committed' || last.action === 'forget' || (await guard.installed()))
    return []
  return [{ code: 'unguarded', component: name, service: describe }]
}

/** Who brings a service back, updates by itself, or ends an old version, has to run. */
async function agentFindings(ports: EnginePorts, { name, settings, installed }: Opened): Promise<readonly Finding[]> {
  const needs =
    installed.service?.ref.spec.type === 'process'
      ? 'service'
      : settings.policy.auto !== 'none'
        ? 'policy'
        : ports.retiring.get(name) !== null
          ? 'drain'
          : null
  if (needs === null || (await ports.locks.holder('agent')) !== null) return []
  return [{ code: 'agent-absent', component: name, needs }]
}

async function backupFindings(ports: EnginePorts, { name, settings }: Opened): Promise<readonly Finding[]> {
  if (settings.data.length === 0) return []
  const tryAll = async (): Promise<void> => {
    const sizes = await Promise.all(settings.data.map(async (data) => (await ports.adapters.backup(data)).needBytes()))
    const needBytes = sizes.reduce((sum, size) => sum + size, 0)
    await ports.host.backupPlace(backupPlaces(ports, settings), needBytes, [])
    for (const copy of settings.backups.copies) await ports.host.backupPlace([copy], needBytes, [])
  }
  const problem = await tryAll().then(() => null, problemOf)
  return problem === null ? [] : [{ code: 'backup-place', component: name, problem }]
}
