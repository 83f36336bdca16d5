import { Link } from '@tanstack/react-router'
import type { ComponentView } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { useMay } from '../../app/session.ts'
import { de } from '../../i18n/overview.de.ts'
import { en } from '../../i18n/overview.en.ts'
import { type Column, Table } from '../../ui/Table.tsx'
import { Health } from './Health.tsx'
import { failedTry, isNewest, standingOf } from './standing.ts'

export function ComponentTable({ components }: { readonly components: readonly ComponentView[] }) {
  const t = useTexts({ en, de })
  const columns: readonly Column<ComponentView>[] = [
    { key: 'component', title: t.component, cell: (row) => <Name row={row} /> },
    {
      key: 'installed',
      title: t.installed,
      cell: ({ installed }) =>
        installed === null ? (
          <span className="faint">{t.notInstalled}</span>
        ) : (
          <span className="version">{installed}</span>
        ),
    },
    { key: 'available', title: t.available, cell: (row) => <Available row={row} /> },
    { key: 'health', title: t.health, cell: (row) => <Health component={row} /> },
    { key: 'action', title: t.action, align: 'end', cell: (row) => <Action row={row} /> },
  ]
  return <Table label={t.list} columns={columns} rows={components} keyOf={({ component }) => component} />
}

function Name({ row }: { readonly row: ComponentView }) {
  const t = useTexts({ en, de })
  return (
    <>
      <Link to="/components/$name" params={{ name: row.component }}>
        {row.component}
      </Link>
      {row.self ? <span className="faint small"> {t.self}</span> : null}
    </>
  )
}

function Available({ row }: { readonly row: ComponentView }) {
  const t = useTexts({ en, de })
  if (row.update_available && row.available !== null) {
    return (
      <>
        <strong className="version">{row.available}</strong>
        <Waiting row={row} />
      </>
    )
  }
  if (isNewest(row)) return <span className="faint">{t.newest}</span>
  return <span className="faint">{row.relation === 'local-newer' ? t.localNewer : t.unknown}</span>
}

/** Why it is not installed by itself. What failed here before is told once, with the run to look at. */
function Waiting({ row }: { readonly row: ComponentView }) {
  const t = useTexts({ en, de })
  const failed = failedTry(row)
  const isHeldByIt = row.held?.kind === 'failed-before'
  return (
    <>
      {failed === null ? null : (
        <p className="small">
          <Link to="/runs/$run" params={{ run: failed }}>
            {isHeldByIt ? t.failedBefore : t.triedBefore}
          </Link>
        </p>
      )}
      {row.held_text === null || isHeldByIt ? null : <p className="faint small sentence">{row.held_text}</p>}
    </>
  )
}

/** The one thing to do, named by what will happen. */
function Action({ row }: { readonly row: ComponentView }) {
  const t = useTexts({ en, de })
  const operate = useMay('operate')
  const { component, busy_run: busy, unfinished } = row
  if (busy !== null) {
    return (
      <Link className="button" to="/runs/$run" params={{ run: busy }}>
        {t.watch}
      </Link>
    )
  }
  // What needs a person stands on top, with the way out.
  if (unfinished !== null) return null
  if (!operate || !row.update_available || row.available === null) return null
  return (
    <Link
      className={
        standingOf(row) === 'offer' && row.held_text === null && failedTry(row) === null
          ? 'button button-primary'
          : 'button'
      }
      to="/components/$name"
      params={{ name: component }}
      search={{ open: 'update' }}
    >
      {row.installed === null ? t.install(row.available) : t.update(row.available)}
    </Link>
  )
}
