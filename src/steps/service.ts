import type { StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

/** The outage begins. Its undo starts again only what ran before. */
export function stopHandler({ adapters }: StepPorts): StepHandler<'stop'> {
  return {
    async apply(step, { signal }) {
      await (await adapters.service(step.service)).stop(signal)
      return {}
    },
    async observe(step) {
      return (await (await adapters.service(step.service)).inspect()).running ? 'absent' : 'present'
    },
    async undo(step, { signal }) {
      if (step.wasRunning) await (await adapters.service(step.service)).start(signal)
    },
  }
}

/** Its undo stops the new version, so that the way back happens while nothing runs. */
export function startHandler({ adapters }: StepPorts): StepHandler<'start'> {
  return {
    async apply(step, { signal }) {
      await (await adapters.service(step.service)).start(signal)
      return {}
    },
    async observe(step) {
      const service = await adapters.service(step.service)
      return service.replaces !== true && (await service.inspect()).running ? 'present' : 'absent'
    },
    async undo(step, { signal }) {
      await (await adapters.service(step.service)).stop(signal)
    },
  }
}

/** For a start that ends what runs by itself: nothing forward, and undone last, when everything else is as it was. */
export function reviveHandler({ adapters }: StepPorts): StepHandler<'revive'> {
  return {
    apply: async () => ({}),
    observe: async () => 'present',
    async undo(step, { signal }) {
      const service = await adapters.service(step.service)
      // What was never ended is left alone: bringing it up would take in whatever else its files say by now.
      if (step.wasRunning && !(await service.inspect()).running) await service.start(signal)
    },
  }
}

/** Left in place by an undo: it guards the next run too. `forget` takes it away. */
export function guardHandler({ adapters, resume }: StepPorts): StepHandler<'guard'> {
  return {
    async apply(step) {
      await (await adapters.service(step.service)).guard?.install(resume)
      return {}
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
}

/** For `forget`: the last service that goes takes the shared unit with it. */
export function unguardHandler({ adapters }: StepPorts): StepHandler<'unguard'> {
  return {
    async apply(step) {
      await (await adapters.service(step.service)).guard?.remove()
      return {}
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
}

/** The waiting itself is `next()`'s: once it lets the step settle, the time is over. */
export function soakHandler(): StepHandler<'soak'> {
  return { apply: async () => ({}), observe: async () => 'present', undo: async () => {} }
}
