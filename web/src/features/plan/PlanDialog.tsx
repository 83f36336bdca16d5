import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { PlanView } from '../../api/types.ts'
import { useApi, useApp, useTexts } from '../../app/context.ts'
import { de } from '../../i18n/plan.de.ts'
import { en } from '../../i18n/plan.en.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Notice } from '../../ui/Badge.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { useToast } from '../../ui/Toast.tsx'
import { PlanBody } from './PlanBody.tsx'
import { askPlan, isWaiting, start, type Wish } from './request.ts'

interface PlanDialogProps {
  readonly component: string
  readonly action: Wish['action']
  readonly to: string | null
  readonly backup?: string | null
  /** It is not known yet what is wanted. */
  readonly undecided?: boolean
  readonly onClose: () => void
  /** Above the plan: which version, where there is a choice. */
  readonly children?: ReactNode
}

/** Everything a person wants to know before the click, in numbers; then the click. */
export function PlanDialog({
  component,
  action,
  to,
  backup = null,
  undecided = false,
  onClose,
  children,
}: PlanDialogProps) {
  const t = useTexts({ en, de })
  const api = useApi()
  const { language } = useApp()
  const [data, setData] = useState<Wish['data']>(null)
  const [now, setNow] = useState(false)
  const wish: Wish = { component, action, to, now, data, backup }
  const planned = useQuery({
    queryKey: ['plan', wish, language] as const,
    queryFn: async () => askPlan(api, wish),
    enabled: !undecided,
    // A plan is of this moment; while somebody reads it, it stays as it is.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    placeholderData: (before, query) => (sameTarget(query?.queryKey[1], wish) ? before : undefined),
  })
  const begin = useStart(wish, onClose)
  const answer = planned.data
  const plan = answer !== undefined && 'plan' in answer ? answer.plan : null
  const choiceMissing = plan !== null && plan.data_choice !== null && data === null
  return (
    <Dialog
      open
      onClose={onClose}
      title={t.titles[action](component)}
      {...(plan === null ? {} : { description: plan.title_text })}
      actions={
        <>
          <Button onClick={onClose}>{t.close}</Button>
          {plan === null ? null : (
            <Button
              kind="primary"
              busy={begin.isPending || planned.isFetching}
              disabled={choiceMissing}
              onClick={() => begin.mutate()}
            >
              {confirmLabel(t.confirm, plan)}
            </Button>
          )}
        </>
      }
    >
      {children}
      {planned.error === null || planned.isFetching ? null : (
        <Refusal error={planned.error} now={now} onNow={() => setNow(true)} />
      )}
      {begin.error === null ? null : <Refusal error={begin.error} now={now} onNow={() => setNow(true)} />}
      {answer === undefined && planned.isFetching ? <Skeleton lines={6} label={t.making} /> : null}
      {answer !== undefined && 'text' in answer ? <Notice tone="good" live title={answer.text} /> : null}
      {plan === null ? null : <PlanBody plan={plan} now={now} data={data} onData={setData} />}
    </Dialog>
  )
}

interface RefusalProps {
  readonly error: Error
  readonly now: boolean
  readonly onNow: () => void
}

/** Why it is not done. What merely waits is no failure, and somebody's word passes over it. */
function Refusal({ error, now, onNow }: RefusalProps) {
  const t = useTexts({ en, de })
  if (!isWaiting(error) || now) return <Problem error={error} />
  return (
    <Notice tone="warn" live title={error.message} actions={<Button onClick={onNow}>{t.now}</Button>}>
      <p>{t.nowHint}</p>
    </Notice>
  )
}

/** Only the choice within the same plan changed: what is there may stay until the new one comes. */
function sameTarget(before: Wish | undefined, wish: Wish): boolean {
  return before !== undefined && before.to === wish.to && before.backup === wish.backup
}

function confirmLabel(t: typeof en.confirm, { action, from, to }: PlanView): string {
  if (action === 'restore') return t.restore
  if (action === 'rollback') return t.rollback(to ?? '?')
  return from === null ? t.install(to ?? '?') : t.update(to ?? '?')
}

/** Begins a run and goes to see it. */
function useStart(wish: Wish, onClose: () => void) {
  const api = useApi()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const say = useToast()
  return useMutation({
    mutationFn: async () => start(api, wish),
    onSuccess(answer) {
      for (const subject of ['components', 'runs']) void queries.invalidateQueries({ queryKey: [subject] })
      if (answer.outcome === 'started') {
        void navigate({ to: '/runs/$run', params: { run: answer.run } })
        return
      }
      if (answer.problem !== null) say(answer.problem.message, 'bad')
      onClose()
    },
  })
}
