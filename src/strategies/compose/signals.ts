import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import type { Container } from '../../host/containers/types.ts'
import { parseDuration } from '../../protocol/units.ts'
import type { ComposeConfig } from './schema.ts'

const graceSecondsDefault = 10

/**
 * The first process of a container gets only the signals that it handles: one that handles none is waited for until its
 * grace is over, and then killed. That is outage, and told before.
 */
export function signalWarnings(containers: readonly Container[], config: ComposeConfig): readonly string[] {
  return containers.flatMap((container) => {
    const { pid, service, stopSignal } = container
    if (pid === null || handles(readStatus(pid), signalNumber(stopSignal)) !== false) return []
    const seconds =
      config.stop_grace === undefined
        ? (container.stopTimeoutSeconds ?? graceSecondsDefault)
        : (parseDuration(config.stop_grace) ?? 0) / 1000
    return [
      `${service} ignores ${stopSignal}: stopping it takes ${seconds} s, and then it is killed. Let it handle the signal, or set "init: true" or stop_signal in the compose file.`,
    ]
  })
}

/** `text`: /proc/PID/status. Blocked counts too: a small init waits for its signals that way. null: it does not say. */
export function handles(text: string | null, signal: number): boolean | null {
  if (text === null) return null
  const masks = ['SigCgt', 'SigBlk'].map((name) => new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(text)?.[1])
  if (masks.some((mask) => mask === undefined)) return null
  return masks.some((mask) => (BigInt(`0x${mask}`) >> BigInt(signal - 1)) % 2n === 1n)
}

export function signalNumber(name: string): number {
  const numbers: Readonly<Record<string, number>> = constants.signals
  const number = Number(name)
  return Number.isInteger(number) && number > 0 ? number : (numbers[name.startsWith('SIG') ? name : `SIG${name}`] ?? 15)
}

function readStatus(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return null
  }
}
