import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { problemOf } from '../../core/model/problem.ts'
import type { TrafficRef } from '../../core/plan/step.ts'
import { type Shares, type Slot, slots } from '../../core/traffic/slots.ts'
import { connectionsTo } from '../../host/connections.ts'
import { atomicWrite } from '../../host/tree/durable.ts'
import type { Served } from '../../ports/traffic.ts'
import { command } from './client.ts'
import { noBackend, noServer, notUp, refused } from './failures.ts'
import { type HaproxyConfig, stateFileOf } from './schema.ts'
import {
  commandsFor,
  inMaintenance,
  isUp,
  type Pair,
  type Server,
  serversIn,
  sharesByConfig,
  sharesIn,
  stateFile,
  statOf,
} from './state.ts'

const pollMs = 50
/** Its own checks have to pass: a `check inter 10s` takes its time. */
const upTimeoutMs = 60_000
const takenTimeoutMs = 5000

export interface Asked {
  readonly all: readonly Server[]
  readonly pair: Pair
}

export async function ask(config: HaproxyConfig, ref: TrafficRef, signal: AbortSignal): Promise<Asked> {
  const { backend, servers, socket } = config
  const reply = await command(socket, [`show servers state ${backend}`], signal)
  if (/^Can't find backend/m.test(reply)) throw noBackend(config)
  const all = serversIn(reply, backend)
  const find = (slot: Slot): Server => {
    const found = all.find(({ name }) => name === servers[slot])
    if (found === undefined) throw noServer(config, servers[slot], ref.slots?.[slot].port ?? null)
    return found
  }
  return { all, pair: { blue: find('blue'), green: find('green') } }
}

export async function servedOf(config: HaproxyConfig, { pair }: Asked): Promise<Served> {
  const kept = serversIn(await readState(config), config.backend)
  const find = (slot: Slot) => kept.find(({ name }) => name === config.servers[slot])
  const [blue, green] = [find('blue'), find('green')]
  const known = blue !== undefined && green !== undefined
  return { shares: sharesIn(pair), persisted: known ? sharesIn({ blue, green }) : sharesByConfig(pair) }
}

async function readState(config: HaproxyConfig): Promise<string> {
  return readFile(stateFileOf(config), 'utf8').catch((error: unknown) => {
    if (problemOf(error).facts['errno'] === 'ENOENT') return ''
    throw error
  })
}

export async function route(
  config: HaproxyConfig,
  ref: TrafficRef,
  shares: Shares,
  signal: AbortSignal,
): Promise<void> {
  const { all } = await ready(config, ref, shares, signal)
  const file = stateFileOf(config)
  await atomicWrite(file, stateFile(await readState(config), all, config.servers, shares), { mode: 0o644 })
  // A reload that is under way has a process that knows the file of before, and for a moment the old one still answers at the
  // socket: what is asked once more is whether it is as it shall be.
  const end = performance.now() + takenTimeoutMs
  for (;;) {
    const said = await command(config.socket, commandsFor(config.backend, config.servers, shares), signal)
    if (said.trim() !== '') throw refused(config, said.trim().split('\n')[0] ?? '')
    const now = sharesIn((await ask(config, ref, signal)).pair)
    if (now.blue === shares.blue && now.green === shares.green) return
    if (performance.now() > end) throw refused(config, `it sends ${now.blue} % to blue and ${now.green} % to green`)
    await wait(pollMs, undefined, { signal })
  }
}

/** Waits until HAProxy itself would send people there: the other one must not be let go of before. */
async function ready(config: HaproxyConfig, ref: TrafficRef, shares: Shares, signal: AbortSignal): Promise<Asked> {
  const wanted = slots.filter((slot) => shares[slot] > 0)
  for (const end = performance.now() + upTimeoutMs; ; ) {
    const asked = await ask(config, ref, signal)
    const down = wanted.find((slot) => inMaintenance(asked.pair[slot]) || !isUp(asked.pair[slot]))
    if (down === undefined) return asked
    const server = `${config.backend}/${config.servers[down]}`
    // Drained, it is checked and gets nobody yet.
    if (inMaintenance(asked.pair[down])) await command(config.socket, [`set server ${server} state drain`], signal)
    else if (performance.now() > end) {
      throw notUp(config, config.servers[down], upTimeoutMs / 1000, await checkWords(config, down, signal))
    }
    await wait(pollMs, undefined, { signal })
  }
}

async function checkWords(config: HaproxyConfig, slot: Slot, signal: AbortSignal): Promise<string> {
  const stat = await statistics(config, slot, signal)
  return ['status', 'check_status', 'check_desc', 'last_chk']
    .map((key) => stat?.get(key) ?? '')
    .join(' ')
    .trim()
}

async function statistics({ backend, servers, socket }: HaproxyConfig, slot: Slot, signal: AbortSignal) {
  // 4: servers; -1: all of them.
  return statOf(await command(socket, [`show stat ${backend} 4 -1`], signal), servers[slot])
}

/**
 * A process that a reload left behind finishes what it has and can no longer be asked. Its connections are those to the slot's port
 * that the running process does not call its own.
 */
export async function openAt(
  config: HaproxyConfig,
  ref: TrafficRef,
  slot: Slot,
  signal: AbortSignal,
): Promise<number | null> {
  const address = ref.slots?.[slot]
  const all = address === undefined ? null : await connectionsTo(address)
  const stat = await statistics(config, slot, signal)
  const number = (key: string) => Number(stat?.get(key) ?? 0)
  const sessions = number('scur') + number('qcur')
  if (all === null) return sessions
  const own = Math.max(number('used_conn_cur'), number('scur')) + number('idle_conn_cur') + number('safe_conn_cur')
  return sessions + Math.max(0, all - own)
}
