import { z } from 'zod'
import { trafficKeys } from '../../protocol/config/traffic.ts'

/** A name as HAProxy takes it; nothing that would end a command of its runtime API. */
const name = z.string().regex(/^[A-Za-z0-9_.:-]{1,200}$/, 'a name of HAProxy holds letters, digits and - _ . : only')
const path = z.string().max(500).regex(/^\//, 'write an absolute path')
const address = z.union([path, z.string().regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/)], {
  error: 'write a path such as /run/haproxy/admin.sock, or host:port',
})

export const haproxySchema = z
  .strictObject({
    type: z.literal('haproxy'),
    ...trafficKeys,
    backend: name.describe('The backend that has a server for each slot.'),
    servers: z
      .strictObject({
        blue: name.describe('The server of the slot blue.'),
        green: name.describe('The server of the slot green.'),
      })
      .refine(({ blue, green }) => blue !== green, 'each slot needs a server of its own')
      .default({ blue: 'blue', green: 'green' })
      .describe('What those servers are called.'),
    socket: address
      .default('/run/haproxy/admin.sock')
      .describe('The "stats socket" with "level admin": a path, or host:port.'),
    config: path.default('/etc/haproxy/haproxy.cfg').describe('The config of HAProxy. It is read only.'),
    state_file: path
      .optional()
      .describe(
        'The "server-state-file-name" of the backend, which Belay writes. Left out: /var/lib/haproxy/belay-BACKEND.state.',
      ),
  })
  .describe('HAProxy: two servers of one backend, of which one is drained.')

export type HaproxyConfig = z.infer<typeof haproxySchema>

export function stateFileOf({ backend, state_file }: HaproxyConfig): string {
  return state_file ?? `/var/lib/haproxy/belay-${backend}.state`
}
