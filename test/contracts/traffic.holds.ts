import assert from 'node:assert/strict'
import type { Traffic } from '../../src/ports/traffic.ts'
import { type Application, get } from './traffic.stage.ts'

/** What the contract of `Traffic` asks of those that can let people wait. Without a test runner, as the rest of it. */
interface Case {
  readonly name: string
  readonly check: (subject: Subject) => Promise<void>
}

interface Subject {
  readonly traffic: Traffic
  readonly front: string
  readonly application: Pick<Application, 'start' | 'end'>
}

const never = new AbortController().signal

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Where it routes: it lets new requests wait, and lets go of them. */
export const holds: readonly Case[] = [
  {
    name: 'when it holds then requests wait, none fails, and they are answered when it lets go',
    check: async ({ traffic, front }) => {
      await traffic.hold?.(20_000, never)
      await traffic.hold?.(20_000, never)
      let answered = 0
      const requests = Array.from({ length: 10 }, async () => {
        const { status } = await get(`${front}/`)
        answered += 1
        return status
      })
      // That nothing happens can only be seen by waiting.
      await pause(400)
      assert.equal(answered, 0)
      await traffic.release?.(never)
      assert.deepEqual(new Set(await Promise.all(requests)), new Set([200]))
      await traffic.release?.(never)
    },
  },
  {
    name: 'when nobody lets go then it is over by itself after its limit',
    check: async ({ traffic, front }) => {
      const ms: number[] = []
      // A machine that stands still makes one of them long.
      while (ms.length < 3 && !ms.some((each) => each < 10_000)) {
        const begun = performance.now()
        await traffic.hold?.(700, never)
        assert.equal((await get(`${front}/`)).status, 200)
        ms.push(performance.now() - begun)
      }
      assert.ok(ms.every((each) => each > 500) && ms.some((each) => each < 10_000), `it was held for ${ms.join()} ms`)
    },
  },
]

/** Where both share a door, requests wait there for as long as nobody stands behind it. */
export const queues: readonly Case[] = [
  {
    name: 'when nobody runs then requests wait, nobody is started for them, and who is started then answers them',
    check: async ({ application, front, traffic }) => {
      await traffic.hold?.(20_000, never)
      await application.end('blue')
      let answered = 0
      const requests = Array.from({ length: 10 }, async () => {
        const { slot } = await get(`${front}/`)
        answered += 1
        return slot
      })
      // That nothing happens can only be seen by waiting.
      await pause(400)
      assert.equal(answered, 0)
      await application.start('green')
      await traffic.release?.(never)
      assert.deepEqual(new Set(await Promise.all(requests)), new Set(['green']))
    },
  },
]
