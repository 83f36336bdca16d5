import { fail } from '../../core/model/problem.ts'
import { nobody, type Shares } from '../../core/traffic/slots.ts'
import type { TrafficRef } from '../../core/plan/step.ts'
import { askControl, type Command, readTarget } from '../../host/forward/control.ts'
import { forwardFolder, type Target } from '../../host/forward/target.ts'
import type { Traffic, TrafficKind } from '../../ports/traffic.ts'
import { cannotListen, placeSentence } from './failures.ts'
import { type ForwardsOptions, forwardManager, tell, writeTarget } from './forwards.ts'
import { placeAt } from './free.ts'
import { type BuiltinConfig, builtinSchema, listenAddress } from './schema.ts'

const askMs = 5000

/**
 * A forwarder of ours in a process of its own, which neither the agent nor an update of Belay ends. It goes by one file
 * (`traffic/NAME/target.json` in the state folder), so that what is on disk and what runs are the same after any start.
 */
export function builtinTraffic(options: ForwardsOptions): TrafficKind<BuiltinConfig> {
  return {
    kind: 'builtin',
    config: builtinSchema,
    describe: ({ listen }) => `builtin ${listen}`,
    abilities: () => ({ way: 'routes', weights: true, holds: true, lost: 'none' }),
    resource: () => null,
    open: (config, ref) => open(config, ref, options),
    async complaints(config, { component }) {
      const folder = forwardFolder(options.stateDir, component)
      const status = await askControl(folder.control, { do: 'status' }, askMs).catch(() => null)
      if (status !== null && samePlace(status.listen, listenAddress(config))) return []
      const sentence = placeSentence(config.listen, await placeAt(listenAddress(config)))
      return sentence === null ? [] : [sentence]
    },
  }
}

function open(config: BuiltinConfig, ref: TrafficRef, options: ForwardsOptions): Traffic {
  const folder = forwardFolder(options.stateDir, ref.component)
  const manager = forwardManager(options)
  const ask = (command: Command, signal: AbortSignal) => tell(folder, manager, command, signal)
  return {
    async served(signal) {
      const target = await readTarget(folder.target)
      if (target !== null) {
        const { shares } = await ask({ do: 'status' }, signal)
        return { shares, persisted: target.shares }
      }
      await refuseForeign(config)
      return { shares: nobody, persisted: nobody }
    },
    async route(shares, signal) {
      const target = targetOf(config, ref, shares)
      await moveAway(target, await readTarget(folder.target))
      await writeTarget(folder, target)
      await manager.start(folder, target.listen)
      await ask({ do: 'reload' }, signal)
    },
    async open(slot, signal) {
      if ((await readTarget(folder.target)) === null) return 0
      const { requests, streams } = (await ask({ do: 'status' }, signal)).open[slot]
      return requests + streams
    },
    async hold(limitMs, signal) {
      await ask({ do: 'hold', limitMs }, signal)
    },
    async release(signal) {
      await ask({ do: 'release' }, signal)
    },
  }

  /** One that listens elsewhere, or speaks otherwise, cannot be told to change: it is ended, and another one begins. */
  async function moveAway(to: Target, from: Target | null): Promise<void> {
    if (from !== null && samePlace(from.listen, to.listen) && from.mode === to.mode) return
    if (from !== null) await manager.end(folder)
    await refuseForeign(config)
  }
}

async function refuseForeign(config: BuiltinConfig): Promise<void> {
  const place = await placeAt(listenAddress(config))
  const sentence = placeSentence(config.listen, place)
  if (sentence !== null && place !== 'taken') throw cannotListen(sentence)
}

function samePlace(one: Target['listen'], other: Target['listen']): boolean {
  return one.host === other.host && one.port === other.port
}

function targetOf(config: BuiltinConfig, { slots }: TrafficRef, shares: Shares): Target {
  if (slots === null) {
    throw fail('E_TRAFFIC_CONFIG', 'traffic.slots does not say where the slots listen.', {
      hint: 'Write slots: { blue: 8001, green: 8002 }.',
    })
  }
  return { v: 1, mode: config.mode, listen: listenAddress(config), slots, shares }
}
