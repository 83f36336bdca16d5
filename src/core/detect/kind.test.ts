import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allReadings, readingsOf, withFiles } from '../../../test/fakes/readings.ts'
import { classify } from './classify.ts'
import type { DeploymentKind } from './deployment.ts'
import { type FileRead, filesRead, type Readings } from './readings.ts'

interface Expected {
  readonly kind: DeploymentKind
  readonly systemd: boolean
  readonly unprivileged: boolean | null
  /** Files that must be among the evidence. */
  readonly evidence: readonly string[]
  readonly conflicts?: readonly DeploymentKind[]
}

const machine = { unprivileged: false, evidence: ['/proc/self/ns/pid'] } as const

/** What is true of each place, the ones that were recorded and the ones that were made by hand. */
const places: Readonly<Record<string, Expected>> = {
  'recorded/vm-stale-dockerenv': { ...machine, kind: 'vm', systemd: false, conflicts: ['docker'] },
  'recorded/chroot': { ...machine, kind: 'vm', systemd: false },
  'recorded/unshare-stale-dockerenv': { ...machine, kind: 'container-other', systemd: false, conflicts: ['docker'] },
  'recorded/docker-plain': {
    kind: 'docker',
    systemd: false,
    unprivileged: false,
    evidence: ['/.dockerenv', '/proc/self/cgroup', '/proc/self/mountinfo'],
  },
  'recorded/docker-cgroupns-private': {
    kind: 'docker',
    systemd: false,
    unprivileged: false,
    evidence: ['/.dockerenv', '/proc/self/mountinfo'],
  },
  'recorded/docker-pid-host': {
    kind: 'docker',
    systemd: false,
    unprivileged: false,
    evidence: ['/.dockerenv', '/proc/self/cgroup', '/proc/self/mountinfo'],
  },
  'recorded/docker-systemd': {
    kind: 'docker',
    systemd: true,
    unprivileged: false,
    evidence: ['/.dockerenv', '/run/systemd/container', '/proc/1/environ', '/run/systemd/system'],
  },
  'recorded/podman-plain': {
    kind: 'podman',
    systemd: false,
    unprivileged: false,
    evidence: ['/run/.containerenv', '/proc/1/environ'],
  },
  'recorded/podman-uidmap': {
    kind: 'podman',
    systemd: false,
    unprivileged: true,
    evidence: ['/run/.containerenv', '/proc/self/uid_map'],
  },
  'recorded/podman-systemd': {
    kind: 'podman',
    systemd: true,
    unprivileged: false,
    evidence: ['/run/.containerenv', '/run/systemd/container'],
  },
  'recorded/nspawn-plain': {
    kind: 'nspawn',
    systemd: false,
    unprivileged: false,
    evidence: ['/run/host/container-manager', '/proc/1/environ'],
  },
  'recorded/nspawn-systemd': {
    kind: 'nspawn',
    systemd: true,
    unprivileged: false,
    evidence: ['/run/host/container-manager', '/run/systemd/container'],
  },
  'recorded/lxc-privileged': {
    kind: 'lxc',
    systemd: true,
    unprivileged: false,
    evidence: ['/run/systemd/container', '/proc/1/environ', '/dev/.lxc-boot-id'],
  },
  'recorded/lxc-unprivileged': {
    kind: 'lxc',
    systemd: true,
    unprivileged: true,
    evidence: ['/run/systemd/container', '/proc/self/uid_map'],
  },
  'made/lxc-proxmox-whisper': {
    kind: 'lxc',
    systemd: true,
    unprivileged: true,
    evidence: ['/run/systemd/container', '/proc/self/uid_map'],
  },
  'made/vm-qemu-systemd': { ...machine, kind: 'vm', systemd: true },
  'made/bare-metal-server': { ...machine, kind: 'bare-metal', systemd: true },
  'made/bare-metal-no-systemd': { ...machine, kind: 'bare-metal', systemd: false },
  'made/raspberry-dunebugger': { ...machine, kind: 'bare-metal', systemd: true },
  'made/development': { ...machine, kind: 'bare-metal', systemd: true },
  'made/unshare-systemd': {
    kind: 'container-other',
    systemd: true,
    unprivileged: false,
    evidence: ['/run/systemd/container', '/proc/1/environ'],
  },
  'made/kubernetes': { kind: 'container-other', systemd: false, unprivileged: false, evidence: ['/proc/self/ns/pid'] },
  'made/docker-ubi-image': { kind: 'docker', systemd: false, unprivileged: false, evidence: ['/.dockerenv'] },
  'made/docker-in-wsl2': { kind: 'docker', systemd: false, unprivileged: false, evidence: ['/.dockerenv'] },
  'made/wsl1': { kind: 'wsl', systemd: false, unprivileged: false, evidence: ['/proc/sys/kernel/osrelease'] },
  'made/wsl2': { kind: 'wsl', systemd: false, unprivileged: false, evidence: ['/proc/sys/fs/binfmt_misc/WSLInterop'] },
  'made/wsl2-systemd': { kind: 'wsl', systemd: true, unprivileged: false, evidence: ['/run/WSL'] },
  'made/wsl2-stale-dockerenv': {
    kind: 'wsl',
    systemd: false,
    unprivileged: false,
    evidence: ['/run/WSL'],
    conflicts: ['docker'],
  },
  'made/windows': { kind: 'windows', systemd: false, unprivileged: null, evidence: [] },
  'made/macos': { kind: 'macos', systemd: false, unprivileged: null, evidence: [] },
}

