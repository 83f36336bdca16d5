import { z } from 'zod'
import { addressSchema } from '../../host/notify.ts'
import { channelKeys } from '../../protocol/config/channels.ts'
import { secretSchema } from '../../protocol/secret.ts'

export const webhookSchema = z.strictObject({
  type: z.literal('webhook'),
  url: addressSchema.describe('Where it is posted to; as { env: … } or { file: … } when the address itself is secret.'),
  secret: secretSchema.describe('Signs each message (Standard Webhooks): "whsec_" and 24 to 64 bytes as base64.'),
  token: secretSchema.optional().describe('Sent along as a bearer token. Left out: none is.'),
  ...channelKeys,
})
export type WebhookConfig = z.infer<typeof webhookSchema>
