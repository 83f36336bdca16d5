import type { Conflict, DeploymentKind, Evidence } from './deployment.ts'
import { dockerTrace, dockerTraces, markerOf, rootOnDisk } from './docker.ts'
import { machineKind } from './machine.ts'
import { type FileRead, fileOf, isKnown, type Readings } from './readings.ts'
import { wslEvidence } from './wsl.ts'

export interface KindFound {
  readonly kind: DeploymentKind
  readonly evidence: readonly Evidence[]
  readonly conflicts: readonly Conflict[]
}

/** Something that says what this host is. */
interface Claim {
  readonly kind: DeploymentKind
  readonly evidence: readonly Evidence[]
}

/** The number that the kernel gives to the process namespace that it starts with (include/linux/proc_ns.h). */
const firstPidNamespace = 'pid:[4026531836]'

/**
 * The rule, each line for what the one before left open: what the platform says; what Podman leaves in each container;
 * what a container manager says of itself; Windows below; Docker's file, which proves nothing alone because it stays in a
 * disk image that was made from a container; other traces of LXC; whether we are in the first process namespace.
 */
export function kindOf(readings: Readings): KindFound {
  if (readings.platform !== 'linux') return { ...platformKind(readings.platform), conflicts: [] }
  const claims = claimsOf(readings)
  const [first = { kind: 'unknown', evidence: [] } as const] = claims
  const evidence = claims.filter(({ kind }) => kind === first.kind).flatMap((claim) => claim.evidence)
  return { kind: first.kind, evidence, conflicts: [...contradicted(first, claims), ...staleMarker(readings, first)] }
}

function platformKind(platform: string): Claim {
  const kind = platform === 'win32' ? 'windows' : platform === 'darwin' ? 'macos' : 'unknown'
  return { kind, evidence: [{ finding: kind, program: 'node', value: platform }] }
}

/** The strongest first. What is true of many containers and machines alike counts where nothing else was found. */
function claimsOf(readings: Readings): readonly Claim[] {
  const own = [
    ...podmanClaims(readings),
    ...managerClaims(readings, 'known'),
    ...wslClaims(readings),
    ...dockerClaims(readings),
    ...managerClaims(readings, 'other'),
    ...lxcClaims(readings),
  ]
  // Before the last are asked, those before them must have been, or it would be a guess.
  if (own.length > 0 || !telling.every((file) => isKnown(readings, file))) return own
  return wslEvidence(readings).kernel.length > 0 ? kernelClaims(readings) : namespaceClaims(readings)
}

const telling: readonly FileRead[] = [
  '/.dockerenv',
  '/run/.containerenv',
  '/run/host/container-manager',
  '/run/systemd/container',
  '/proc/sys/kernel/osrelease',
]

function podmanClaims(readings: Readings): readonly Claim[] {
  const file = '/run/.containerenv'
  const text = fileOf(readings, file)
  if (text === null) return []
  const value = /^engine="(.*)"$/m.exec(text)?.[1] ?? 'present'
  return [{ kind: 'podman', evidence: [{ finding: 'podman', file, value }] }]
}

const managers: Readonly<Record<string, DeploymentKind>> = {
  docker: 'docker',
  podman: 'podman',
  lxc: 'lxc',
  'lxc-libvirt': 'lxc',
  'systemd-nspawn': 'nspawn',
  wsl: 'wsl',
}

const managerFiles = ['/run/host/container-manager', '/run/systemd/container', '/proc/1/environ'] as const

/** `other`: names that tell no kind that we know, such as the "oci" that some images set for every engine. */
function managerClaims(readings: Readings, which: 'known' | 'other'): readonly Claim[] {
  return managerFiles.flatMap((file) => {
    const text = fileOf(readings, file)
    if (text === null) return []
    const name = file === '/proc/1/environ' ? (/^container=(.*)$/m.exec(text)?.[1] ?? '') : text.trim()
    const kind = Object.hasOwn(managers, name) ? managers[name] : undefined
    if (name === '' || (kind === undefined) !== (which === 'other')) return []
    const value = file === '/proc/1/environ' ? `container=${name}` : name
    const found = kind ?? 'container-other'
    return [{ kind: found, evidence: [{ finding: found, file, value }] }]
  })
}

