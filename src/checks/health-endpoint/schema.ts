import { z } from 'zod'

const status = z.number().int().min(100).max(599)
const expected = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()])

export const healthEndpointSchema = z.strictObject({
  type: z.literal('health_endpoint'),
  url: z.url({ protocol: /^https?$/ }).describe('Asked with GET; redirects are not followed.'),
  expected_status: z
    .union([status, z.array(status).min(1).max(20)])
    .default(200)
    .describe('The HTTP status that means healthy, or several.'),
  timeout_seconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('Seconds for which it is asked again until it is healthy.'),
  body: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('A text that must occur in the answer. Left out: the status is enough.'),
  json: z
    .record(z.string().regex(/^(\/[^/]*)*$/, 'a JSON pointer looks like /status'), expected)
    .optional()
    .describe(
      'JSON pointers into the answer and the values that must be there: {"/status": "ok"}. Left out: the status is enough.',
    ),
  insecure_tls: z.boolean().default(false).describe('Accept a certificate that nobody vouches for.'),
  description: z
    .string()
    .max(500)
    .optional()
    .describe('A note for whoever reads the config; Belay does nothing with it.'),
})

export type HealthEndpointConfig = z.infer<typeof healthEndpointSchema>
