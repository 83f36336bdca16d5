import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { componentsQuery } from '../../api/queries.ts'
import { Page as View } from '../../app/Page.tsx'
import { useApi, useTexts } from '../../app/context.ts'
import { useMay } from '../../app/session.ts'
import { de } from '../../i18n/backups.de.ts'
import { en } from '../../i18n/backups.en.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { type Column, Table } from '../../ui/Table.tsx'
import { Bytes, ExactTime, Time } from '../../ui/Time.tsx'
import { PlanDialog } from '../plan/PlanDialog.tsx'
import { CreateBackup, PruneBackups, useWhat } from './dialogs.tsx'
import { type BackupItem, backupsQuery } from './queries.ts'

type Doing =
  | { readonly what: 'create' | 'prune'; readonly component: string }
  | { readonly what: 'restore'; readonly backup: BackupItem }

/** Per component: what could be brought back, and how far back that is. */
export function Page() {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const api = useApi()
  const { data: components, error: noComponents } = useQuery(componentsQuery(api))
  const { data: backups, error: noBackups } = useQuery(backupsQuery(api))
  const [doing, setDoing] = useState<Doing | null>(null)
  const close = (): void => setDoing(null)
  const error = noBackups ?? noComponents
  return (
    <View title={frame.backups}>
      {error === null ? null : <Problem error={error} />}
      {components === undefined || backups === undefined
        ? error === null && <Skeleton label={frame.loading} lines={6} />
        : names(components, backups).map((component) => (
            <OfComponent
              key={component}
              component={component}
              configured={components.some((one) => one.component === component)}
              backups={backups.filter((one) => one.component === component)}
              onDo={setDoing}
            />
          ))}
      {components?.length === 0 && backups?.length === 0 ? (
        <Empty title={t.nothing}>
          <p>{t.nothingHint}</p>
        </Empty>
      ) : null}
      {doing?.what === 'create' ? <CreateBackup component={doing.component} onClose={close} /> : null}
      {doing?.what === 'prune' ? <PruneBackups component={doing.component} onClose={close} /> : null}
      {doing?.what === 'restore' ? <RestoreBackup backup={doing.backup} onClose={close} /> : null}
    </View>
  )
}

/** The consequences first, in numbers: what is replaced, how long it is not available, what the way back is. */
function RestoreBackup({ backup, onClose }: { readonly backup: BackupItem; readonly onClose: () => void }) {
  const t = useTexts({ en, de })
  const what = useWhat()
  const { component, id, created } = backup
  return (
    <PlanDialog component={component} action="restore" to={null} backup={id} onClose={onClose}>
      <p>
        {t.what}: <span className="evidence">{what(backup)}</span>, <ExactTime at={created} />.{' '}
        {t.restoreLost(component)}
      </p>
    </PlanDialog>
  )
}

/** Backups outlive their component's place in the config. */
function names(
  components: readonly { readonly component: string }[],
  backups: readonly BackupItem[],
): readonly string[] {
  return [...new Set([...components, ...backups].map(({ component }) => component))]
}

interface OfComponentProps {
  readonly component: string
  readonly configured: boolean
  readonly backups: readonly BackupItem[]
  readonly onDo: (doing: Doing) => void
}

function OfComponent({ component, configured, backups, onDo }: OfComponentProps) {
  const t = useTexts({ en, de })
  const may = useMay('operate') && configured
  const id = `backups-${component}`
  return (
    <section className="section" aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id}>
          {configured ? (
            <Link to="/components/$name" params={{ name: component }}>
              {component}
            </Link>
          ) : (
            component
          )}
        </h2>
        {may ? (
          <div className="buttons">
            {backups.length === 0 ? null : (
              <Button small kind="quiet" onClick={() => onDo({ what: 'prune', component })}>
                {t.prune}
              </Button>
            )}
            <Button small onClick={() => onDo({ what: 'create', component })}>
              {t.create}
            </Button>
          </div>
        ) : null}
      </div>
      {backups.length === 0 ? (
        <Empty title={t.nothing}>
          <p>{t.nothingHint}</p>
        </Empty>
      ) : (
        <BackupTable label={`${t.list}: ${component}`} backups={backups} may={may} onDo={onDo} />
      )}
    </section>
  )
}

interface BackupTableProps {
  readonly label: string
  readonly backups: readonly BackupItem[]
  readonly may: boolean
  readonly onDo: (doing: Doing) => void
}

function BackupTable({ label, backups, may, onDo }: BackupTableProps) {
  const t = useTexts({ en, de })
  const what = useWhat()
  const columns: readonly Column<BackupItem>[] = [
    {
      key: 'what',
      title: t.what,
      cell: (backup) => (
        <>
          <span className="evidence">{what(backup)}</span>
          {backup.notes?.map((note) => (
            <p key={note} className="faint small">
              {note}
            </p>
          ))}
        </>
      ),
    },
    { key: 'made', title: t.made, cell: ({ created }) => <Time at={created} /> },
    { key: 'version', title: t.version, cell: ({ version }) => version ?? '–' },
    { key: 'size', title: t.size, align: 'end', cell: ({ bytes }) => <Bytes bytes={bytes} /> },
    {
      key: 'place',
      title: t.place,
      cell: ({ place }) => <span className="evidence faint small">{place}</span>,
    },
    ...(may
      ? [
          {
            key: 'actions',
            title: '',
            align: 'end' as const,
            cell: (backup: BackupItem) => (
              <Button small onClick={() => onDo({ what: 'restore', backup })}>
                {t.restore}
              </Button>
            ),
          },
        ]
      : []),
  ]
  return <Table label={label} columns={columns} rows={backups} keyOf={({ id }) => id} />
}
