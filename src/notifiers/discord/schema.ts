import { z } from 'zod'
import { channelKeys } from '../../protocol/config/channels.ts'
import { secretSchema } from '../../protocol/secret.ts'

export const discordSchema = z.strictObject({
  type: z.literal('discord'),
  url: secretSchema.describe('Where its incoming webhook address is kept: whoever has it can write there.'),
  ...channelKeys,
})
export type DiscordConfig = z.infer<typeof discordSchema>
