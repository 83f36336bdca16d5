import { z } from 'zod'

const status = z.number().int().min(100).max(599)
const expected = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()])

export const healthEndpointSchema = z.strictObject({
  type: z.literal('health_endpoint'),
  url: z.url({ protocol: /^https?$/ }).describe('Asked with GET; redirects are not followed.'),
  expected_status: z.union([status, z.array(status).min(1).max(20)]).default(200),
  timeout_seconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('How long it is asked again until it is healthy.'),
  body: z.string().min(1).max(1000).optional().describe('A text that must occur in the answer.'),
  json: z
    .record(z.string().regex(/^(\/[^/]*)*$/, 'a JSON pointer looks like /status'), expected)
    .optional()
    .describe('JSON pointers and the values that must be there: {"/status": "ok"}.'),
  insecure_tls: z.boolean().default(false).describe('Accept a certificate that nobody vouches for.'),
  description: z.string().max(500).optional(),
})

export type HealthEndpointConfig = z.infer<typeof healthEndpointSchema>
