import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type {
  tokenListSchema,
  tokenMadeSchema,
  tokenSchema,
  userListSchema,
  userSchema,
} from '../../../../src/protocol/api/access.ts'
import { type Api, path } from '../../api/client.ts'

export type Person = Readonly<z.infer<typeof userSchema>>
export type Token = Readonly<z.infer<typeof tokenSchema>>
export type NewToken = Readonly<z.infer<typeof tokenMadeSchema>>

export function peopleQuery(api: Api) {
  return queryOptions({
    queryKey: ['people'],
    queryFn: async ({ signal }) => (await api.get<z.infer<typeof userListSchema>>(path('users'), { signal })).users,
  })
}

export function tokensQuery(api: Api) {
  return queryOptions({
    queryKey: ['tokens'],
    queryFn: async ({ signal }) => (await api.get<z.infer<typeof tokenListSchema>>(path('tokens'), { signal })).tokens,
  })
}