const loaded: ReadonlyMap<string, Readings> = new Map(allReadings.map((name) => [name, readingsOf(name)]))

const truthOf = (name: string): Expected => {
  const truth = places[name]
  if (truth === undefined) throw new Error(`nobody says what ${name} is`)
  return truth
}

test.each(allReadings)('when %s is read, then it is called what it is, with its evidence and its conflicts', (name) => {
  const truth = truthOf(name)
  const found = classify(readingsOf(name))
  expect(found).toMatchObject({ kind: truth.kind, systemd: truth.systemd, unprivileged: truth.unprivileged })
  const files = found.evidence.flatMap((each) => ('file' in each ? [each.file] : []))
  expect(files).toEqual(expect.arrayContaining([...truth.evidence]))
  expect(found.conflicts.map(({ claim }) => claim)).toEqual(truth.conflicts ?? [])
})

test('when Docker’s file is all that speaks for Docker, then the conflict tells what speaks against it', () => {
  const [conflict] = classify(readingsOf('recorded/vm-stale-dockerenv')).conflicts
  expect(conflict?.evidence).toEqual([{ finding: 'docker', file: '/.dockerenv', value: 'present' }])
  expect(conflict?.against).toContainEqual({ finding: 'vm', file: '/proc/self/ns/pid', value: 'pid:[4026531836]' })
})

test('when an image names another manager than the one that runs it, then both are told', () => {
  const files = { '/proc/1/environ': { value: 'container=podman' } } as const
  const found = classify(withFiles(readingsOf('recorded/docker-systemd'), files))
  expect(found.kind).toBe('docker')
  expect(found.conflicts).toMatchObject([{ claim: 'podman', evidence: [{ file: '/proc/1/environ' }] }])
})

const denied = { errno: 'EACCES' } as const

test('when Docker’s file is there and nobody may look for the rest of it, then it is not decided', () => {
  const blind = { '/proc/self/cgroup': denied, '/proc/self/mountinfo': denied } as const
  expect(classify(withFiles(readingsOf('recorded/docker-pid-host'), blind)).kind).toBe('unknown')
  expect(classify(withFiles(readingsOf('recorded/vm-stale-dockerenv'), blind)).kind).toBe('unknown')
})

test('when a machine was entered from a container, then the control group that came along does not make it one', () => {
  const group = { '/proc/self/cgroup': { value: `0::/docker/${'ab'.repeat(32)}\n` } }
  expect(classify(withFiles(readingsOf('made/vm-qemu-systemd'), group)).kind).toBe('vm')
  const unknown = withFiles(readingsOf('made/vm-qemu-systemd'), { ...group, '/.dockerenv': denied })
  expect(classify(unknown).kind).toBe('docker')
})

