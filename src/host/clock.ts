import { randomBytes } from 'node:crypto'
import { uptime } from 'node:os'
import type { SteadyClock } from '../ports/clock.ts'
import { bootId } from './process/find.ts'

/** Node fires at once when a timer is longer than this. */
const timerMsMax = 2_147_483_647

function sleepOnce(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** The clock of this machine. */
export function systemClock(): SteadyClock {
  const boot = bootId()
  return {
    now: () => Date.now(),
    // The kernel's count of seconds goes on while the host sleeps, unlike what timers and `performance` go by.
    uptime: () => uptime() * 1000,
    bootId: () => boot,
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    sleep: async (ms, signal) => {
      signal.throwIfAborted()
      for (let left = ms; left > 0; left -= timerMsMax) await sleepOnce(Math.min(left, timerMsMax), signal)
    },
  }
}
