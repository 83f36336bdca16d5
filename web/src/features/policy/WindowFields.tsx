import { useId } from 'react'
import { useApp, useTexts } from '../../app/context.ts'
import { de } from '../../i18n/policy.de.ts'
import { en } from '../../i18n/policy.en.ts'
import { SelectField, TextField } from '../../ui/Field.tsx'
import type { WindowForm } from './window.ts'

interface WindowFieldsProps {
  readonly form: WindowForm
  readonly onChange: (form: WindowForm) => void
  /** Something is not filled in. */
  readonly missing: boolean
}

/** When updates may begin. */
export function WindowFields({ form, onChange, missing }: WindowFieldsProps) {
  const t = useTexts({ en, de })
  return (
    <>
      <SelectField
        label={t.window}
        value={form.kind}
        error={missing ? t.windowMissing : null}
        onChange={({ target }) => onChange(ofKind(target.value, form))}
      >
        {Object.entries(t.windows).map(([kind, label]) => (
          <option key={kind} value={kind}>
            {label}
          </option>
        ))}
      </SelectField>
      {form.kind === 'daily' ? <Daily form={form} onChange={onChange} /> : null}
      {form.kind === 'cron' ? (
        <div className="policy-pair">
          <TextField
            label={t.cron}
            value={form.cron}
            onChange={({ target }) => onChange({ ...form, cron: target.value })}
          />
          <TextField
            label={t.duration}
            hint={t.durationHint}
            value={form.duration}
            onChange={({ target }) => onChange({ ...form, duration: target.value })}
          />
        </div>
      ) : null}
      {form.kind === 'any' ? null : (
        <Zone value={form.timezone} onChange={(timezone) => onChange({ ...form, timezone })} />
      )}
    </>
  )
}

function ofKind(kind: string, before: WindowForm): WindowForm {
  const timezone = before.kind === 'any' ? '' : before.timezone
  switch (kind) {
    case 'daily':
      return { kind, from: '02:00', until: '04:00', days: [], timezone }
    case 'cron':
      return { kind, cron: '0 2 * * *', duration: '2h', timezone }
    default:
      return { kind: 'any' }
  }
}

function Daily({
  form,
  onChange,
}: {
  readonly form: WindowForm & { readonly kind: 'daily' }
  readonly onChange: (form: WindowForm) => void
}) {
  const t = useTexts({ en, de })
  const { language } = useApp()
  const id = useId()
  // The fourth of January 1970 was a Sunday.
  const name = (day: number): string =>
    new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(1970, 0, 4 + day))
  const week = [1, 2, 3, 4, 5, 6, 0]
  return (
    <>
      <div className="policy-pair">
        <TextField
          label={t.from}
          type="time"
          value={form.from}
          onChange={({ target }) => onChange({ ...form, from: target.value })}
        />
        <TextField
          label={t.until}
          type="time"
          value={form.until}
          onChange={({ target }) => onChange({ ...form, until: target.value })}
        />
      </div>
      <fieldset className="choice">
        <legend>{t.days}</legend>
        <p className="field-hint">{t.daysHint}</p>
        <div className="policy-days">
          {week.map((day) => (
            <label key={day} htmlFor={`${id}-${day}`}>
              <input
                id={`${id}-${day}`}
                type="checkbox"
                checked={form.days.includes(day)}
                onChange={({ target }) =>
                  onChange({
                    ...form,
                    days: target.checked ? [...form.days, day] : form.days.filter((one) => one !== day),
                  })
                }
              />
              {name(day)}
            </label>
          ))}
        </div>
      </fieldset>
    </>
  )
}

function Zone({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const t = useTexts({ en, de })
  const id = useId()
  return (
    <>
      <TextField
        label={t.timezone}
        hint={t.timezoneHint}
        list={id}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      <datalist id={id}>
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </datalist>
    </>
  )
}
