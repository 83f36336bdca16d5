import { z } from 'zod'
import { trafficKeys } from '../../protocol/config/traffic.ts'

const { slots } = trafficKeys

export const builtinSchema = z.strictObject({
  type: z.literal('builtin'),
  ...trafficKeys,
  slots: slots.unwrap().describe('Where each slot listens: a port of this host, or host:port.'),
  listen: z
    .string()
    .regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'write host:port, such as 0.0.0.0:8080 or [::]:8080')
    .refine((text) => portOf(text) > 0 && portOf(text) < 65_536, 'a port is between 1 and 65535')
    .describe('Where Belay itself listens for people, as host:port; 0.0.0.0 and [::] are all addresses.'),
  mode: z
    .enum(['http', 'tcp'])
    .default('http')
    .describe(
      'http: each request goes to the slot that is served. tcp: each connection stays with its slot until it ends.',
    ),
})

export type BuiltinConfig = z.infer<typeof builtinSchema>

export function listenAddress({ listen }: BuiltinConfig): { readonly host: string; readonly port: number } {
  const at = listen.lastIndexOf(':')
  return { host: listen.slice(0, at).replaceAll(/^\[|\]$/g, ''), port: portOf(listen) }
}

function portOf(text: string): number {
  return Number(text.slice(text.lastIndexOf(':') + 1))
}
