import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, type SubmitEvent, useEffect } from 'react'
import { isLoginNeeded } from '../../api/problem.ts'
import { sessionQuery } from '../../api/queries.ts'
import type { Session } from '../../api/types.ts'
import { Choices } from '../../app/Choices.tsx'
import { useApi } from '../../app/context.ts'
import { Notice } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'

interface DoorProps {
  readonly title: string
  readonly intro: string
  readonly action: string
  /** What is wrong when nobody is let in with these. */
  readonly refused?: string
  readonly address: string
  /** What is sent; null: something is not filled in as it should be, and the form says so. */
  readonly body: () => object | null
  readonly children: ReactNode
  readonly below?: ReactNode
}

/** Login and set-up: a form that becomes a session. */
export function Door({ title, intro, action, refused, address, body, children, below }: DoorProps) {
  const api = useApi()
  const queries = useQueryClient()
  const enter = useMutation({
    mutationFn: async (given: object) => api.post<Session>(address, given),
    onSuccess: (session) => queries.setQueryData(sessionQuery(api).queryKey, session),
  })
  useEffect(() => {
    document.title = `${title} · Belay`
  }, [title])
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const given = body()
    if (given !== null && !enter.isPending) enter.mutate(given)
  }
  return (
    <div className="door">
      <main className="door-card">
        <img src="/icon.svg" alt="" width="40" height="40" />
        <h1>{title}</h1>
        <p className="faint">{intro}</p>
        <form onSubmit={submit}>
          {children}
          {enter.error === null ? null : refused !== undefined && isLoginNeeded(enter.error) ? (
            <Notice tone="bad" live title={refused} />
          ) : (
            <Problem error={enter.error} />
          )}
          <Button type="submit" kind="primary" busy={enter.isPending}>
            {action}
          </Button>
        </form>
        {below}
      </main>
      <Choices />
    </div>
  )
}
