import { setTimeout as wait } from 'node:timers/promises'
import type { TrafficRef } from '../../core/plan/step.ts'
import { mainSlot, type Shares, sharesFor, type Slot } from '../../core/traffic/slots.ts'
import { ask } from '../../host/ask.ts'
import { connectionsTo } from '../../host/connections.ts'
import type { Argv } from '../../host/process/launch.ts'
import { run } from '../../host/process/run.ts'
import type { Served } from '../../ports/traffic.ts'
import { noSlots, notAnswering, notIncluded, notSeen, otherSlots, statusForeign } from './failures.ts'
import { type NginxConfig, placesOf } from './schema.ts'
import { readShares, writeShares } from './shares.ts'
import { type Addresses, statusIn } from './text.ts'

const statusTimeoutMs = 5000
const programTimeoutMs = 60_000
const dumpBytesMax = 16 * 1024 * 1024
const seenTimeoutMs = 5000
const pollMs = 20

export function addressesOf(config: NginxConfig, { slots }: TrafficRef): Addresses {
  if (slots === null) throw noSlots(config)
  return slots
}

export async function servedOf(config: NginxConfig, ref: TrafficRef, signal: AbortSignal): Promise<Served> {
  const sees = await seenBy(config, addressesOf(config, ref), signal)
  const persisted = await readShares(config)
  const seen = sees === (persisted.green > 0 ? 'green' : 'blue')
  return { shares: seen ? persisted : sharesFor(sees, 100), persisted }
}

/** What a worker finds at this moment, told by itself. */
async function seenBy(config: NginxConfig, addresses: Addresses, signal: AbortSignal): Promise<Slot> {
  const answer = await ask({ url: `http://${config.status}/`, signal, timeoutMs: statusTimeoutMs })
  if ('code' in answer) {
    // Nothing is there: because nginx does not run, or because its config lacks our file.
    const dump = await dumpOf(config, signal)
    throw dump !== null && !dump.includes(`# configuration file ${placesOf(config).http}:`)
      ? notIncluded(config, addresses)
      : notAnswering(config, answer.message)
  }
  const status = statusIn(answer.body, config, addresses)
  if (status === 'foreign') throw statusForeign(config, addresses)
  if (status === 'other-slots') throw otherSlots(config, addresses)
  return status.sees
}

/** The config as it is on disk, with every included file; null: it cannot be had. */
export async function dumpOf({ program }: NginxConfig, signal: AbortSignal): Promise<string | null> {
  const argv: Argv = [...program, '-T']
  const dump = await run({ argv, cwd: '/', timeoutMs: programTimeoutMs, signal, outputBytesMax: dumpBytesMax }).catch(
    () => null,
  )
  signal.throwIfAborted()
  return dump === null || dump.code !== 0 ? null : dump.stdout
}

export async function route(config: NginxConfig, ref: TrafficRef, shares: Shares, signal: AbortSignal): Promise<void> {
  const addresses = addressesOf(config, ref)
  // An nginx that cannot be asked is left as it is.
  await seenBy(config, addresses, signal)
  const before = await readShares(config)
  await writeShares(config, shares)
  const wanted = shares.green > 0 ? 'green' : 'blue'
  for (const end = performance.now() + seenTimeoutMs; ; ) {
    if ((await seenBy(config, addresses, signal)) === wanted) return
    if (performance.now() > end) break
    await wait(pollMs, undefined, { signal })
  }
  if (mainSlot(before) !== null) await writeShares(config, before)
  throw notSeen(config)
}

/** nginx does not tell what it has open for whom, but it keeps no idle connections to these upstreams: each one is in use. */
export async function openAt(config: NginxConfig, ref: TrafficRef, slot: Slot): Promise<number | null> {
  return connectionsTo(addressesOf(config, ref)[slot])
}
