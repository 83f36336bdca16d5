import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { path } from '../api/client.ts'
import { follow } from '../api/follow.ts'
import { staleAfter } from '../api/queries.ts'
import type { Hint } from '../api/types.ts'
import { type App, useApp } from './context.ts'
import { useSession } from './session.ts'
import { sleep } from './sleep.ts'
import { useVisible } from './visible.ts'

type Reach = Pick<App, 'api' | 'connection'>

/** Keeps what is shown true while somebody is logged in: the agent's hints, over lost connections and restarts. */
export function useLive(): void {
  const { api, connection } = useApp()
  const queries = useQueryClient()
  const visible = useVisible()
  useEffect(() => {
    if (!visible) return undefined
    const ended = new AbortController()
    void live({ api, connection }, queries, ended.signal).catch(() => {
      // The session has ended: the client was told, and the login is shown.
    })
    return () => ended.abort()
  }, [api, connection, queries, visible])
  useReload()
}

/** Another version of belay brings another page. */
function useReload(): void {
  const version = useSession()?.version
  const [first] = useState(version)
  useEffect(() => {
    if (first !== undefined && version !== undefined && first !== version) globalThis.location.reload()
  }, [first, version])
}

async function live({ api, connection }: Reach, queries: QueryClient, signal: AbortSignal): Promise<void> {
  await follow(
    {
      open: async (after, signal) => api.open(path('events'), { after, signal }),
      onOpen: () => connection.opened(),
      onLost(ended) {
        // It says goodbye when it stops, and not when the network is away.
        if (ended) connection.expectRestart()
        connection.lost()
      },
      onEvent({ data }) {
        const hint = JSON.parse(data) as Hint
        for (const subject of staleAfter[hint.kind] ?? []) void queries.invalidateQueries({ queryKey: [subject] })
        return false
      },
      wait: sleep,
      chance: Math.random,
    },
    signal,
  )
}
