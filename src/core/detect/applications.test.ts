import { expect, test } from 'vitest'
import { allReadings, readingsOf, withFiles } from '../../../test/fakes/readings.ts'
import { applicationsOf } from './applications.ts'
import type { Readings, UnitReading } from './readings.ts'

const bare: Readings = { ...readingsOf('made/bare-metal-server'), processes: { value: [] } }

const unit = (more: Partial<UnitReading>): UnitReading => ({
  unit: 'app.service',
  scope: 'system',
  active: true,
  workingDirectory: null,
  paths: [],
  user: null,
  ...more,
})

const pathsOf = (readings: Readings) => applicationsOf(readings).map(({ path }) => path)

test('when DuneBugger is here, then its core comes first: a unit runs from it', () => {
  const found = applicationsOf(readingsOf('made/raspberry-dunebugger'))
  expect(found.map(({ path }) => path)).toEqual([
    '/opt/dunebugger/core',
    '/opt/dunebugger/update-coordinator',
    '/opt/dunebugger',
  ])
  expect(found[0]).toMatchObject({ unit: 'dunebugger.service', running: true, writable: true, parentWritable: false })
  expect(found[2]).toMatchObject({ compose: '/opt/dunebugger/docker-compose.yml', running: true, git: false })
})

test('when one folder has several signs, then it is one candidate with all of them', () => {
  const [only, ...more] = applicationsOf(readingsOf('made/lxc-proxmox-whisper'))
  expect(more).toEqual([])
  expect(only).toMatchObject({ path: '/opt/whisper-appliance', unit: 'whisper-appliance.service', git: true })
  expect(only?.evidence.map(({ finding }) => finding)).toEqual(['unit', 'process', 'git', 'known'])
})

test('when each sign is for another folder, then they are in the order of their strength', () => {
  const mounts = '1 0 8:1 / / rw - ext4 /dev/sda1\n2 1 8:2 / /srv/mounted rw - ext4 /dev/sdb1\n'
  const readings = withFiles(
    {
      ...bare,
      units: {
        value: [
          unit({ unit: 'off.service', active: false, workingDirectory: '/opt/off' }),
          unit({ workingDirectory: '/opt/unit' }),
        ],
      },
      processes: { value: [{ pid: 5, exe: '/srv/process/bin/serve', cwd: '/', terminal: false }] },
      folders: [
        { path: '/srv/helpdesk', git: false, compose: null },
        { path: '/srv/compose', git: false, compose: 'compose.yaml' },
        { path: '/srv/tree', git: true, compose: null },
      ],
    },
    { '/proc/self/mountinfo': { value: mounts } },
  )
  expect(pathsOf(readings)).toEqual([
    '/opt/unit',
    '/opt/off',
    '/srv/process',
    '/srv/tree',
    '/srv/compose',
    '/srv/mounted',
    '/srv/helpdesk',
  ])
})

test.each([
  [{ workingDirectory: '/opt/app/releases/1.0.0' }, ['/opt/app']],
  [{ workingDirectory: '/opt/app/current' }, ['/opt/app']],
  [{ paths: ['/opt/app/.venv/bin/python', '/opt/app/main.py'] }, ['/opt/app']],
  [{ paths: ['/usr/bin/node', '/srv/shop/server.js'] }, ['/srv/shop']],
  [{ workingDirectory: '/var/lib/postgresql', paths: ['/usr/lib/postgresql/15/bin/postgres'] }, []],
  [{ workingDirectory: '/home/ann', paths: ['/usr/bin/something'] }, []],
  [{ workingDirectory: '/', paths: ['/opt/tool'] }, []],
])('when a unit has %j, then its applications are %j', (more, paths) => {
  expect(pathsOf({ ...bare, units: { value: [unit(more)] } })).toEqual(paths)
})

test.each([
  ['a shell of a person', { pid: 7, exe: '/usr/bin/bash', cwd: '/srv/app', terminal: true }],
  ['a server of the system', { pid: 7, exe: '/usr/sbin/sshd', cwd: '/', terminal: false }],
  ['an editor’s helper', { pid: 7, exe: '/home/ann/.vscode-server/node', cwd: '/home/ann', terminal: false }],
  ['something in /tmp', { pid: 7, exe: '/tmp/build/app', cwd: '/tmp/build', terminal: false }],
  ['belay itself', { pid: 7, exe: '/opt/belay/node', cwd: '/opt/belay', terminal: false }],
  ['one that may not be looked at', { pid: 7, exe: null, cwd: null, terminal: false }],
])('when %s runs, then it is no candidate', (_, process) => {
  expect(pathsOf({ ...bare, processes: { value: [process] } })).toEqual([])
})

test('when the first process of a container has a terminal, then it is the application all the same', () => {
  const first = { pid: 1, exe: '/usr/local/bin/python3.12', cwd: '/app', terminal: true }
  expect(pathsOf({ ...bare, processes: { value: [first] } })).toEqual(['/app'])
})

test('when engines mount their own files into a container, then only what the user mounted is told', () => {
  const text = [
    '1 0 0:9 / / rw - overlay overlay',
    '2 1 8:1 /var/lib/docker/containers/x/hosts /etc/hosts rw - ext4 /dev/sda1',
    '3 1 8:1 /var/lib/docker/volumes/shop_data/_data /app/data rw - ext4 /dev/sda1',
    '4 1 0:4 / /dev/shm rw - tmpfs shm',
  ].join('\n')
  const readings = withFiles(bare, { '/proc/self/mountinfo': { value: text } })
  expect(pathsOf(readings)).toEqual(['/app/data'])
})

test.each(allReadings)('when %s is read, then no folder of the system is taken for an application', (name) => {
  for (const { path } of applicationsOf(readingsOf(name))) expect(path).toMatch(/^\/(?:opt|srv|home\/[^/]+)\//)
})

test('when there are very many, then the list ends', () => {
  const folders = Array.from({ length: 100 }, (_, n) => ({ path: `/srv/app${n}`, git: true, compose: null }))
  expect(pathsOf({ ...bare, folders })).toHaveLength(20)
})
