import { useState } from 'react'
import type { SettingsView } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/settings.de.ts'
import { en } from '../../i18n/settings.en.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { type Column, Table } from '../../ui/Table.tsx'
import { EditChannel, RemoveChannel } from './ChannelDialogs.tsx'
import { isChannelType } from './channel-form.ts'
import { useSettingsChange } from './use-settings-change.ts'

type Row = SettingsView['channels'][string] & { readonly name: string }
type Doing = { readonly what: 'add' } | { readonly what: 'edit' | 'remove'; readonly row: Row }

/** Where messages go. Secrets are named by the place where they are kept, and never come here. */
export function Channels({ settings }: { readonly settings: SettingsView }) {
  const t = useTexts({ en, de })
  const [doing, setDoing] = useState<Doing | null>(null)
  const close = (): void => setDoing(null)
  const rows = Object.entries(settings.channels).map(([name, channel]) => ({ ...channel, name }))
  return (
    <section className="section" aria-labelledby="channels">
      <div className="section-head">
        <div>
          <h2 id="channels">{t.channels}</h2>
          <p className="faint">{t.channelsHint}</p>
        </div>
        <Button onClick={() => setDoing({ what: 'add' })}>{t.add}</Button>
      </div>
      {rows.length === 0 ? (
        <Empty title={t.noChannels}>
          <p>{t.noChannelsHint}</p>
        </Empty>
      ) : (
        <ChannelTable settings={settings} rows={rows} onDo={setDoing} />
      )}
      {doing?.what === 'add' ? <EditChannel settings={settings} channel={null} onClose={close} /> : null}
      {doing?.what === 'edit' && isChannelType(typeOf(doing.row)) ? (
        <EditChannel settings={settings} channel={editable(doing.row)} onClose={close} />
      ) : null}
      {doing?.what === 'remove' ? <RemoveChannel settings={settings} name={doing.row.name} onClose={close} /> : null}
    </section>
  )
}

function typeOf({ spec }: Row): unknown {
  return spec['type']
}

function editable({ name, spec }: Row): Parameters<typeof EditChannel>[0]['channel'] {
  const type = spec['type']
  return isChannelType(type) ? { name, type, spec } : null
}

interface ChannelTableProps {
  readonly settings: SettingsView
  readonly rows: readonly Row[]
  readonly onDo: (doing: Doing) => void
}

function ChannelTable({ settings, rows, onDo }: ChannelTableProps) {
  const t = useTexts({ en, de })
  const columns: readonly Column<Row>[] = [
    { key: 'name', title: t.name, cell: ({ name }) => name },
    {
      key: 'type',
      title: t.type,
      cell: (row) => {
        const type = typeOf(row)
        return isChannelType(type) ? t.types[type] : String(type)
      },
    },
    {
      key: 'origin',
      title: t.origin,
      cell: ({ origin }) => (origin === 'off' ? <Badge tone="plain">{t.silenced}</Badge> : t.origins[origin]),
    },
    {
      key: 'actions',
      title: '',
      align: 'end',
      cell: (row) =>
        row.origin === 'settings' ? <RowActions row={row} onDo={onDo} /> : <Silence settings={settings} row={row} />,
    },
  ]
  return <Table label={t.channels} columns={columns} rows={rows} keyOf={({ name }) => name} />
}

function RowActions({ row, onDo }: { readonly row: Row; readonly onDo: (doing: Doing) => void }) {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  return (
    <div className="buttons">
      {isChannelType(typeOf(row)) ? (
        <Button small kind="quiet" aria-label={t.editChannel(row.name)} onClick={() => onDo({ what: 'edit', row })}>
          {frame.edit}
        </Button>
      ) : (
        <span className="faint small">{t.unknownType}</span>
      )}
      <Button small kind="quiet" aria-label={t.removeTitle(row.name)} onClick={() => onDo({ what: 'remove', row })}>
        {frame.remove}
      </Button>
    </div>
  )
}

/** A channel of the config file is changed there; here it can be silenced, and heard again. */
function Silence({ settings, row: { name, origin } }: { readonly settings: SettingsView; readonly row: Row }) {
  const t = useTexts({ en, de })
  const change = useSettingsChange(() => {})
  const silent = origin === 'off'
  const words = silent ? t.unsilence : t.silence
  return (
    <>
      <Button
        small
        kind="quiet"
        busy={change.isPending}
        aria-label={`${words}: ${name}`}
        onClick={() => change.mutate({ settings, body: async () => ({ channels: { [name]: silent ? null : 'off' } }) })}
      >
        {words}
      </Button>
      {change.error === null ? null : <Problem error={change.error} />}
    </>
  )
}
