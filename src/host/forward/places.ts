import { Agent } from 'node:http'
import type { SlotAddress } from '../../core/plan/step.ts'
import { type Slot, slots } from '../../core/traffic/slots.ts'
import { Gate } from './gate.ts'
import { Load } from './load.ts'
import type { Target } from './target.ts'
import { instead, type Left, leftBy, pick } from './ways.ts'

/** Shorter than servers keep an idle connection, so that it is we who end it and no request meets its end. */
const idleMs = 2000
const idleMax = 256

/** Where things go at this moment, and what is on its way: shared by all that is forwarded. */
export class Places {
  readonly gate = new Gate()
  readonly load = new Load()
  /** Whoever is answered is told not to come again on the same connection. */
  ending = false
  #target: Target
  #left: Left | null = null
  #kept: Readonly<Record<Slot, Agent>> = { blue: keeping(), green: keeping() }

  constructor(target: Target) {
    this.#target = target
  }

  get target(): Target {
    return this.#target
  }

  /** What is open stays with its slot. Connections that wait for their next request are ended: none of them has one. */
  follow(target: Target): void {
    this.#left = leftBy(this.#target.shares, target.shares, performance.now()) ?? this.#left
    this.#target = target
    this.forgetIdle()
  }

  /** Ends the idle connections to both slots, and keeps none of those that are in use now. */
  forgetIdle(): void {
    const before = this.#kept
    this.#kept = { blue: keeping(), green: keeping() }
    for (const slot of slots) {
      before[slot].maxFreeSockets = 0
      for (const socket of Object.values(before[slot].freeSockets).flatMap((some) => some ?? [])) socket.destroy()
    }
  }

  pick(): Slot | null {
    return pick(this.#target.shares, Math.random())
  }

  instead(of: Slot): Slot | null {
    return instead(of, this.#target.shares, this.#left, performance.now())
  }

  addressOf(slot: Slot): SlotAddress {
    return this.#target.slots[slot]
  }

  kept(slot: Slot): Agent {
    return this.#kept[slot]
  }
}

function keeping(): Agent {
  return new Agent({ keepAlive: true, maxFreeSockets: idleMax, scheduling: 'lifo', timeout: idleMs })
}
