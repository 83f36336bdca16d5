import { constants } from 'node:os'
import { graceSecondsDefault } from '../../host/containers/grace.ts'
import type { Container } from '../../host/containers/types.ts'
import { takes } from '../../host/process/signal-mask.ts'
import { parseDuration } from '../../protocol/units.ts'
import type { ComposeConfig } from './schema.ts'

/**
 * The first process of a container gets only the signals that it handles: one that handles none is waited for until its
 * grace is over, and then killed. That is outage, and told before.
 */
export function signalWarnings(containers: readonly Container[], config: ComposeConfig): readonly string[] {
  return containers.flatMap((container) => {
    const { pid, service, stopSignal } = container
    if (pid === null || takes(pid, signalNumber(stopSignal)) !== false) return []
    const seconds =
      config.stop_grace === undefined
        ? (container.stopTimeoutSeconds ?? graceSecondsDefault)
        : (parseDuration(config.stop_grace) ?? 0) / 1000
    return [
      `${service} ignores ${stopSignal}: stopping it takes ${seconds} s, and then it is killed. Let it handle the signal, or set "init: true" or stop_signal in the compose file.`,
    ]
  })
}

export function signalNumber(name: string): number {
  const numbers: Readonly<Record<string, number>> = constants.signals
  const number = Number(name)
  return Number.isInteger(number) && number > 0 ? number : (numbers[name.startsWith('SIG') ? name : `SIG${name}`] ?? 15)
}
