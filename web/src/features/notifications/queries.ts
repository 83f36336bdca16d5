import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { notificationListSchema, notificationSchema } from '../../../../src/protocol/api/records.ts'
import { type Api, path } from '../../api/client.ts'

export type Notification = Readonly<z.infer<typeof notificationSchema>>

export function notificationsQuery(api: Api) {
  return queryOptions({
    queryKey: ['notifications'],
    queryFn: async ({ signal }) =>
      (await api.get<z.infer<typeof notificationListSchema>>(path('notifications'), { signal })).notifications,
  })
}

export function notificationQuery(api: Api, id: string) {
  return queryOptions({
    queryKey: ['notifications', id],
    queryFn: async ({ signal }) => api.get<Notification>(path('notifications', id), { signal }),
  })
}
