import { z } from 'zod'
import { channelKeys } from '../../protocol/config/channels.ts'
import { secretSchema } from '../../protocol/secret.ts'

export const teamsSchema = z.strictObject({
  type: z.literal('teams'),
  url: secretSchema.describe('Where its incoming webhook address is kept: whoever has it can write there.'),
  ...channelKeys,
})
export type TeamsConfig = z.infer<typeof teamsSchema>
