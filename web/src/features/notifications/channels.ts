import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { channelListSchema, channelSchema } from '../../../../src/protocol/api/channels.ts'
import { type Api, path } from '../../api/client.ts'

export type Channel = Readonly<z.infer<typeof channelSchema>>

export function channelsQuery(api: Api) {
  return queryOptions({
    queryKey: ['channels'],
    queryFn: async ({ signal }) =>
      (await api.get<z.infer<typeof channelListSchema>>(path('channels'), { signal })).channels,
  })
}
