import { z } from 'zod'

export const httpProbeSchema = z.strictObject({
  type: z.literal('http'),
  http: z.url({ protocol: /^https?$/ }).describe('An address of the running program that tells its version.'),
  json: z
    .string()
    .regex(/^(\/[^/]*)+$/, 'a JSON pointer looks like /version')
    .optional()
    .describe('A JSON pointer to where it is in the answer. Left out: the answer as a plain text, or "version" in it.'),
  insecure_tls: z.boolean().default(false).describe('Accept a certificate that nobody vouches for.'),
})

export type HttpProbeConfig = z.infer<typeof httpProbeSchema>
