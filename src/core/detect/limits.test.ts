import { expect, test } from 'vitest'
import { readingsOf, withFiles } from '../../../test/fakes/readings.ts'
import { classify } from './classify.ts'
import type { Limit } from './deployment.ts'
import type { EngineReading, OwnUnitReading, Readings } from './readings.ts'

const server = readingsOf('made/bare-metal-server')
const whisper = readingsOf('made/lxc-proxmox-whisper')

const limitsOf = (readings: Readings): readonly Limit[] => classify(readings).limits
const codesOf = (readings: Readings): readonly string[] => limitsOf(readings).map(({ code }) => code)

const engine = (answer: EngineReading['answer']): Pick<Readings, 'engines'> => ({
  engines: [{ address: 'unix:///var/run/docker.sock', answer }],
})
const docker = { value: { name: 'docker', version: '26.1.4', containers: [] } } as const

test('when all is well on a machine, then there is nothing that would not work', () => {
  expect(limitsOf({ ...server, ...engine(docker), composePrograms: ['docker compose'] })).toEqual([])
})

test('W8, C7: when an application’s own user looks, then it is told that it may not restart its unit, nor use sudo', () => {
  const limits = limitsOf(whisper)
  expect(limits).toContainEqual({ code: 'restart-refused', unit: 'whisper-appliance.service', uid: 998 })
  expect(limits).toContainEqual({ code: 'sudo-blocked' })
  expect(codesOf({ ...whisper, uid: 0 })).not.toContain('restart-refused')
})

test('W8: when the unit is a user’s own, then that user may restart it', () => {
  const units = 'value' in whisper.units ? whisper.units.value.map((unit) => ({ ...unit, scope: 'user' as const })) : []
  expect(codesOf({ ...whisper, units: { value: units } })).not.toContain('restart-refused')
})

test('when an application can be written to and the folder above cannot, then nothing can be put beside it', () => {
  expect(limitsOf(whisper)).toContainEqual({
    code: 'parent-closed',
    path: '/opt/whisper-appliance',
    parent: '/opt',
    errno: 'EACCES',
  })
})

test('D20: when a folder of an application belongs to another user, then it is told with the reason', () => {
  const pi = readingsOf('made/raspberry-dunebugger')
  expect(limitsOf(pi)).toContainEqual({ code: 'path-closed', path: '/opt/dunebugger', errno: 'EACCES' })
})

test('D23: when our own unit has small budgets and hides homes, then each is told', () => {
  const limits = limitsOf(whisper)
  expect(limits).toContainEqual({ code: 'memory-limit', bytes: 268_435_456, unit: 'whisper-appliance.service' })
  expect(limits).toContainEqual({ code: 'cpu-limit', percent: 20, unit: 'whisper-appliance.service' })
  expect(limits).toContainEqual({ code: 'home-hidden', unit: 'whisper-appliance.service', value: 'yes' })
})

test('D23: when a container has a small budget of memory, then it is told, in either generation of control groups', () => {
  const plain = readingsOf('recorded/docker-plain')
  const v1 = withFiles(plain, { '/sys/fs/cgroup/memory/memory.limit_in_bytes': { value: '67108864\n' } })
  const v2 = withFiles(plain, { '/sys/fs/cgroup/memory.max': { value: '67108864\n' } })
  const none = withFiles(plain, { '/sys/fs/cgroup/memory.max': { value: 'max\n' } })
  expect(limitsOf(v1)).toContainEqual({ code: 'memory-limit', bytes: 67_108_864, unit: null })
  expect(limitsOf(v2)).toContainEqual({ code: 'memory-limit', bytes: 67_108_864, unit: null })
  expect(codesOf(none)).not.toContain('memory-limit')
  expect(codesOf(plain)).not.toContain('memory-limit')
})

test('C7: when the unit makes the system read-only, then the places and the unit are told', () => {
  const text = '1 0 8:1 / / ro - ext4 /dev/sda1\n2 1 8:1 /srv /srv rw - ext4 /dev/sda1\n'
  const own: OwnUnitReading = {
    unit: 'belay.service',
    memoryBytesMax: null,
    cpuPercentMax: null,
    protectSystem: 'strict',
    protectHome: 'no',
  }
  const strict = withFiles({ ...server, ownUnit: { value: own } }, { '/proc/self/mountinfo': { value: text } })
  expect(limitsOf(strict)).toEqual([{ code: 'system-read-only', paths: ['/'], unit: 'belay.service' }])
  expect(limitsOf({ ...strict, ownUnit: { value: null } })).toEqual([
    { code: 'system-read-only', paths: ['/'], unit: null },
  ])
})

test('when a container of an image cannot reach an engine, then it cannot be replaced from inside', () => {
  const plain = readingsOf('recorded/docker-plain')
  expect(codesOf(plain)).toContain('engine-absent')
  expect(codesOf({ ...plain, ...engine(docker) })).not.toContain('engine-absent')
  expect(codesOf(server)).not.toContain('engine-absent')
})

test.each([
  ['EACCES', 'engine-refused'],
  ['ECONNREFUSED', 'engine-silent'],
  ['E_TIMEOUT', 'engine-silent'],
])('when a socket of an engine answers with %s, then it is %s', (errno, code) => {
  expect(limitsOf({ ...server, ...engine({ errno }) })).toEqual([
    { code, address: 'unix:///var/run/docker.sock', errno },
  ])
})

test('D22: when an engine answers and no compose program does, then it is told', () => {
  expect(limitsOf({ ...server, ...engine(docker) })).toEqual([{ code: 'compose-absent', engine: 'docker' }])
})

test('when there is a work tree and no git, then it is told', () => {
  const folders = [{ path: '/srv/tree', git: true, compose: null }]
  expect(limitsOf({ ...server, folders, programs: [] })).toContainEqual({ code: 'git-absent', path: '/srv/tree' })
  expect(limitsOf({ ...server, folders })).toEqual([])
})

test('when there is no systemd, then what it would have done is told; where there never is one, nothing', () => {
  expect(codesOf(readingsOf('made/bare-metal-no-systemd'))).toEqual(['systemd-absent'])
  expect(codesOf(readingsOf('made/macos'))).toEqual([])
  expect(codesOf(readingsOf('made/windows'))).toEqual([])
})

test('when systemd runs and does not talk to us, then that is told, not that it is absent', () => {
  expect(codesOf({ ...server, systemManager: { errno: 'EACCES' } })).toEqual(['systemd-refused'])
})

test('D21: when a compose file is mounted by itself, then it is told that it can only be written to', () => {
  const pi = readingsOf('made/raspberry-dunebugger')
  const text = '1 0 8:1 / / rw - ext4 /dev/a\n2 1 8:1 /c.yml /opt/dunebugger/docker-compose.yml rw - ext4 /dev/a\n'
  const mounted = withFiles(pi, { '/proc/self/mountinfo': { value: text } })
  expect(limitsOf(mounted)).toContainEqual({ code: 'file-mount', path: '/opt/dunebugger/docker-compose.yml' })
})

test('when somebody may use sudo without a password, then it is told; of root and Windows nothing is', () => {
  const sudo = (readings: Readings) => classify(readings).privileges.sudo
  expect(sudo(readingsOf('made/raspberry-dunebugger'))).toBe(true)
  expect(sudo(whisper)).toBe(false)
  expect(sudo(server)).toBeNull()
  expect(sudo(readingsOf('made/windows'))).toBeNull()
})
