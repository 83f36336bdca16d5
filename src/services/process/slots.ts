import type { Spec } from '../../core/model/names.ts'
import type { Slot } from '../../core/traffic/slots.ts'
import type { ProcessServiceConfig } from './schema.ts'

/** The same program with a port of its own, and a record, log and marker of its own. A text: why it cannot have two. */
export function inSlot(config: ProcessServiceConfig, slot: Slot, port: number | null): Spec | string {
  if (port === null) {
    return (
      'Two processes need a port each, and something in front of them: write traffic: with a type such as haproxy, and ' +
      'slots: { blue: 8001, green: 8002 } in it. Two that share one socket need systemd.'
    )
  }
  const env = { ...config.env, PORT: String(port), BELAY_SLOT: slot }
  return { ...config, slot, env }
}
