import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Page as View } from '../../app/Page.tsx'
import { useApi, useTexts } from '../../app/context.ts'
import { useMay } from '../../app/session.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/notifications.de.ts'
import { en } from '../../i18n/notifications.en.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { type Column, Table } from '../../ui/Table.tsx'
import { Time } from '../../ui/Time.tsx'
import { Channels } from './Channels.tsx'
import { type Notification, notificationsQuery } from './queries.ts'
import { State } from './State.tsx'

/** What was offered, and who is told. */
export function Page() {
  const frame = useTexts({ en: frameEn, de: frameDe })
  const admin = useMay('admin')
  return (
    <View title={frame.notifications}>
      <Offers />
      {admin ? <Channels /> : null}
    </View>
  )
}

function Offers() {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const { data, error } = useQuery(notificationsQuery(useApi()))
  const [onlyOpen, setOnlyOpen] = useState(false)
  if (data === undefined)
    return error === null ? <Skeleton label={frame.loading} lines={4} /> : <Problem error={error} />
  if (data.length === 0) {
    return (
      <Empty title={t.nothing}>
        <p>{t.nothingHint}</p>
      </Empty>
    )
  }
  const columns: readonly Column<Notification>[] = [
    {
      key: 'title',
      title: t.update,
      cell: ({ id, title }) => (
        <Link to="/notifications/$id" params={{ id: String(id) }}>
          {title}
        </Link>
      ),
    },
    { key: 'component', title: t.component, cell: ({ component }) => component },
    { key: 'at', title: t.offered, cell: ({ created_at: at }) => <Time at={at} /> },
    { key: 'state', title: t.state, cell: ({ state }) => <State state={state} /> },
  ]
  const shown = onlyOpen ? data.filter(({ state }) => state === 'open') : data
  return (
    <section className="section" aria-label={t.list}>
      <label className="check">
        <input type="checkbox" checked={onlyOpen} onChange={({ target }) => setOnlyOpen(target.checked)} />
        {t.onlyOpen}
      </label>
      <Table label={t.list} columns={columns} rows={shown} keyOf={({ id }) => String(id)} />
    </section>
  )
}
