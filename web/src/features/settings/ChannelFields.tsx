import { useTexts } from '../../app/context.ts'
import { de as noticesDe } from '../../i18n/notifications.de.ts'
import { en as noticesEn } from '../../i18n/notifications.en.ts'
import { de } from '../../i18n/settings.de.ts'
import { en } from '../../i18n/settings.en.ts'
import { SelectField, TextField } from '../../ui/Field.tsx'
import {
  type ChannelForm,
  type ChannelType,
  type Common,
  eventKinds,
  type FieldSpec,
  fieldsOf,
} from './channel-form.ts'

interface FieldsProps {
  readonly type: ChannelType
  readonly form: ChannelForm
  /** Its secrets are there already. */
  readonly known: boolean
  readonly onChange: (form: ChannelForm) => void
}

/** What a channel of this kind needs. */
export function ChannelFields({ type, form, known, onChange }: FieldsProps) {
  return fieldsOf(type).map((field) => (
    <Field
      key={`${type} ${field.key}`}
      field={field}
      known={known}
      value={form[field.key] ?? ''}
      onChange={(value) => onChange({ ...form, [field.key]: value })}
    />
  ))
}

interface FieldProps {
  readonly field: FieldSpec
  readonly known: boolean
  readonly value: string
  readonly onChange: (value: string) => void
}

function Field({ field: { key, kind, required = false, options }, known, value, onChange }: FieldProps) {
  const t = useTexts({ en, de })
  const label = t.fields[key] ?? key
  if (kind === 'choice') {
    return (
      <SelectField label={label} value={value} onChange={({ target }) => onChange(target.value)}>
        {options?.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </SelectField>
    )
  }
  const secret = kind === 'secret'
  const hint = secret ? (known ? t.secretKnown : t.secretHint) : t.hints[key]
  return (
    <TextField
      label={label}
      {...(hint === undefined ? {} : { hint })}
      type={secret ? 'password' : 'text'}
      required={required && !(secret && known)}
      autoComplete={secret ? 'new-password' : 'off'}
      spellCheck={false}
      inputMode={kind === 'number' ? 'numeric' : 'text'}
      {...(kind === 'number' ? { pattern: '[0-9]*' } : {})}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  )
}

interface CommonProps {
  readonly common: Common
  readonly onChange: (common: Common) => void
}

/** What is told, in which language and when: the same for every kind. */
export function CommonFields({ common, onChange }: CommonProps) {
  const t = useTexts({ en, de })
  const notices = useTexts({ en: noticesEn, de: noticesDe })
  const { on, language, quietFrom, quietTo, timezone, digest } = common
  return (
    <>
      <fieldset className="checks">
        <legend>{t.tells}</legend>
        {eventKinds.map((kind) => (
          <label key={kind} className="check">
            <input
              type="checkbox"
              checked={on.includes(kind)}
              onChange={({ target }) =>
                onChange({
                  ...common,
                  on: eventKinds.filter((one) => (one === kind ? target.checked : on.includes(one))),
                })
              }
            />
            {notices.events[kind] ?? kind}
          </label>
        ))}
      </fieldset>
      <div className="pair">
        <SelectField
          label={t.language}
          value={language}
          onChange={({ target }) => onChange({ ...common, language: target.value })}
        >
          {Object.entries(t.languages).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t.digest}
          hint={t.digestHint}
          value={digest}
          onChange={({ target }) => onChange({ ...common, digest: target.value })}
        >
          {[...new Set([...Object.keys(t.digests), digest])].map((value) => (
            <option key={value} value={value}>
              {t.digests[value] ?? value}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="pair">
        <TextField
          label={t.quietFrom}
          hint={t.quietHint}
          pattern="([01][0-9]|2[0-3]):[0-5][0-9]"
          placeholder="22:00"
          required={quietTo !== ''}
          value={quietFrom}
          onChange={({ target }) => onChange({ ...common, quietFrom: target.value })}
        />
        <TextField
          label={t.quietTo}
          hint={t.quietHint}
          pattern="([01][0-9]|2[0-3]):[0-5][0-9]"
          placeholder="07:00"
          required={quietFrom !== ''}
          value={quietTo}
          onChange={({ target }) => onChange({ ...common, quietTo: target.value })}
        />
        <TextField
          label={t.timezone}
          value={timezone}
          onChange={({ target }) => onChange({ ...common, timezone: target.value })}
        />
      </div>
    </>
  )
}
