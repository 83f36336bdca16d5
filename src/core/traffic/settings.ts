import type { Spec } from '../model/names.ts'
import type { Identity, SlotAddress } from '../plan/step.ts'
import type { Slot } from './slots.ts'

/** A traffic that its kind's schema accepts, as the rest of the program takes it. Times in milliseconds. */
export interface TrafficSettings {
  readonly spec: Spec
  readonly front: string | null
  readonly slots: Readonly<Record<Slot, SlotAddress>> | null
  readonly ready: { readonly path: string | null; readonly timeoutMs: number }
  readonly warmUp: readonly string[]
  readonly identity: Identity | null
  readonly verify: { readonly times: number; readonly timeoutMs: number }
  readonly drain: { readonly requestsMs: number; readonly streamsMs: number }
  readonly warmMs: number
  readonly twice: boolean
  /** Both versions can work with the data after every migration. */
  readonly expands: boolean
  readonly gradual: { readonly shares: readonly number[]; readonly everyMs: number } | null
}