test('when systemd’s folder came along from a host and it says that it did not boot this, then there is no systemd', () => {
  const copied = withFiles(readingsOf('recorded/docker-plain'), { '/run/systemd/system': { value: 'present' } })
  expect(classify(copied).systemd).toBe(false)
})

test('when a container says which one it is, then its id is told, whichever trace it is in', () => {
  for (const name of ['docker-plain', 'docker-cgroupns-private', 'docker-pid-host', 'podman-plain']) {
    expect(classify(readingsOf(`recorded/${name}`)).containerId, name).toMatch(/^[0-9a-f]{64}$/)
  }
})

test('when it is WSL, then which of the two', () => {
  expect(classify(readingsOf('made/wsl1')).wsl).toBe(1)
  expect(classify(readingsOf('made/wsl2')).wsl).toBe(2)
})

test('when a file cannot be read, then it is listed with the reason, and one that is not there is not', () => {
  const files = { '/proc/self/uid_map': { errno: 'EACCES' } } as const
  const { unreadable, unprivileged } = classify(withFiles(readingsOf('recorded/lxc-privileged'), files))
  expect(unreadable).toEqual([{ what: '/proc/self/uid_map', errno: 'EACCES' }])
  expect(unprivileged).toBeNull()
})

/** Some files hidden behind an error, as for a user with few rights or behind a security module. */
const hidden = fc.record({
  name: fc.constantFrom(...allReadings),
  files: fc.subarray([...filesRead]),
  errno: fc.constantFrom('EACCES', 'EPERM', 'EIO', 'ENOSYS'),
})

function hide(readings: Readings, files: readonly FileRead[], errno: string): Readings {
  return withFiles(readings, Object.fromEntries(files.map((file) => [file, { errno }])))
}

const containers: ReadonlySet<DeploymentKind> = new Set(['docker', 'podman', 'lxc', 'nspawn'])

test('when any readings are hidden, then less may be said, and nothing that is not so', () => {
  fc.assert(
    fc.property(hidden, ({ name, files, errno }) => {
      const truth = truthOf(name)
      const found = classify(hide(loaded.get(name) ?? readingsOf(name), files, errno))
      const vaguer: readonly DeploymentKind[] = containers.has(truth.kind)
        ? ['unknown', 'container-other']
        : ['unknown']
      expect([truth.kind, ...vaguer], name).toContain(found.kind)
      if (found.systemd) expect(truth.systemd).toBe(true)
      if (found.unprivileged !== null) expect(found.unprivileged).toBe(truth.unprivileged)
      for (const file of files) {
        const told = found.evidence.some((each) => 'file' in each && each.file === file)
        expect(told, `${file} is hidden and told`).toBe(false)
      }
    }),
    { numRuns: 1000 },
  )
})

test('when nothing at all can be read, then nothing is said', () => {
  const found = classify({
    ...hide(readingsOf('recorded/docker-systemd'), filesRead, 'EACCES'),
    units: { errno: 'EACCES' },
    processes: { errno: 'EACCES' },
    checkout: { errno: 'EACCES' },
    ownUnit: { errno: 'EACCES' },
    systemManager: { errno: 'EACCES' },
    userManager: { errno: 'EACCES' },
    sudo: { errno: 'EACCES' },
  })
  expect(found).toMatchObject({ kind: 'unknown', systemd: false, evidence: [], conflicts: [], applications: [] })
  expect(found.unreadable.length).toBeGreaterThan(filesRead.length)
})

test('when files hold anything whatsoever, then it is still an answer', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...filesRead), fc.string({ unit: 'binary' })), (texts) => {
      const files = Object.fromEntries(Object.entries(texts).map(([file, value]) => [file, { value }]))
      expect(() => classify(withFiles(readingsOf('recorded/docker-plain'), files))).not.toThrow()
    }),
    { numRuns: 500 },
  )
})
