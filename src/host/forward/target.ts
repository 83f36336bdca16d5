import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import type { SlotAddress } from '../../core/plan/step.ts'
import { type Shares, type Slot, slots } from '../../core/traffic/slots.ts'

export type ForwardMode = 'http' | 'tcp'

/** All that a forwarder goes by. It reads this at its start and when it is told to, so that a crash brings the same back. */
export interface Target {
  readonly v: 1
  readonly mode: ForwardMode
  readonly listen: SlotAddress
  readonly slots: Readonly<Record<Slot, SlotAddress>>
  readonly shares: Shares
}

/** Where one forwarder keeps what it has. `marker`: `NAME=value`, in the environment of one that no service manager holds. */
export interface ForwardFolder {
  readonly name: string
  readonly stateDir: string
  readonly dir: string
  readonly target: string
  readonly control: string
  readonly log: string
  readonly marker: { readonly name: string; readonly value: string }
}

/** The control socket in that folder. */
export const controlName = 'control.sock'
export const targetName = 'target.json'

export function forwardsFolder(stateDir: string): string {
  return join(resolve(stateDir), 'traffic')
}

export function forwardFolder(stateDir: string, name: string): ForwardFolder {
  const state = resolve(stateDir)
  const dir = join(forwardsFolder(state), name)
  const value = createHash('sha256').update(`${state}\0${name}`).digest('hex').slice(0, 32)
  return {
    name,
    stateDir: state,
    dir,
    target: join(dir, targetName),
    control: join(dir, controlName),
    log: join(dir, 'output.log'),
    marker: { name: 'BELAY_FORWARD', value },
  }
}

/** null: it is none. Checked by hand: the forwarder stays small, and loads no schemas. */
export function parseTarget(text: string): Target | null {
  const read = objectIn(text)
  if (read?.['v'] !== 1) return null
  const { mode } = read
  const listen = addressIn(read['listen'])
  const places = pairOf(read['slots'], addressIn)
  const shares = pairOf(read['shares'], percentIn)
  if ((mode !== 'http' && mode !== 'tcp') || listen === null || places === null || shares === null) return null
  const sum = shares.blue + shares.green
  return sum === 100 || sum === 0 ? { v: 1, mode, listen, slots: places, shares } : null
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    return recordOf(JSON.parse(text))
  } catch {
    return null
  }
}

function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? { ...value } : null
}

function pairOf<T>(value: unknown, read: (one: unknown) => T | null): Readonly<Record<Slot, T>> | null {
  const pair = recordOf(value)
  const [blue, green] = slots.map((slot) => read(pair?.[slot]))
  return blue === undefined || blue === null || green === undefined || green === null ? null : { blue, green }
}

function addressIn(value: unknown): SlotAddress | null {
  const { host, port } = recordOf(value) ?? {}
  if (typeof host !== 'string' || host === '' || typeof port !== 'number') return null
  return Number.isInteger(port) && port > 0 && port < 65_536 ? { host, port } : null
}

function percentIn(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= 100 ? value : null
}
