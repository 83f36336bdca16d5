import { z } from 'zod'

export const networkSchema = z.strictObject({
  type: z.literal('network'),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Asked with one request; any answer counts. Left out, as host: the host that the release comes from.'),
  host: z.string().min(1).max(253).optional().describe('Instead of a URL: a host that accepts a connection.'),
  port: z.number().int().min(1).max(65535).default(443).describe('The port of host.'),
  timeout_seconds: z.number().min(0).max(3600).default(10).describe('Seconds that an answer may take.'),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type NetworkConfig = z.infer<typeof networkSchema>
