import { applicationsOf } from './applications.ts'
import type { Deployment, DeploymentKind, Development, Evidence, Unreadable } from './deployment.ts'
import { ownContainer } from './docker.ts'
import { kindOf } from './kind.ts'
import { limitsOf } from './limits.ts'
import { isInside } from './places.ts'
import { privilegesOf } from './privileges.ts'
import { fileOf, type Reading, type Readings, valueOf } from './readings.ts'
import { defaultStrategy, otherStrategies } from './strategy.ts'
import { wslVersion } from './wsl.ts'

/** What this host is and what fits it, from what was read: the same readings give the same answer. */
export function classify(readings: Readings): Deployment {
  const { kind, evidence, conflicts } = kindOf(readings)
  const privileges = privilegesOf(readings)
  const applications = applicationsOf(readings)
  const booted = systemdEvidence(readings)
  const users = userNamespace(readings, kind)
  const development = developmentOf(readings)
  const host = { kind, systemd: booted.length > 0, unprivileged: users.unprivileged, development, privileges }
  const strategy = defaultStrategy(host)
  const containerId = kind === 'docker' || kind === 'podman' ? ownContainer(readings) : null
  return {
    ...host,
    system: systemName(readings),
    containerId,
    wsl: kind === 'wsl' ? wslVersion(readings) : null,
    evidence: [...evidence, ...users.evidence, ...booted],
    conflicts,
    unreadable: unreadableOf(readings),
    proxies: proxiesOf(readings),
    applications,
    strategy,
    fits: otherStrategies(host, strategy, readings),
    limits: limitsOf({ ...host, applications }, readings),
  }
}

/** The folder that systemd makes when it boots a system (sd_booted(3)), unless its manager says that it did not. */
function systemdEvidence(readings: Readings): readonly Evidence[] {
  const file = '/run/systemd/system'
  if (fileOf(readings, file) === null) return []
  const word = valueOf(readings.systemManager)
  if (word === 'offline') return []
  const said =
    word === null ? [] : [{ finding: 'systemd', program: 'systemctl is-system-running', value: word } as const]
  return [{ finding: 'systemd', file, value: 'present' }, ...said]
}

const wholeMap = /^0 0 4294967295$/

function userNamespace(
  readings: Readings,
  kind: DeploymentKind,
): { readonly unprivileged: boolean | null; readonly evidence: readonly Evidence[] } {
  const file = '/proc/self/uid_map'
  const text = fileOf(readings, file)
  if (text === null) return { unprivileged: null, evidence: [] }
  const lines = text.split('\n').map((line) => line.trim().replaceAll(/\s+/g, ' '))
  const value = lines.filter((line) => line !== '').join(', ')
  const unprivileged = !wholeMap.test(value)
  const machine = kind === 'vm' || kind === 'bare-metal' || kind === 'wsl'
  if (machine && !unprivileged) return { unprivileged, evidence: [] }
  return { unprivileged, evidence: [{ finding: unprivileged ? 'unprivileged' : 'privileged', file, value }] }
}

function systemName(readings: Readings): string | null {
  const text = fileOf(readings, '/etc/os-release') ?? ''
  const name = /^PRETTY_NAME=(["']?)(.*)\1\s*$/m.exec(text)?.[2] ?? ''
  return name === '' ? null : name
}

/** Somebody works in it: it has changes, and neither a unit nor a process is at home in it. */
function developmentOf(readings: Readings): Development | null {
  const checkout = valueOf(readings.checkout)
  if (checkout === null || checkout.changes === 0) return null
  const { path, changes } = checkout
  // Where nobody may look, something may run: it is not called a place where nothing does.
  const [units, processes] = [valueOf(readings.units), valueOf(readings.processes)]
  if (processes === null) return null
  const served = (units ?? []).flatMap((unit) => [unit.workingDirectory ?? '', ...unit.paths])
  const running = processes.flatMap(({ terminal, exe, cwd }) => (terminal ? [] : [exe ?? '', cwd ?? '']))
  if ([...served, ...running].some((each) => isInside(each, path))) return null
  const value = `${changes} ${changes === 1 ? 'change' : 'changes'}`
  const evidence = { finding: 'development', program: 'git status', value: `${path}: ${value}` } as const
  return { path, changes, evidence: [evidence] }
}

function unreadableOf(readings: Readings): readonly Unreadable[] {
  const { files, units, processes, checkout, ownUnit } = readings
  const asked: readonly (readonly [string, Reading<unknown>])[] = [
    ...Object.entries(files),
    ['units of systemd', units],
    ['processes', processes],
    ['git work tree', checkout],
    ['our own unit', ownUnit],
  ]
  return asked.flatMap(([what, reading]) =>
    'errno' in reading && !['ENOENT', 'ENOTDIR', 'E_COMMAND_NOT_FOUND'].includes(reading.errno)
      ? [{ what, errno: reading.errno }]
      : [],
  )
}

const proxies = ['caddy', 'haproxy', 'nginx', 'traefik'] as const

function proxiesOf(readings: Readings): readonly string[] {
  const running = valueOf(readings.processes) ?? []
  const names = new Set(running.map(({ exe }) => exe?.slice(exe.lastIndexOf('/') + 1)))
  return proxies.filter((proxy) => names.has(proxy))
}

/** The paths whose rights are worth a look, before `access` is read. */
export function pathsOfInterest(readings: Readings): readonly string[] {
  return applicationsOf({ ...readings, access: {} }).map(({ path }) => path)
}
