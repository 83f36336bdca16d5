import { expect, test } from 'vitest'
import type { TrafficRef } from '../../core/plan/step.ts'
import type { Spec } from '../../core/model/names.ts'
import { faults, lacks } from './complaints.ts'
import { socketTraffic } from './index.ts'
import { type InstanceUnit, type Names, type Units, namesOf } from './units.ts'

const never = new AbortController().signal
const kind = socketTraffic()
const config = kind.config.parse({ type: 'socket', unit: 'crm', front: 'http://127.0.0.1:8080/' })

function refOf(blue: Spec, green: Spec): TrafficRef {
  const service = (spec: Spec) => ({ component: 'crm', spec, cwd: '/', user: null })
  return {
    component: 'crm',
    spec: { type: 'socket' },
    slots: null,
    services: { blue: service(blue), green: service(green) },
  }
}

const units = refOf({ type: 'systemd', unit: 'crm@blue.service' }, { type: 'systemd', unit: 'crm@green.service' })
const names = namesOf(config, units) as Names

const instance: InstanceUnit = {
  loaded: true,
  active: true,
  down: false,
  enabled: true,
  sockets: ['crm.socket'],
  type: 'notify',
  killMode: 'mixed',
  killSignal: '15',
  stopTimeoutMs: 600_000,
  startLimited: false,
  controlGroup: '/system.slice/crm@blue.service',
}
const socket = { loaded: true, active: true, enabled: true, accepts: false, listens: ['127.0.0.1:8080'] }
const sound: Units = { socket, instances: { blue: instance, green: instance } }
const queue = { unit: 'crm-queue.service', loaded: true, holds: true }
const patience = { twice: true, requestsMs: 30_000, streamsMs: 600_000 }

const changed = (change: Partial<InstanceUnit>): Units => ({
  ...sound,
  instances: { blue: { ...instance, ...change }, green: instance },
})

test('when the unit is named then it is a socket, with or without its ending', () => {
  expect(config.unit).toBe('crm.socket')
  expect(kind.config.parse({ type: 'socket', unit: 'crm.socket' }).unit).toBe('crm.socket')
  expect(kind.config.safeParse({ type: 'socket', unit: 'crm.service' }).success).toBe(false)
  expect(kind.config.safeParse({ type: 'socket', unit: '../crm' }).success).toBe(false)
})

test('when the services are units then their names and that of their template are known', () => {
  expect(names).toEqual({
    manager: { scope: 'system', user: null },
    socket: 'crm.socket',
    instances: { blue: 'crm@blue.service', green: 'crm@green.service' },
    template: 'crm@.service',
  })
})

test('when the services are no units then that is a complaint before, and an error when it is used', async () => {
  const ref = refOf({ type: 'process', command: ['a'] }, { type: 'process', command: ['a'] })
  expect(await kind.complaints?.(config, ref, never)).toEqual([
    expect.stringContaining('service: { type: systemd, unit: "name@" }'),
  ])
  await expect(kind.open(config, ref).served(never)).rejects.toMatchObject({ problem: { code: 'E_TRAFFIC_CONFIG' } })
})

test('when all is as the guide says then nothing is wrong', () => {
  expect(lacks(names, sound)).toEqual([])
  expect(faults(names, sound, queue, patience)).toEqual([])
})

test.each<[string, Units, RegExp]>([
  [
    'no socket',
    { ...sound, socket: { ...socket, loaded: false } },
    /no unit crm\.socket.*ListenStream=.*crm-queue\.service/s,
  ],
  ['no template', changed({ loaded: false }), /no unit crm@\.service.*Sockets=crm\.socket/],
  [
    'no Sockets',
    changed({ sockets: ['other.socket'] }),
    /write Sockets=crm\.socket in its section \[Service\].*daemon-reload/,
  ],
])('when there is %s then that alone is said, with what to write', (_what, found, said) => {
  expect(lacks(names, found)).toEqual([expect.stringMatching(said)])
})

test.each<[string, Units, RegExp]>([
  ['a program for each connection', { ...sound, socket: { ...socket, accepts: true } }, /Accept=no/],
  ['no boot', { ...sound, socket: { ...socket, enabled: false } }, /systemctl enable --now crm\.socket/],
  ['a closed socket', { ...sound, socket: { ...socket, active: false } }, /systemctl enable --now crm\.socket/],
  ['a guess of readiness', changed({ type: 'exec' }), /READY=1.*Type=notify/],
  ['children left behind', changed({ killMode: 'process' }), /KillMode=mixed/],
  ['a kill at once', changed({ killSignal: '9' }), /KillSignal=SIGTERM/],
  ['a short patience', changed({ stopTimeoutMs: 90_000 }), /killed 90 s.*gives 600 s.*TimeoutStopSec=600/],
  [
    'a limit of starts',
    changed({ startLimited: true }),
    /StartLimitIntervalSec=0 in the section \[Unit\] of crm@\.service/,
  ],
])('when it has %s then that alone is said, with the line to write', (_what, found, said) => {
  expect(faults(names, found, queue, patience)).toEqual([expect.stringMatching(said)])
})

test('when it may take for ever to end then no stream is too long', () => {
  expect(faults(names, changed({ stopTimeoutMs: null }), queue, patience)).toEqual([])
})

test.each([600_000, null])(
  'when everybody waits for its end and it may take %j ms then that is too long',
  (stopTimeoutMs) => {
    const alone = { ...patience, twice: false }
    expect(faults(names, changed({ stopTimeoutMs }), queue, alone)).toEqual([
      expect.stringMatching(
        /everybody waits.*write TimeoutStopSec=30 in its section \[Service\].*traffic\.drain\.requests/,
      ),
    ])
    expect(faults(names, changed({ stopTimeoutMs: 30_000 }), queue, alone)).toEqual([])
  },
)

test.each([
  [
    'a version',
    { unit: 'crm@blue.service', loaded: true, holds: false },
    /starts crm@blue\.service, whichever version/,
  ],
  [
    'what there is not',
    { unit: 'crm.service', loaded: false, holds: false },
    /wants to start crm\.service, which there is not/,
  ],
  ['what ends at once', { unit: 'crm-queue.service', loaded: true, holds: false }, /does not only wait/],
])('when the socket starts %s then the queue is explained, with its file', (_what, waker, said) => {
  const [only, ...more] = faults(names, sound, waker, patience)
  expect(only).toMatch(said)
  expect(only).toMatch(/Service=crm-queue\.service.*BindsTo=crm\.socket.*RemainAfterExit=yes/s)
  expect(more).toEqual([])
})
