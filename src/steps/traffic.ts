import type { Facts } from '../core/model/problem.ts'
import type { SlotAddress } from '../core/plan/step.ts'
import { mainSlot, type Shares, sharesFor } from '../core/traffic/slots.ts'
import { connectTo } from '../host/connect.ts'
import { watchFront } from '../host/front-door.ts'
import type { Clock } from '../ports/clock.ts'
import type { StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

const pauseMs = 50

/** Beside the one that serves; whatever that does at boot, this one will do. */
export function slotStartHandler({ adapters }: StepPorts): StepHandler<'slot-start'> {
  return {
    async apply({ traffic, slot, boots }, { signal }) {
      const service = await adapters.service(traffic.services[slot])
      await service.start(signal)
      if (boots) await service.setBoot?.(true, signal)
      return {}
    },
    // A start that was cut off may lack its second half; doing both again harms nobody.
    observe: async () => 'absent',
    async undo({ traffic, slot, boots, wasRunning }, { signal }) {
      if (wasRunning) return
      const service = await adapters.service(traffic.services[slot])
      if (boots) await service.setBoot?.(false, signal)
      await service.stop(signal)
    },
  }
}

/** What is really served decides, in either direction: a reload that somebody else began may have come between. */
export function switchHandler({ adapters }: StepPorts): StepHandler<'switch'> {
  return {
    async apply({ traffic, to, percent, front }, { signal }) {
      const proxy = await adapters.traffic(traffic)
      // Who opens the door for the first time has nobody there to lose.
      const { shares } = await proxy.served(signal)
      const open = shares.blue + shares.green > 0
      return measured(open ? front : null, () => proxy.route(sharesFor(to, percent), signal))
    },
    async observe({ traffic, to, percent }, { signal }) {
      const { shares, persisted } = await (await adapters.traffic(traffic)).served(signal)
      const wanted = sharesFor(to, percent)
      return same(shares, wanted) && same(persisted, wanted) ? 'present' : 'absent'
    },
    async undo({ traffic, from }, { signal }) {
      if (from !== null) await (await adapters.traffic(traffic)).route(sharesFor(from, 100), signal)
    },
  }
}

/** What somebody at the front door sees of it, as facts of the step. */
export async function measured(front: string | null, work: () => Promise<unknown>): Promise<Facts> {
  if (front === null) {
    await work()
    return {}
  }
  const watch = watchFront(front)
  try {
    await work()
  } catch (error) {
    await watch.stop()
    throw error
  }
  const { asked, failed, worstMs } = await watch.stop()
  return { asked, failed, worst_ms: worstMs }
}

function same(one: Shares, other: Shares): boolean {
  return one.blue === other.blue && one.green === other.green
}

/** New connections wait from here on. What comes after has to end before `limitMs`. */
export function holdHandler({ adapters, clock }: StepPorts): StepHandler<'hold'> {
  return {
    async apply({ traffic, limitMs }, { signal }) {
      await (await adapters.traffic(traffic)).hold?.(limitMs, signal)
      return {}
    },
    observe: async () => 'absent',
    async undo({ traffic, limitMs }, { signal }) {
      const proxy = await adapters.traffic(traffic)
      const main = mainSlot((await proxy.served(signal)).shares)
      const address = main === null ? undefined : traffic.slots?.[main]
      if (address !== undefined) await accepts(address, limitMs, clock, signal)
      await proxy.release?.(signal)
    },
  }
}

/** The old version was told to start again, which is not yet when it listens. Whether it does is for the checks to say. */
async function accepts({ host, port }: SlotAddress, limitMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const end = performance.now() + limitMs
  while ('code' in (await connectTo(host, port, signal)) && performance.now() < end) await clock.sleep(pauseMs, signal)
}

/** Who goes back stops the new version: people wait again, until the old one is there. */
export function releaseHandler({ adapters }: StepPorts): StepHandler<'release'> {
  return {
    async apply({ traffic }, { signal }) {
      await (await adapters.traffic(traffic)).release?.(signal)
      return {}
    },
    observe: async () => 'absent',
    async undo({ traffic, limitMs }, { signal }) {
      await (await adapters.traffic(traffic)).hold?.(limitMs, signal)
    },
  }
}
