import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { path } from '../../api/client.ts'
import type { RunView, Started } from '../../api/types.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { useMay } from '../../app/session.ts'
import { de as deFrame } from '../../i18n/frame.de.ts'
import { en as enFrame } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/run.de.ts'
import { en } from '../../i18n/run.en.ts'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { useToast } from '../../ui/Toast.tsx'

/** What can be done with a run as it stands. */
export function RunActions({ run }: { readonly run: RunView }) {
  const operate = useMay('operate')
  return (
    <>
      {operate && run.driven ? <Cancel run={run} /> : null}
      {operate && (run.outcome === 'stuck' || (run.outcome === 'unfinished' && !run.driven)) ? (
        <Resume component={run.component} />
      ) : null}
      {operate ? <Retry run={run} /> : null}
      <Share />
    </>
  )
}

function Cancel({ run }: { readonly run: RunView }) {
  const t = useTexts({ en, de })
  const api = useApi()
  const cancel = useMutation({ mutationFn: async () => api.post(path('runs', run.run, 'cancel')) })
  const back = run.phase === 'rolling_back'
  const committed = run.steps.find(({ index }) => index === run.commit_after)?.state === 'done'
  if (run.outcome !== 'unfinished' || committed || back) return null
  return (
    <>
      <Button
        kind="danger"
        busy={cancel.isPending || cancel.isSuccess}
        title={t.cancelHint}
        onClick={() => cancel.mutate()}
      >
        {cancel.isSuccess ? t.cancelling : t.cancel}
      </Button>
      {cancel.error === null ? null : <Problem error={cancel.error} />}
    </>
  )
}

/** Goes on with what was left behind, or needed a person. */
export function Resume({ component }: { readonly component: string }) {
  const t = useTexts({ en, de })
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const resume = useMutation({
    mutationFn: async () => api.post<Partial<Started>>(path('components', component, 'resume')),
    onSuccess(answer) {
      for (const subject of ['runs', 'components']) void queries.invalidateQueries({ queryKey: [subject] })
      if (typeof answer.run === 'string') void navigate({ to: '/runs/$run', params: { run: answer.run } })
    },
  })
  return (
    <>
      <Button kind="primary" busy={resume.isPending} title={t.resumeHint} onClick={() => resume.mutate()}>
        {t.resume}
      </Button>
      {resume.error === null ? null : <Problem error={resume.error} />}
    </>
  )
}

function Retry({ run }: { readonly run: RunView }) {
  const t = useTexts({ en, de })
  const failed = run.outcome === 'rolled-back' || run.outcome === 'failed'
  if (!failed || run.to === null || (run.action !== 'update' && run.action !== 'rollback')) return null
  return (
    <Link
      className="button button-plain"
      to="/components/$name"
      params={{ name: run.component }}
      search={{ open: run.action, to: run.to }}
    >
      {t.retry(run.to)}
    </Link>
  )
}

function Share() {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: enFrame, de: deFrame })
  const say = useToast()
  // Browsers give the clipboard to encrypted pages and to localhost alone.
  if (!globalThis.isSecureContext) return null
  const copy = async (): Promise<void> => {
    const { origin, pathname } = globalThis.location
    await navigator.clipboard.writeText(`${origin}${pathname}`)
    say(frame.copied)
  }
  return <Button onClick={() => void copy()}>{t.share}</Button>
}
