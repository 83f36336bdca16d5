import { problemOf } from '../../core/model/problem.ts'
import type { TrafficRef } from '../../core/plan/step.ts'
import { mainSlot, type Shares, sharesFor, type Slot } from '../../core/traffic/slots.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Traffic, TrafficKind } from '../../ports/traffic.ts'
import { notTaken, noWeights, unreadable } from './failures.ts'
import { filled, find, runAs, valuesFor } from './programs.ts'
import { type CommandTrafficConfig, commandTrafficSchema } from './schema.ts'

const pauseMs = 200

/** Programs of the local config steer a proxy that Belay knows nothing of. Never taken from a manifest. */
export function commandTraffic(clock: Clock): TrafficKind<CommandTrafficConfig> {
  return {
    kind: 'command',
    config: commandTrafficSchema,
    describe: ({ switch: [program] }) => `command ${program}`,
    abilities: ({ share }) => ({ way: 'routes', weights: share !== undefined, holds: false, lost: 'unknown' }),
    resource: () => null,
    open: (config, ref) => openCommands(config, ref, clock),
    complaints,
  }
}

function openCommands(config: CommandTrafficConfig, ref: TrafficRef, clock: Clock): Traffic {
  const { open } = config
  return {
    async served(signal) {
      const shares = await sharesNow(config, signal)
      // What a restart of that proxy would bring nobody here can see: switch is told to see to it.
      return { shares, persisted: shares }
    },
    async route(shares, signal) {
      const { role, command, slot } = changeFor(config, shares)
      const argv = filled(command, valuesFor(ref, slot, shares[slot]))
      // Whoever cannot say what is served is not told to change it.
      await sharesNow(config, signal)
      const result = await runAs(role, argv, config, signal)
      const until = performance.now() + config.timeout
      for (;;) {
        const now = await sharesNow(config, signal)
        if (now.blue === shares.blue) return
        if (performance.now() > until) throw notTaken({ role, program: argv[0] }, slot, sharesText(now), result)
        await clock.sleep(pauseMs, signal)
      }
    },
    async open(slot, signal) {
      if (open === undefined) return null
      const argv = filled(open, valuesFor(ref, slot, 0))
      const { stdout } = await runAs('open', argv, config, signal)
      if (/^\s*\d{1,9}\s*$/.test(stdout)) return Number(stdout)
      throw unreadable({ role: 'open', program: argv[0] }, stdout, 'a number')
    },
  }
}

function changeFor({ switch: whole, share }: CommandTrafficConfig, shares: Shares) {
  const slot: Slot = mainSlot(shares) ?? 'blue'
  if (shares[slot] === 100) return { role: 'switch', command: whole, slot } as const
  if (share === undefined) throw noWeights()
  return { role: 'share', command: share, slot } as const
}

/** `green`, or `green 25` where others get the rest. */
async function sharesNow(config: CommandTrafficConfig, signal: AbortSignal): Promise<Shares> {
  const { stdout } = await runAs('active', config.active, config, signal)
  const found = /^\s*(blue|green)(?:\s+(\d{1,2}|100))?\s*$/.exec(stdout)
  if (found?.[1] === undefined) {
    throw unreadable({ role: 'active', program: config.active[0] }, stdout, 'blue or green')
  }
  return sharesFor(found[1] === 'blue' ? 'blue' : 'green', Number(found[2] ?? 100))
}

function sharesText(shares: Shares): string {
  const slot = mainSlot(shares) ?? 'blue'
  return shares[slot] === 100 ? slot : `${slot} ${shares[slot]}`
}

async function complaints(config: CommandTrafficConfig, ref: TrafficRef, signal: AbortSignal) {
  const said: string[] = []
  const take = async (work: () => Promise<unknown>) => {
    await work().catch((error: unknown) => {
      const { code, message, hint } = problemOf(error)
      if (code !== 'E_TRAFFIC_CONFIG') throw error
      said.push(hint === null ? message : `${message} ${hint}`)
    })
  }
  for (const role of ['switch', 'open', 'share'] as const) {
    const command = config[role]
    if (command !== undefined) await take(async () => find(role, filled(command, valuesFor(ref, 'blue', 100)), config))
  }
  await take(() => sharesNow(config, signal))
  return said
}
