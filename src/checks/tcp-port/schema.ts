import { z } from 'zod'

export const tcpPortSchema = z.strictObject({
  type: z.literal('tcp_port'),
  port: z.number().int().min(1).max(65535).describe('A port that must accept a connection.'),
  host: z.string().min(1).max(253).default('127.0.0.1').describe('The host of that port.'),
  timeout_seconds: z.number().min(0).max(86_400).default(30).describe('Seconds for which it is tried again.'),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type TcpPortConfig = z.infer<typeof tcpPortSchema>
