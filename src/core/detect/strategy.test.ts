import { expect, test } from 'vitest'
import { readingsOf, withFiles } from '../../../test/fakes/readings.ts'
import { classify } from './classify.ts'
import type { StrategyChoice } from './deployment.ts'
import type { Readings } from './readings.ts'

const choiceOf = (readings: Readings): StrategyChoice => classify(readings).strategy

test.each(['docker-plain', 'docker-cgroupns-private', 'docker-pid-host', 'docker-systemd', 'podman-plain'])(
  'when it is a container of an image (%s), then compose with its volumes, because its files are the image’s',
  (name) => {
    expect(choiceOf(readingsOf(`recorded/${name}`))).toEqual({
      type: 'compose',
      data: 'volumes',
      why: 'container-image',
    })
  },
)

test.each(['recorded/lxc-privileged', 'recorded/lxc-unprivileged', 'made/lxc-proxmox-whisper'])(
  'when it is LXC (%s), then a directory at its place with systemd, because it may refuse folders beside it',
  (name) => {
    expect(choiceOf(readingsOf(name))).toEqual({
      type: 'directory',
      layout: 'in-place',
      service: 'systemd',
      why: 'system-container',
    })
  },
)

test('when it is a checkout that somebody works in, then git, and edits are stashed', () => {
  const found = classify(readingsOf('made/development'))
  expect(found.strategy).toEqual({ type: 'git', localChanges: 'stash', why: 'development' })
  expect(found.development).toMatchObject({ path: '/home/ann/crm-backend', changes: 4 })
})

test.each(['made/bare-metal-server', 'made/raspberry-dunebugger', 'made/vm-qemu-systemd'])(
  'when it is a machine (%s), then slots with systemd, because going back is one rename',
  (name) => {
    const slots = { type: 'directory', layout: 'slots', service: 'systemd', why: 'own-machine' }
    expect(choiceOf(readingsOf(name))).toEqual(slots)
  },
)

test.each(['recorded/vm-stale-dockerenv', 'recorded/chroot', 'made/bare-metal-no-systemd', 'made/wsl2', 'made/macos'])(
  'when it is a machine without systemd (%s), then slots, and belay runs the process',
  (name) => {
    expect(choiceOf(readingsOf(name))).toMatchObject({ type: 'directory', layout: 'slots', service: 'process' })
  },
)

test('when a proxy runs on a machine, then it is told: it could lead traffic from one version to the other', () => {
  const found = classify(readingsOf('made/bare-metal-server'))
  expect(found.proxies).toEqual(['caddy'])
  expect(found.strategy.layout).toBe('slots')
})

test('when systemd-nspawn runs a system with rights of its own, then it is as a machine; with fewer, as LXC', () => {
  const nspawn = readingsOf('recorded/nspawn-systemd')
  expect(choiceOf(nspawn)).toMatchObject({ layout: 'slots', why: 'own-machine' })
  const mapped = withFiles(nspawn, { '/proc/self/uid_map': { value: '0 65536 65536' } })
  expect(choiceOf(mapped)).toMatchObject({ layout: 'in-place', why: 'system-container' })
})

test('when it is Windows, then a directory at its place with a service of Windows', () => {
  expect(choiceOf(readingsOf('made/windows'))).toEqual({
    type: 'directory',
    layout: 'in-place',
    service: 'windows',
    why: 'windows',
  })
})

test('when it is another container or cannot be told, then what needs the fewest rights', () => {
  expect(choiceOf(readingsOf('made/kubernetes'))).toMatchObject({ layout: 'in-place', why: 'closed-container' })
  const dark = { ...readingsOf('recorded/vm-stale-dockerenv'), files: {} }
  expect(choiceOf(dark)).toMatchObject({ layout: 'in-place', why: 'unknown-host' })
})

test('when an engine and compose answer on a machine, then compose fits as well; without compose it does not', () => {
  const pi = readingsOf('made/raspberry-dunebugger')
  const types = (readings: Readings) => classify(readings).fits.map(({ type }) => type)
  expect(types(pi)).toEqual(['compose', 'git', 'files'])
  expect(types({ ...pi, composePrograms: [] })).toEqual(['git', 'files'])
  expect(types({ ...pi, engines: [], programs: [] })).toEqual(['files'])
})

const developed = readingsOf('made/development')
const unit = {
  unit: 'crm-backend.service',
  scope: 'system',
  active: true,
  workingDirectory: '/home/ann/crm-backend',
  paths: [],
  user: 'ann',
} as const

test.each<[string, Partial<Readings>]>([
  ['a unit runs from it', { units: { value: [unit] } }],
  [
    'a process runs in it',
    { processes: { value: [{ pid: 9, exe: '/usr/bin/python3', cwd: '/home/ann/crm-backend/app', terminal: false }] } },
  ],
  ['it has no changes', { checkout: { value: { path: '/home/ann/crm-backend', changes: 0 } } }],
  ['nobody may see what runs', { processes: { errno: 'EACCES' } }],
  ['git may not look at it', { checkout: { errno: 'E_COMMAND_FAILED' } }],
])('when %s, then a work tree is no place of development', (_, more) => {
  const found = classify({ ...developed, ...more })
  expect(found.development).toBeNull()
  expect(found.strategy.type).toBe('directory')
})

test('when somebody only sits in a work tree, then it is still one that nothing runs from', () => {
  const shell = { pid: 9, exe: '/usr/bin/bash', cwd: '/home/ann/crm-backend', terminal: true }
  expect(classify({ ...developed, processes: { value: [shell] } }).development).not.toBeNull()
})
