import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BelayError, problemOf } from '../../core/model/problem.ts'
import type { TrafficRef } from '../../core/plan/step.ts'
import { mainSlot, slots } from '../../core/traffic/slots.ts'
import { isWritableDir } from '../../host/tree/places.ts'
import { command } from './client.ts'
import { missingLines, stickyLines } from './config-text.ts'
import { ask } from './runtime.ts'
import { type HaproxyConfig, stateFileOf } from './schema.ts'
import { type Pair, sharesIn } from './state.ts'

/** Reads only. */
export async function complaints(
  config: HaproxyConfig,
  ref: TrafficRef,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = []
  const asked = await ask(config, ref, signal).catch((error: unknown) => {
    if (!(error instanceof BelayError)) throw error
    found.push(`${error.problem.message}. ${error.problem.hint}`)
    return null
  })
  if (asked !== null) found.push(...aboutServers(config, ref, asked.pair))
  return [
    ...found,
    ...(await aboutConfig(config)),
    ...aboutFolder(config),
    ...(await aboutLevel(config, asked !== null, signal)),
  ]
}

/** Without it neither a switch nor its way back could be written. */
function aboutFolder(config: HaproxyConfig): readonly string[] {
  const folder = dirname(stateFileOf(config))
  if (isWritableDir(folder)) return []
  return [
    `${folder}, where Belay writes who is served, is not there or cannot be written: make it, such that HAProxy may read in it.`,
  ]
}

function aboutServers(config: HaproxyConfig, { slots: addresses }: TrafficRef, pair: Pair): readonly string[] {
  const { backend, servers } = config
  const elsewhere = slots.flatMap((slot) => {
    const wanted = addresses?.[slot].port ?? pair[slot].port
    if (wanted === pair[slot].port) return []
    const file = stateFileOf(config)
    return `HAProxy sends ${backend}/${servers[slot]} to port ${pair[slot].port}, and traffic.slots.${slot} is ${wanted}. Correct either; where its config says ${wanted} already, remove ${file} and reload HAProxy.`
  })
  const shares = sharesIn(pair)
  if (mainSlot(shares) !== null || shares.blue === 0) return elsewhere
  return [
    ...elsewhere,
    `Both servers of HAProxy's backend ${backend} get new connections. Add "disabled" to the line of the server ${servers.green} in ${config.config} and reload HAProxy; Belay enables it when it is needed.`,
  ]
}

async function aboutConfig(config: HaproxyConfig): Promise<readonly string[]> {
  const text = await readFile(config.config, 'utf8').catch((error: unknown) => problemOf(error))
  if (typeof text !== 'string') {
    return [`${config.config} cannot be read (${text.message}). Say in traffic.config where the config of HAProxy is.`]
  }
  const missing = missingLines(text, config.backend, stateFileOf(config))
  const sticky = stickyLines(text, config.backend)
  const place = `"backend ${config.backend}" in ${config.config}`
  return [
    ...(missing.length === 0
      ? []
      : [`A reload of HAProxy would forget who is served. Add to ${place}, then reload it: ${missing.join(' · ')}`]),
    ...(sticky.length === 0
      ? []
      : [
          `Whoever was at the old version before is sent there again until it is stopped: remove from ${place}: ${sticky.join(' · ')}`,
        ]),
  ]
}

async function aboutLevel(
  { socket }: HaproxyConfig,
  answers: boolean,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!answers) return []
  const level = (await command(socket, ['show cli level'], signal)).trim()
  if (level === 'admin') return []
  return [`HAProxy's socket ${socket} has the level ${level}: give it "level admin", so that servers can be changed.`]
}
