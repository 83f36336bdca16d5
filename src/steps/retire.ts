import { type Facts, problemOf } from '../core/model/problem.ts'
import type { RetireStep } from '../core/plan/step.ts'
import { connectionsTo } from '../host/connections.ts'
import type { OpenService } from '../ports/service.ts'
import type { OpenTraffic } from '../ports/traffic.ts'
import type { Retiring } from '../ports/retiring.ts'
import type { StepContext, StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'
import { measured } from './traffic.ts'

const pauseMs = 200

/**
 * Lets an old instance go. Its record is on disk first, with absolute deadlines: whoever comes later, after a crash or hours after
 * this run, ends it by the same words. What is asked for is looked at anew each time: an instance that is served again stays.
 */
export function retireHandler(ports: StepPorts): StepHandler<'retire'> {
  return {
    async apply(step, context) {
      const record = recordFor(step, context, ports)
      let ended: Facts = {}
      const seen = await measured(step.front, async () => {
        ended = await drained(step, record, ports, context)
      })
      return { ...seen, ...ended }
    },
    observe: async () => 'absent',
    // It comes after the commit, or waits for an instance that is on its way out already.
    undo: async () => {},
  }
}

/** Whoever retires it again keeps to what was said the first time. */
function recordFor(step: RetireStep, { run }: StepContext, { retiring, clock }: StepPorts): Retiring {
  const known = retiring.get(step.traffic.component)
  const same = known !== null && known.step.slot === step.slot
  const now = clock.now()
  const begun = { run, step, retireAt: now + step.warmMs + step.streamsMs, warmUntil: now + step.warmMs }
  const record = same ? { ...known, warmUntil: step.vacates ? Math.min(now, known.warmUntil) : known.warmUntil } : begun
  retiring.put(record)
  return record
}

async function drained(
  step: RetireStep,
  { retireAt, warmUntil }: Retiring,
  ports: StepPorts,
  { signal, progress }: StepContext,
): Promise<Facts> {
  const { adapters, clock, retiring } = ports
  const { traffic, slot } = step
  const proxy = await adapters.traffic(traffic)
  const service = await adapters.service(traffic.services[slot])
  const { shares } = await proxy.served(signal)
  if (proxy.abilities.way === 'routes' && shares[slot] > 0) {
    retiring.remove(traffic.component)
    return { kept: 'it is served again' }
  }
  const started = performance.now()
  for (;;) {
    const now = clock.now()
    const left = now < warmUntil ? null : await leftAt(step, proxy, service, signal)
    if (left === 0 || now >= retireAt) {
      return { left: left ?? 0, ...(await ended(step, service, ports, signal)) }
    }
    // Nobody waits for what is kept on purpose.
    if (left === null || performance.now() - started >= step.requestsMs) {
      const until = new Date(left === null ? warmUntil : retireAt).toISOString()
      return left === null ? { warm_until: until } : { left, retire_at: until }
    }
    progress(0, null, `${left} left`)
    await clock.sleep(pauseMs, signal)
  }
}

/** An instance that does not end is a nuisance, no reason to call the update anything but done: it is tried again later. */
async function ended(
  step: RetireStep,
  service: OpenService,
  { retiring }: StepPorts,
  signal: AbortSignal,
): Promise<Facts> {
  try {
    if (step.boots) await service.setBoot?.(false, signal)
    await service.stop(signal)
    retiring.remove(step.traffic.component)
    return {}
  } catch (error) {
    if (step.vacates || signal.aborted) throw error
    return { warnings: [`The old version in ${step.slot} does not end: ${problemOf(error).message}`] }
  }
}

/** What shares its door with the new one leaves by ending: it is told to, and is gone when it has finished what it had. */
async function leftAt(
  { slot, traffic }: RetireStep,
  proxy: OpenTraffic,
  service: OpenService,
  signal: AbortSignal,
): Promise<number> {
  const { running } = await service.inspect()
  if (!running) return 0
  if (proxy.abilities.way === 'shares') {
    // Then its own patience is all it has.
    if (service.terminate === undefined) return 0
    await service.terminate(signal)
    return (await service.inspect()).running ? 1 : 0
  }
  const told = await proxy.open(slot, signal)
  if (told !== null) return told
  const address = traffic.slots?.[slot]
  return (address === undefined ? null : await connectionsTo(address)) ?? 0
}
