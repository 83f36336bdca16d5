import { useState } from 'react'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/policy.de.ts'
import { en } from '../../i18n/policy.en.ts'
import { SelectField, TextField } from '../../ui/Field.tsx'
import { sameSpan } from './durations.ts'

interface CheckTimesProps {
  /** `off`, a time span or a cron line. */
  readonly value: string
  readonly onChange: (value: string) => void
}

export function CheckTimes({ value, onChange }: CheckTimesProps) {
  const t = useTexts({ en, de })
  const known = Object.keys(t.everyOptions).find((option) => sameSpan(option, value))
  const [other, setOther] = useState(known === undefined)
  return (
    <>
      <SelectField
        label={t.every}
        value={other ? 'other' : known}
        onChange={({ target }) => {
          setOther(target.value === 'other')
          if (target.value !== 'other' && !sameSpan(target.value, value)) onChange(target.value)
        }}
      >
        {Object.entries(t.everyOptions).map(([option, label]) => (
          <option key={option} value={option}>
            {label}
          </option>
        ))}
      </SelectField>
      {other ? (
        <TextField
          label={t.everyOther}
          hint={t.everyOtherHint}
          required
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      ) : null}
    </>
  )
}
