import { z } from 'zod'
import { channelKeys } from '../../protocol/config/channels.ts'
import { secretSchema } from '../../protocol/secret.ts'

export const slackSchema = z.strictObject({
  type: z.literal('slack'),
  url: secretSchema.describe('Where its incoming webhook address is kept: whoever has it can write there.'),
  ...channelKeys,
})
export type SlackConfig = z.infer<typeof slackSchema>
