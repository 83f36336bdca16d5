import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { path } from '../../api/client.ts'
import type { CheckReport, ComponentView } from '../../api/types.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { useMay } from '../../app/session.ts'
import { de } from '../../i18n/component.de.ts'
import { en } from '../../i18n/component.en.ts'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { useToast } from '../../ui/Toast.tsx'

/** What can be done with a component as it stands; the button says what will happen. */
export function ComponentActions({ component }: { readonly component: ComponentView }) {
  const t = useTexts({ en, de })
  const operate = useMay('operate')
  if (!operate) return null
  const { component: name, busy_run: busy, unfinished, update_available: offered, available, installed } = component
  const free = busy === null && unfinished === null
  return (
    <>
      <CheckNow name={name} />
      {free && installed !== null ? (
        <Link className="button" to="/components/$name" params={{ name }} search={{ open: 'rollback' }}>
          {t.rollback}
        </Link>
      ) : null}
      {free && offered && available !== null ? (
        <Link className="button button-primary" to="/components/$name" params={{ name }} search={{ open: 'update' }}>
          {installed === null ? t.install(available) : t.update(available)}
        </Link>
      ) : null}
    </>
  )
}

function CheckNow({ name }: { readonly name: string }) {
  const t = useTexts({ en, de })
  const api = useApi()
  const queries = useQueryClient()
  const say = useToast()
  const check = useMutation({
    mutationFn: async () => api.post<CheckReport>(path('components', name, 'check'), { force: true }),
    onSuccess(report) {
      if (report.error !== null) say(report.error.message, 'bad')
      else say(report.update_available && report.latest !== null ? t.offered(report.latest) : t.newest)
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['components'] }),
  })
  return (
    <>
      <Button busy={check.isPending} onClick={() => check.mutate()}>
        {t.checkNow}
      </Button>
      {check.error === null ? null : <Problem error={check.error} />}
    </>
  )
}
