import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { path } from '../../api/client.ts'
import { useChange } from '../../app/change.ts'
import { Page as View } from '../../app/Page.tsx'
import { useApi, useTexts } from '../../app/context.ts'
import { useMay } from '../../app/session.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/notifications.de.ts'
import { en } from '../../i18n/notifications.en.ts'
import { Button } from '../../ui/Button.tsx'
import { Markdown } from '../../ui/Markdown.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { Time } from '../../ui/Time.tsx'
import { PlanDialog } from '../plan/PlanDialog.tsx'
import { type Notification, notificationQuery } from './queries.ts'
import { State } from './State.tsx'

const route = getRouteApi('/notifications/$id')

export function Page() {
  const frame = useTexts({ en: frameEn, de: frameDe })
  const { id } = route.useParams()
  const { data, error } = useQuery(notificationQuery(useApi(), id))
  return (
    <View
      title={data?.title ?? frame.notifications}
      above={<Link to="/notifications">{frame.notifications}</Link>}
      actions={data?.state === 'open' ? <Actions notification={data} /> : undefined}
    >
      {error === null ? null : <Problem error={error} />}
      {data === undefined ? (
        error === null ? (
          <Skeleton label={frame.loading} />
        ) : null
      ) : (
        <Details notification={data} />
      )}
    </View>
  )
}

function Actions({ notification: { id, component, version } }: { readonly notification: Notification }) {
  const t = useTexts({ en, de })
  const api = useApi()
  const may = useMay('operate')
  const [installing, setInstalling] = useState(false)
  const dismiss = useChange({
    work: async () => api.post(path('notifications', String(id), 'dismiss')),
    stale: ['notifications', 'audit'],
    said: () => t.dismissed,
    done: () => {},
  })
  if (!may) return null
  return (
    <>
      <Button busy={dismiss.isPending} onClick={() => dismiss.mutate(undefined)}>
        {t.dismiss}
      </Button>
      <Button kind="primary" onClick={() => setInstalling(true)}>
        {t.install(version)}
      </Button>
      {dismiss.error === null ? null : <Problem error={dismiss.error} />}
      {installing ? (
        <PlanDialog component={component} action="update" to={version} onClose={() => setInstalling(false)} />
      ) : null}
    </>
  )
}

function Details({ notification }: { readonly notification: Notification }) {
  const t = useTexts({ en, de })
  const { component, description, state, created_at: offered, installed_at: installed } = notification
  const files = notification.available_files ?? []
  return (
    <>
      <dl className="facts">
        <dt>{t.component}</dt>
        <dd>
          <Link to="/components/$name" params={{ name: component }}>
            {component}
          </Link>
        </dd>
        <dt>{t.state}</dt>
        <dd>
          <State state={state} />
        </dd>
        <dt>{t.offered}</dt>
        <dd>
          <Time at={offered} />
        </dd>
        {installed === null ? null : (
          <>
            <dt>{t.installedAt}</dt>
            <dd>
              <Time at={installed} />
            </dd>
          </>
        )}
      </dl>
      <section className="section" aria-labelledby="details">
        <h2 id="details">{t.details}</h2>
        {description === null || description === '' ? (
          <p className="faint">{t.noDetails}</p>
        ) : (
          <Markdown text={description} />
        )}
      </section>
      {files.length === 0 ? null : (
        <section className="section" aria-labelledby="files">
          <h2 id="files">{t.files}</h2>
          <ul className="plain-list">
            {files.map((file) => (
              <li key={file} className="code evidence">
                {file}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
