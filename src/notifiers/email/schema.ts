import { z } from 'zod'
import { isAbsolutePath } from '../../protocol/config/paths.ts'
import { channelKeys } from '../../protocol/config/channels.ts'
import { secretSchema } from '../../protocol/secret.ts'

const recipientsMax = 50

const address = z.email({ error: 'write a mail address, such as ops@example.com' }).max(254)

export const emailSchema = z
  .strictObject({
    type: z.literal('email'),
    host: z
      .string()
      .regex(/^[A-Za-z0-9._:-]{1,253}$/, 'write the name of the mail server alone')
      .describe('The mail server that takes the messages.'),
    tls: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe(
        'How the connection is encrypted. none: only for hosts in agent.allow_http, since a password would be sent in the open.',
      ),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('The port of the mail server. Left out: 587, with tls 465, with none 25.'),
    user: z.string().min(1).max(254).optional().describe('The user of the mail server. Left out: no login.'),
    password: secretSchema.optional().describe('The password of that user; both or neither.'),
    from: address.describe('The address that messages come from.'),
    to: z.array(address).min(1).max(recipientsMax).describe('Who gets them.'),
    ca: z
      .string()
      .refine(isAbsolutePath, 'write an absolute path')
      .optional()
      .describe('A PEM file of the authority that vouches for the server, where that is your own.'),
    ...channelKeys,
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    message: 'user and password belong together: write both or none',
    path: ['user'],
  })
export type EmailConfig = z.infer<typeof emailSchema>
