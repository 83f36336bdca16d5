import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import type { auditAnswerSchema } from '../../../../src/protocol/api/access.ts'
import { path } from '../../api/client.ts'
import { Page as View } from '../../app/Page.tsx'
import { useApi, useTexts } from '../../app/context.ts'
import { de } from '../../i18n/audit.de.ts'
import { en } from '../../i18n/audit.en.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { Notice } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { TextField } from '../../ui/Field.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { type Column, Table } from '../../ui/Table.tsx'
import { Time } from '../../ui/Time.tsx'

type AuditList = Readonly<z.infer<typeof auditAnswerSchema>>
type Entry = AuditList['entries'][number]

const entriesAtOnce = 100

export function Page() {
  const frame = useTexts({ en: frameEn, de: frameDe })
  const api = useApi()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: async ({ pageParam, signal }) =>
      api.get<AuditList>(path('audit'), { signal, query: { limit: entriesAtOnce, before: pageParam } }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ entries, more }) => (more ? entries.at(-1)?.seq : undefined),
  })
  return (
    <View title={frame.audit}>
      {error === null ? null : <Problem error={error} />}
      {data === undefined ? (
        error === null ? (
          <Skeleton label={frame.loading} lines={6} />
        ) : null
      ) : (
        <>
          <Chain page={data.pages[0]} />
          <Entries entries={data.pages.flatMap(({ entries }) => entries)} />
        </>
      )}
      {hasNextPage ? (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {frame.more}
        </Button>
      ) : null}
    </View>
  )
}

function Chain({ page }: { readonly page: AuditList | undefined }) {
  const t = useTexts({ en, de })
  if (page === undefined || (page.entries.length === 0 && page.intact)) return null
  return page.intact ? (
    <Notice tone="good" title={t.intact}>
      <p className="faint small">{t.intactHint}</p>
    </Notice>
  ) : (
    <Notice tone="bad" live title={page.broken === null ? t.brokenSomewhere : t.broken(page.broken)}>
      <p>{t.brokenHint}</p>
    </Notice>
  )
}

function Entries({ entries }: { readonly entries: readonly Entry[] }) {
  const t = useTexts({ en, de })
  const [wanted, setWanted] = useState('')
  const columns: readonly Column<Entry>[] = [
    { key: 'seq', title: t.number, cell: ({ seq }) => <span className="number">{seq}</span> },
    { key: 'at', title: t.when, cell: ({ at }) => <Time at={at} /> },
    { key: 'who', title: t.who, cell: ({ who }) => who },
    { key: 'from', title: t.from, cell: ({ from }) => from },
    { key: 'action', title: t.action, cell: ({ action }) => action },
    { key: 'target', title: t.target, cell: (entry) => <Target entry={entry} /> },
    { key: 'outcome', title: t.outcome, cell: ({ outcome }) => outcome },
  ]
  if (entries.length === 0) {
    return (
      <Empty title={t.nothing}>
        <p>{t.nothingHint}</p>
      </Empty>
    )
  }
  const found = entries.filter((entry) => has(entry, wanted))
  return (
    <>
      <div className="filters">
        <TextField
          label={t.search}
          type="search"
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
          hint={t.searchHint}
        />
      </div>
      {found.length === 0 ? (
        <Empty title={t.nothingFound} />
      ) : (
        <Table label={t.list} columns={columns} rows={found} keyOf={({ seq }) => String(seq)} heading="action" />
      )}
    </>
  )
}

function Target({ entry: { target, run } }: { readonly entry: Entry }) {
  const t = useTexts({ en, de })
  if (run === null) return target ?? '–'
  return (
    <>
      {target}{' '}
      <Link to="/runs/$run" params={{ run }}>
        {t.run}
      </Link>
    </>
  )
}

function has({ who, from, action, target, outcome }: Entry, wanted: string): boolean {
  const text = [who, from, action, target ?? '', outcome].join(' ').toLowerCase()
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