function wslClaims(readings: Readings): readonly Claim[] {
  const { kernel, own } = wslEvidence(readings)
  return own.length === 0 ? [] : [{ kind: 'wsl', evidence: [...kernel, ...own] }]
}

/** The kernel is also that of every container on such a host: where Docker may be, it says nothing. */
function kernelClaims(readings: Readings): readonly Claim[] {
  const maybeDocker = markerOf(readings) !== null && rootOnDisk(readings) === null
  return maybeDocker ? [] : [{ kind: 'wsl', evidence: wslEvidence(readings).kernel }]
}

function dockerClaims(readings: Readings): readonly Claim[] {
  const marker = markerOf(readings)
  const traces = dockerTraces(readings)
  if (marker !== null) {
    const proof = [...traces, ...otherNamespace(readings)]
    return proof.length === 0 ? [] : [{ kind: 'docker', evidence: [marker, ...proof] }]
  }
  // Who enters a machine from a container keeps its control group: without the file, that alone is no proof.
  const proof = isKnown(readings, '/.dockerenv') ? traces.filter(({ file }) => file === mountsFile) : traces
  return proof.length === 0 ? [] : [{ kind: 'docker', evidence: proof }]
}

const mountsFile = '/proc/self/mountinfo'
const namespaceFile = '/proc/self/ns/pid'

/** Not in the first process namespace: proof for Docker's file, unless our root is plainly a machine's disk, or Windows is below. */
function otherNamespace(readings: Readings): readonly Evidence[] {
  const value = fileOf(readings, namespaceFile)
  if (value === null || value === firstPidNamespace) return []
  const { kernel, own, isSure } = wslEvidence(readings)
  if (kernel.length > 0 && (own.length > 0 || !isSure)) return []
  if (!isKnown(readings, mountsFile) || rootOnDisk(readings) !== null) return []
  return [{ finding: 'docker', file: namespaceFile, value }]
}

/** For who may not read the environment of process 1, where there is no systemd either. */
function lxcClaims(readings: Readings): readonly Claim[] {
  const boot = '/dev/.lxc-boot-id'
  const id = fileOf(readings, boot)
  const cgroup = dockerTrace(readings, '/proc/self/cgroup', /\/lxc(?:\.payload)?[./][^\n]*/, 'lxc')
  const evidence = [...(id === null ? [] : [{ finding: 'lxc', file: boot, value: id.trim() } as const]), ...cgroup]
  return evidence.length === 0 ? [] : [{ kind: 'lxc', evidence }]
}

function namespaceClaims(readings: Readings): readonly Claim[] {
  const value = fileOf(readings, namespaceFile)
  if (value === null) return []
  // Docker's file may be true, where nobody could look for the rest of it.
  const traceable = isKnown(readings, mountsFile) && isKnown(readings, '/proc/self/cgroup')
  if (markerOf(readings) !== null && !traceable) return []
  const found = (kind: DeploymentKind): Evidence => ({ finding: kind, file: namespaceFile, value })
  if (value !== firstPidNamespace) return [{ kind: 'container-other', evidence: [found('container-other')] }]
  const machine = machineKind(readings)
  return machine === null ? [] : [{ kind: machine.kind, evidence: [found(machine.kind), ...machine.evidence] }]
}

/** A name that tells no kind contradicts none. */
function contradicted(first: Claim, claims: readonly Claim[]): readonly Conflict[] {
  const others = claims.filter(({ kind }) => kind !== first.kind && kind !== 'container-other')
  return others.map(({ kind, evidence }) => ({ claim: kind, evidence, against: first.evidence }))
}

/** Docker's file where nothing else says that this is its container: a disk image that was made from one. */
function staleMarker(readings: Readings, first: Claim): readonly Conflict[] {
  const marker = markerOf(readings)
  if (marker === null || first.kind === 'docker' || first.kind === 'unknown') return []
  if (dockerClaims(readings).length > 0) return []
  const disk = rootOnDisk(readings)
  return [{ claim: 'docker', evidence: [marker], against: [...first.evidence, ...(disk === null ? [] : [disk])] }]
}
