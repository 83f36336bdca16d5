import { z } from 'zod'

export const tcpPortSchema = z.strictObject({
  type: z.literal('tcp_port'),
  port: z.number().int().min(1).max(65535),
  host: z.string().min(1).max(253).default('127.0.0.1'),
  timeout_seconds: z.number().min(0).max(86_400).default(30),
  description: z.string().max(500).optional(),
})

export type TcpPortConfig = z.infer<typeof tcpPortSchema>
