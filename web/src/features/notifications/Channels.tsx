import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { path } from '../../api/client.ts'
import { useChange } from '../../app/change.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/notifications.de.ts'
import { en } from '../../i18n/notifications.en.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { type Column, Table } from '../../ui/Table.tsx'
import { Time } from '../../ui/Time.tsx'
import { type Channel, channelsQuery } from './channels.ts'

/** Where messages go, and whether they get there. */
export function Channels() {
  const t = useTexts({ en, de })
  return (
    <section className="section" aria-labelledby="channels">
      <div className="section-head">
        <div>
          <h2 id="channels">{t.channels}</h2>
          <p className="faint">{t.channelsHint}</p>
        </div>
        <Link to="/settings" hash="channels" className="button button-plain">
          {t.edit}
        </Link>
      </div>
      <ChannelTable />
    </section>
  )
}

function ChannelTable() {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const { data, error } = useQuery(channelsQuery(useApi()))
  if (data === undefined) return error === null ? <Skeleton label={frame.loading} /> : <Problem error={error} />
  if (data.length === 0) {
    return (
      <Empty title={t.noChannels}>
        <p>{t.noChannelsHint}</p>
      </Empty>
    )
  }
  const columns: readonly Column<Channel>[] = [
    { key: 'name', title: t.channel, cell: ({ name }) => name },
    { key: 'type', title: t.type, cell: ({ type }) => type },
    { key: 'on', title: t.tells, cell: (channel) => <Tells channel={channel} /> },
    { key: 'state', title: t.state, cell: (channel) => <Health channel={channel} /> },
    { key: 'sent', title: t.lastSent, cell: ({ last_sent: at }) => (at === null ? t.never : <Time at={at} />) },
    { key: 'actions', title: '', align: 'end', cell: ({ name }) => <Test name={name} /> },
  ]
  return <Table label={t.channels} columns={columns} rows={data} keyOf={({ name }) => name} />
}

function Tells({ channel: { on, components } }: { readonly channel: Channel }) {
  const t = useTexts({ en, de })
  const kinds = Object.keys(t.events)
  const all = kinds.every((kind) => on.some((one) => one === kind))
  return (
    <>
      {all ? t.tellsAll : on.map((kind) => t.events[kind] ?? kind).join(', ')}
      {components === null ? null : <span className="faint"> · {components.join(', ')}</span>}
    </>
  )
}

function Health({ channel }: { readonly channel: Channel }) {
  const t = useTexts({ en, de })
  const { last_problem: problem, waiting, given_up: givenUp } = channel
  return (
    <>
      {problem === null ? <Badge tone="good">{t.works}</Badge> : <Badge tone="bad">{t.failing}</Badge>}
      {problem === null ? null : <p className="small">{problem.message}</p>}
      {problem === null || problem.hint === null ? null : <p className="faint small">{problem.hint}</p>}
      {waiting === 0 ? null : (
        <p className="faint small">
          {t.waiting}: {waiting}
        </p>
      )}
      {givenUp === 0 ? null : <p className="faint small">{t.givenUp(givenUp)}</p>}
    </>
  )
}

function Test({ name }: { readonly name: string }) {
  const t = useTexts({ en, de })
  const api = useApi()
  const test = useChange({
    work: async () => api.post(path('channels', name, 'test')),
    stale: ['channels', 'audit'],
    said: () => t.tested(name),
    done: () => {},
  })
  return (
    <>
      <Button small busy={test.isPending} onClick={() => test.mutate(undefined)}>
        {t.test}
      </Button>
      {test.error === null ? null : <Problem error={test.error} />}
    </>
  )
}
