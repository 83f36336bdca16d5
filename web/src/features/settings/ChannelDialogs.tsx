import { useState } from 'react'
import { type Api, path } from '../../api/client.ts'
import type { SettingsView } from '../../api/types.ts'
import { useApp, useTexts } from '../../app/context.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/settings.de.ts'
import { en } from '../../i18n/settings.en.ts'
import { SelectField, TextField } from '../../ui/Field.tsx'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { useToast } from '../../ui/Toast.tsx'
import { ChannelFields, CommonFields } from './ChannelFields.tsx'
import {
  type ChannelType,
  channelTypeNames,
  commonOf,
  formOf,
  isChannelType,
  type Spec,
  specOf,
  typedSecrets,
} from './channel-form.ts'
import { useSettingsChange } from './use-settings-change.ts'

interface EditChannelProps {
  readonly settings: SettingsView
  /** null: a new one. */
  readonly channel: { readonly name: string; readonly type: ChannelType; readonly spec: Spec } | null
  readonly onClose: () => void
}

export function EditChannel({ settings: now, channel, onClose }: EditChannelProps) {
  // As they were when the form was opened: what somebody else changes meanwhile must be noticed, not written over.
  const [settings] = useState(now)
  const t = useTexts({ en, de })
  const say = useToast()
  const { api, language } = useApp()
  const [name, setName] = useState(channel?.name ?? '')
  const [type, setType] = useState<ChannelType>(channel?.type ?? 'email')
  const [form, setForm] = useState(() => formOf(type, channel?.spec ?? null))
  const [common, setCommon] = useState(() => commonOf(channel?.spec ?? null, language, ownTimezone()))
  const taken = channel === null && name in settings.channels
  const change = useSettingsChange(() => {
    say(t.saved(name))
    onClose()
  })
  const save = (): void => {
    if (taken) return
    const body = async () => {
      const kept = await keepSecrets(api, name, typedSecrets(type, form))
      return { channels: { [name]: specOf(type, form, common, channel?.spec ?? null, kept) } }
    }
    change.mutate({ settings, body })
  }
  return (
    <FormDialog
      open
      onClose={onClose}
      title={channel === null ? t.addTitle : t.editTitle(channel.name)}
      action={t.saveChannel}
      busy={change.isPending}
      error={change.error}
      onSubmit={save}
    >
      {channel === null ? (
        <>
          <TextField
            label={t.name}
            hint={t.nameHint}
            required
            autoComplete="off"
            autoCapitalize="none"
            pattern="[a-z0-9][a-z0-9_\-]*"
            error={taken ? t.nameTaken : null}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
          <SelectField
            label={t.type}
            value={type}
            onChange={({ target }) => {
              if (!isChannelType(target.value)) return
              setType(target.value)
              setForm(formOf(target.value, null))
            }}
          >
            {channelTypeNames.map((one) => (
              <option key={one} value={one}>
                {t.types[one]}
              </option>
            ))}
          </SelectField>
        </>
      ) : null}
      <ChannelFields type={type} form={form} known={channel !== null} onChange={setForm} />
      <CommonFields common={common} onChange={setCommon} />
    </FormDialog>
  )
}

/** Where each of them is kept from now on. */
async function keepSecrets(
  api: Api,
  channel: string,
  typed: ReturnType<typeof typedSecrets>,
): Promise<Readonly<Record<string, unknown>>> {
  const places = await Promise.all(
    typed.map(async ({ key, value }) => [key, await api.put(path('secrets', `${channel}-${key}`), { value })] as const),
  )
  return Object.fromEntries(places)
}

function ownTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

interface RemoveChannelProps {
  readonly settings: SettingsView
  readonly name: string
  readonly onClose: () => void
}

export function RemoveChannel({ settings, name, onClose }: RemoveChannelProps) {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const say = useToast()
  const change = useSettingsChange(() => {
    say(t.removed(name))
    onClose()
  })
  return (
    <FormDialog
      open
      danger
      onClose={onClose}
      title={t.removeTitle(name)}
      description={t.removeHint}
      action={frame.remove}
      busy={change.isPending}
      error={change.error}
      onSubmit={() => change.mutate({ settings, body: async () => ({ channels: { [name]: null } }) })}
    />
  )
}
