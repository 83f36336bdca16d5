import { z } from 'zod'
import type { TrafficRef } from '../../core/plan/step.ts'
import { type Slot, slots } from '../../core/traffic/slots.ts'
import { assignmentsIn } from '../../host/systemd/assignments.ts'
import { definition, properties } from '../../host/systemd/manager.ts'
import { type Manager, managerOf } from '../../host/systemd/scope.ts'
import { type Properties, wordsOf } from '../../host/systemd/show.ts'
import { timespanMs } from '../../host/systemd/timespan.ts'
import type { SocketTrafficConfig } from './schema.ts'

/** As much of the spec of a service as names a unit. */
const serviceSchema = z.object({
  type: z.literal('systemd'),
  unit: z.string(),
  scope: z.enum(['system', 'user']).default('system'),
  user: z.string().optional(),
})

export interface Names {
  readonly manager: Manager
  readonly socket: string
  readonly instances: Readonly<Record<Slot, string>>
  /** `crm@.service`. */
  readonly template: string
}

/** null: the services are not units of systemd. */
export function namesOf({ unit }: SocketTrafficConfig, { services }: TrafficRef): Names | null {
  const blue = serviceSchema.safeParse(services.blue.spec).data
  const green = serviceSchema.safeParse(services.green.spec).data
  if (blue === undefined || green === undefined) return null
  return {
    manager: managerOf(blue, services.blue.user),
    socket: unit,
    instances: { blue: blue.unit, green: green.unit },
    template: blue.unit.replace(/@[^@]*\.service$/, '@.service'),
  }
}

export interface SocketUnit {
  readonly loaded: boolean
  readonly active: boolean
  readonly enabled: boolean
  readonly accepts: boolean
  /** `127.0.0.1:8080`, `[::]:8080`, `/run/crm.sock`. */
  readonly listens: readonly string[]
}

export interface InstanceUnit {
  readonly loaded: boolean
  /** Gets new connections: one that starts is not ready, one that ends takes none. */
  readonly active: boolean
  readonly down: boolean
  readonly enabled: boolean
  readonly sockets: readonly string[]
  readonly type: string
  readonly killMode: string
  readonly killSignal: string
  /** null: for ever. */
  readonly stopTimeoutMs: number | null
  readonly startLimited: boolean
  readonly controlGroup: string
}

export interface Units {
  readonly socket: SocketUnit
  readonly instances: Readonly<Record<Slot, InstanceUnit>>
}

const names = [
  'LoadState',
  'ActiveState',
  'UnitFileState',
  'Accept',
  'Listen',
  'TriggeredBy',
  'Type',
  'KillMode',
  'KillSignal',
  'TimeoutStopUSec',
  'StartLimitIntervalUSec',
  'ControlGroup',
] as const

export async function lookAt({ manager, socket, instances }: Names, signal: AbortSignal): Promise<Units> {
  const asked = [socket, ...slots.map((slot) => instances[slot])]
  const [first, blue, green] = await properties(manager, asked, names, signal)
  return { socket: socketOf(first), instances: { blue: instanceOf(blue), green: instanceOf(green) } }
}

const one = (unit: Properties | undefined, name: (typeof names)[number]): string => unit?.get(name)?.[0] ?? ''

function socketOf(unit: Properties | undefined): SocketUnit {
  return {
    loaded: one(unit, 'LoadState') === 'loaded',
    active: one(unit, 'ActiveState') === 'active',
    enabled: one(unit, 'UnitFileState') === 'enabled',
    accepts: one(unit, 'Accept') === 'yes',
    listens: (unit?.get('Listen') ?? []).map((text) => text.replace(/ \([A-Za-z]+\)$/, '')),
  }
}

function instanceOf(unit: Properties | undefined): InstanceUnit {
  const state = one(unit, 'ActiveState')
  return {
    loaded: one(unit, 'LoadState') === 'loaded',
    active: state === 'active' || state === 'reloading' || state === 'refreshing',
    down: state === 'inactive' || state === 'failed',
    enabled: one(unit, 'UnitFileState') === 'enabled',
    sockets: wordsOf(one(unit, 'TriggeredBy')),
    type: one(unit, 'Type'),
    killMode: one(unit, 'KillMode'),
    killSignal: one(unit, 'KillSignal'),
    stopTimeoutMs: timespanMs(one(unit, 'TimeoutStopUSec')),
    startLimited: timespanMs(one(unit, 'StartLimitIntervalUSec')) !== 0,
    controlGroup: one(unit, 'ControlGroup'),
  }
}

/** What the socket starts when somebody comes while nobody accepts. */
export interface Waker {
  readonly unit: string
  readonly loaded: boolean
  /** It starts no version, stays active, and ends with the socket: without that systemd would refuse to open the socket again. */
  readonly holds: boolean
}

export async function wakerOf({ manager, socket }: Names, signal: AbortSignal): Promise<Waker> {
  const written = assignmentsIn(await definition(manager, socket, signal), 'Socket')
  const named = written.findLast(({ key, value }) => key === 'Service' && value !== '')?.value
  const unit = named ?? socket.replace(/\.socket$/, '.service')
  const [found] = await properties(manager, [unit], ['LoadState', 'Type', 'RemainAfterExit', 'BindsTo'], signal)
  const value = (name: string) => found?.get(name)?.[0] ?? ''
  const holds = value('Type') === 'oneshot' && value('RemainAfterExit') === 'yes'
  return {
    unit,
    loaded: value('LoadState') === 'loaded',
    holds: holds && wordsOf(value('BindsTo')).includes(socket),
  }
}
