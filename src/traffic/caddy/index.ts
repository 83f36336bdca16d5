import { constants, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { problemOf } from '../../core/model/problem.ts'
import type { TrafficRef } from '../../core/plan/step.ts'
import { mainSlot, type Shares, sharesFor } from '../../core/traffic/slots.ts'
import { fsyncDir } from '../../host/tree/durable.ts'
import type { Traffic, TrafficKind } from '../../ports/traffic.ts'
import { type Admin, adminAt } from './admin.ts'
import { folderMissing, lacking, lackText, noSlots, noWeights, remedy, type Wanted } from './failures.ts'
import { isAt, lacksOf } from './routing.ts'
import { type CaddyConfig, caddySchema } from './schema.ts'

// Through no link: whoever planted one would have another file made.
const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW

/**
 * Two static upstreams of which a file chooses one. Caddy looks for that file at every request, so its config never changes: in
 * 2.6 each change closes all WebSockets. Nor is anybody sent to an instance that is going away: 2.6 cannot send a body again
 * after a connection that was refused, whatever `lb_try_duration` says.
 */
export function caddyTraffic(): TrafficKind<CaddyConfig> {
  return {
    kind: 'caddy',
    config: caddySchema,
    describe: ({ admin }) => `caddy at ${new URL(admin).host}`,
    abilities: () => ({ way: 'routes', weights: false, holds: false, lost: 'none' }),
    resource: ({ file }) => `path:${file}`,
    open: (config, ref) => openCaddy(adminAt(config.admin), wantedOf(config, ref)),
    complaints: (config, ref, signal) => complaintsOf(adminAt(config.admin), wantedOf(config, ref), signal),
  }
}

function wantedOf({ file }: CaddyConfig, { slots }: TrafficRef): Wanted {
  if (slots === null) throw noSlots()
  return { file, slots }
}

function openCaddy(admin: Admin, wanted: Wanted): Traffic {
  const { file, slots } = wanted
  const known = async (signal: AbortSignal): Promise<void> => {
    const lacks = lacksOf(await admin.config(signal), wanted)
    if (lacks.length > 0) throw lacking(lacks, wanted)
  }
  return {
    async served(signal) {
      await known(signal)
      const shares = sharesFor((await isThere(file)) ? 'green' : 'blue', 100)
      return { shares, persisted: shares }
    },
    async route(shares: Shares, signal) {
      const slot = mainSlot(shares)
      if (slot === null || shares[slot] !== 100) throw noWeights()
      await known(signal)
      if (slot === 'green') await (await open(file, flags, 0o644)).close()
      else await rm(file, { force: true })
      await fsyncDir(dirname(file))
    },
    async open(slot, signal) {
      const upstream = (await admin.upstreams(signal)).find(({ address }) => isAt(address, slots[slot]))
      return upstream?.num_requests ?? null
    },
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (problemOf(error).facts['errno'] === 'ENOENT') return false
    throw error
  }
}

async function complaintsOf(admin: Admin, wanted: Wanted, signal: AbortSignal): Promise<readonly string[]> {
  const lacks = lacksOf(await admin.config(signal), wanted)
  const folder = await isThere(dirname(wanted.file))
  return [
    ...lacks.map((lack) => lackText(lack, wanted)),
    ...(folder ? [] : [folderMissing(wanted)]),
    ...(lacks.length > 0 ? [remedy(wanted)] : []),
  ]
}
