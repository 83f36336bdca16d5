import { Link } from '@tanstack/react-router'
import type { RunItem } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/history.de.ts'
import { en } from '../../i18n/history.en.ts'
import { Badge, type Tone } from '../../ui/Badge.tsx'
import type { IconName } from '../../ui/Icon.tsx'
import { type Column, Table } from '../../ui/Table.tsx'
import { Duration, Time } from '../../ui/Time.tsx'

const looks: Readonly<Record<RunItem['outcome'], { readonly tone: Tone; readonly icon?: IconName }>> = {
  committed: { tone: 'good' },
  'rolled-back': { tone: 'warn', icon: 'back' },
  failed: { tone: 'bad' },
  stuck: { tone: 'bad', icon: 'warn' },
  unfinished: { tone: 'info', icon: 'busy' },
}

export function Outcome({ outcome }: { readonly outcome: RunItem['outcome'] }) {
  const t = useTexts({ en, de })
  return <Badge {...looks[outcome]}>{t.outcomes[outcome]}</Badge>
}

/** Runs, each a way to all of its steps. `one`: all are of one component, which is not said again. */
export function RunTable({ runs, one = false }: { readonly runs: readonly RunItem[]; readonly one?: boolean }) {
  const t = useTexts({ en, de })
  const columns: readonly Column<RunItem>[] = [
    {
      key: 'what',
      title: t.what,
      cell: ({ run, text }) => (
        <Link to="/runs/$run" params={{ run }}>
          {text}
        </Link>
      ),
    },
    ...(one
      ? []
      : [
          {
            key: 'component',
            title: t.component,
            cell: ({ component }: RunItem) => (
              <Link to="/components/$name" params={{ name: component }}>
                {component}
              </Link>
            ),
          },
        ]),
    { key: 'outcome', title: t.outcome, cell: ({ outcome }) => <Outcome outcome={outcome} /> },
    { key: 'when', title: t.when, cell: ({ opened }) => <Time at={opened} /> },
    {
      key: 'took',
      title: t.took,
      align: 'end',
      cell: ({ opened, closed }) => (closed === null ? '–' : <Duration ms={Date.parse(closed) - Date.parse(opened)} />),
    },
  ]
  return <Table label={t.list} columns={columns} rows={runs} keyOf={({ run }) => run} />
}
