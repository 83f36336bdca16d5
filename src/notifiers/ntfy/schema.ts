import { z } from 'zod'
import { serverSchema } from '../../host/notify.ts'
import { channelKeys } from '../../protocol/config/channels.ts'
import { secretSchema } from '../../protocol/secret.ts'

const topic = z.string().regex(/^[-_A-Za-z0-9]{1,64}$/, 'a topic has letters, digits, "-" and "_", at most 64')

export const ntfySchema = z.strictObject({
  type: z.literal('ntfy'),
  server: serverSchema.default('https://ntfy.sh').describe('The server.'),
  topic: z
    .union([topic, secretSchema])
    .describe(
      'The topic that is written to. On a public server whoever knows it can read it: then keep it as a secret.',
    ),
  token: secretSchema.optional().describe('An access token of the server.'),
  ...channelKeys,
})
export type NtfyConfig = z.infer<typeof ntfySchema>
