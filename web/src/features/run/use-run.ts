import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { path } from '../../api/client.ts'
import { follow } from '../../api/follow.ts'
import { runQuery } from '../../api/queries.ts'
import type { RunProgress, RunView } from '../../api/types.ts'
import { useApp } from '../../app/context.ts'
import { sleep } from '../../app/sleep.ts'
import { useVisible } from '../../app/visible.ts'
import { after, nothingYet } from './stream.ts'

const lookMs = 5000

export interface RunNow {
  readonly run: RunView | undefined
  readonly progress: ReadonlyMap<number, RunProgress>
  readonly error: Error | null
}

/** A run, kept true as long as it goes on and somebody looks. */
export function useRun(id: string): RunNow {
  const { api, language } = useApp()
  const queries = useQueryClient()
  const visible = useVisible()
  const { data: run, error } = useQuery({
    ...runQuery(api, id),
    // That whoever worked on it is gone is told by no entry of the journal.
    refetchInterval: ({ state }) => (state.data?.outcome === 'unfinished' ? lookMs : false),
  })
  const [progress, setProgress] = useState<ReadonlyMap<number, RunProgress>>(nothingYet.progress)
  const open = run?.outcome === 'unfinished'
  useEffect(() => {
    if (!open || !visible) return undefined
    const ended = new AbortController()
    let known = nothingYet
    void follow(
      {
        open: async (from, signal) => api.open(path('runs', id, 'events'), { signal, after: from, language }),
        onEvent(event) {
          known = after(known, event)
          if (known.run !== null) queries.setQueryData(runQuery(api, id).queryKey, known.run)
          setProgress(known.progress)
          if (known.closed) {
            for (const subject of ['runs', 'components']) void queries.invalidateQueries({ queryKey: [subject] })
          }
          return known.closed
        },
        onOpen() {},
        onLost() {},
        wait: sleep,
        chance: Math.random,
      },
      ended.signal,
    ).catch(() => {
      // The run is gone, or the session: the query beside says so.
      void queries.invalidateQueries({ queryKey: runQuery(api, id).queryKey })
    })
    return () => ended.abort()
  }, [api, id, language, open, queries, visible])
  return { run, progress, error }
}
