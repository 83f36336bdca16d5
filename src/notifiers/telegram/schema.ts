import { z } from 'zod'
import { serverSchema } from '../../host/notify.ts'
import { channelKeys } from '../../protocol/config/channels.ts'
import { secretSchema } from '../../protocol/secret.ts'

export const telegramSchema = z.strictObject({
  type: z.literal('telegram'),
  token: secretSchema.describe('The token of the bot, as BotFather gave it.'),
  chat: z
    .union([z.int(), z.string().regex(/^(?:-?\d{1,20}|@\w{1,64})$/, 'write the number of the chat, or @channel')])
    .describe('The number of the chat, or @channel.'),
  api: serverSchema
    .default('https://api.telegram.org')
    .describe('The address of the Bot API; another one for a server of your own.'),
  ...channelKeys,
})
export type TelegramConfig = z.infer<typeof telegramSchema>
