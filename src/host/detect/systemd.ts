import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import type { OwnUnitReading, Reading, UnitReading } from '../../core/detect/readings.ts'
import { fail } from '../../core/model/problem.ts'
import type { RunResult } from '../process/run.ts'
import { ask } from './ask.ts'
import { reading, readStart } from './read.ts'
import { blocksOf, pathsIn, serviceIn, timeSpan } from './show.ts'

const askTimeoutMs = 5000
const unitFilesMax = 200
const unitsMax = 2000
const pathsPerUnitMax = 8

type Scope = 'system' | 'user'

export interface SystemdReadings {
  readonly systemManager: Reading<string>
  readonly userManager: Reading<string>
  readonly units: Reading<readonly UnitReading[]>
  readonly ownUnit: Reading<OwnUnitReading | null>
}

export async function readSystemd(home: string, signal: AbortSignal): Promise<SystemdReadings> {
  const word = (scope: Scope) => reading(async () => stateWord(await systemctl(scope, ['is-system-running'], signal)))
  const [systemManager, userManager, units, ownUnit] = await Promise.all([
    word('system'),
    word('user'),
    readUnits(home, signal),
    reading(() => readOwnUnit(signal)),
  ])
  return { systemManager, userManager, units, ownUnit }
}

function systemctl(scope: Scope, args: readonly string[], signal: AbortSignal): Promise<RunResult> {
  const runtime = `/run/user/${process.getuid?.() ?? 0}`
  const user = { XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus` }
  const flags = scope === 'user' ? ['--user'] : []
  return ask(['systemctl', ...flags, '--no-pager', '--no-ask-password', ...args], {
    timeoutMs: askTimeoutMs,
    signal,
    env: { SYSTEMD_COLORS: '0', ...(scope === 'user' ? user : {}) },
  })
}

/** The state is its answer whatever its code; without one, what it complains of tells why. */
function stateWord({ stdout, stderr }: RunResult): string {
  const word = stdout.trim()
  if (/^[a-z]+$/.test(word) && word !== 'unknown') return word
  throw unreachable(stderr)
}

function unreachable(said: string): Error {
  const absent = /not been booted with systemd|No such file or directory|No medium found/i.test(said)
  return fail('E_PLATFORM', 'systemd does not answer', { facts: { errno: absent ? 'ENOENT' : 'EACCES' } })
}

async function readUnits(home: string, signal: AbortSignal): Promise<Reading<readonly UnitReading[]>> {
  const of = (scope: Scope, folder: string) => reading(() => unitsOf(scope, folder, signal))
  const [system, user] = await Promise.all([
    of('system', '/etc/systemd/system'),
    of('user', `${home}/.config/systemd/user`),
  ])
  if ('errno' in system) return 'errno' in user ? system : user
  return { value: [...system.value, ...('value' in user ? user.value : [])] }
}

const properties = ['Id', 'ActiveState', 'WorkingDirectory', 'ExecStart', 'User'] as const

/** Those that are loaded, and those that the host's own folder has besides: a service that is off is one as well. */
async function unitsOf(scope: Scope, folder: string, signal: AbortSignal): Promise<readonly UnitReading[]> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => /^[^@]+\.service$/.test(name))
  const names = ['*.service', ...files.slice(0, unitFilesMax)]
  const { code, stdout, stderr } = await systemctl(
    scope,
    ['show', `--property=${properties.join(',')}`, '--', ...names],
    signal,
  )
  if (code !== 0 && stdout.trim() === '') throw unreachable(stderr)
  const shown = blocksOf(stdout)
    .slice(0, unitsMax)
    .flatMap((block) => unitOf(scope, block) ?? [])
  // One that has a file there and is loaded was named twice.
  return [...new Map(shown.map((each) => [each.unit, each])).values()]
}

function unitOf(scope: Scope, shown: Readonly<Record<string, string>>): UnitReading | null {
  const unit = shown['Id'] ?? ''
  if (unit === '') return null
  const working = (shown['WorkingDirectory'] ?? '').replace(/^[!-]+/, '')
  return {
    unit,
    scope,
    active: ['active', 'activating', 'reloading'].includes(shown['ActiveState'] ?? ''),
    workingDirectory: working.startsWith('/') ? working : null,
    paths: pathsIn(shown['ExecStart'] ?? '')
      .slice(0, pathsPerUnitMax)
      .filter((path) => existsSync(path)),
    user: shown['User'] === '' ? null : (shown['User'] ?? null),
  }
}

const own = ['Id', 'MemoryMax', 'CPUQuotaPerSecUSec', 'ProtectSystem', 'ProtectHome'] as const

/** The unit whose control group we are in. */
async function readOwnUnit(signal: AbortSignal): Promise<OwnUnitReading | null> {
  const found = serviceIn(await readStart('/proc/self/cgroup'))
  if (found === null) return null
  const args = ['show', `--property=${own.join(',')}`, '--', found.unit]
  const [shown = {}] = blocksOf((await systemctl(found.scope, args, signal)).stdout)
  const memory = Number(shown['MemoryMax'])
  const cpu = timeSpan(shown['CPUQuotaPerSecUSec'] ?? '')
  return {
    unit: found.unit,
    memoryBytesMax: Number.isSafeInteger(memory) && memory > 0 ? memory : null,
    cpuPercentMax: cpu === null ? null : Math.round(cpu / 10_000),
    protectSystem: shown['ProtectSystem'] ?? '',
    protectHome: shown['ProtectHome'] ?? '',
  }
}
