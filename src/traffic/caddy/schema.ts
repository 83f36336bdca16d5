import { z } from 'zod'
import { trafficKeys } from '../../protocol/config/traffic.ts'

export const caddySchema = z.strictObject({
  type: z.literal('caddy'),
  admin: z
    .url({ protocol: /^http$/ })
    .default('http://127.0.0.1:2019')
    .describe('Where Caddy answers about itself, as its global option admin says.'),
  file: z
    .string()
    .max(1000)
    // It is written in the Caddyfile, too, where other characters would be a pattern or end the word.
    .regex(/^(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/, 'write an absolute path of letters, digits, dots, - and _')
    .describe(
      'An empty file that Belay makes: while it is there green is served, otherwise blue. Caddy must be able to see it: not below /tmp, of which its service has one of its own.',
    ),
  ...trafficKeys,
  slots: trafficKeys.slots.unwrap().describe('Where each slot listens, as the Caddyfile has it, too.'),
})

export type CaddyConfig = z.infer<typeof caddySchema>
