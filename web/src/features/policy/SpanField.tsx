import { useState } from 'react'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/policy.de.ts'
import { en } from '../../i18n/policy.en.ts'
import { TextField } from '../../ui/Field.tsx'
import { parseSpan, units, writeSpan } from './durations.ts'

interface SpanFieldProps {
  readonly label: string
  readonly hint: string
  /** As the config writes it. */
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A number and its unit; a text where the config says it in another way. */
export function SpanField({ label, hint, value, onChange }: SpanFieldProps) {
  const t = useTexts({ en, de })
  const span = parseSpan(value)
  const [count, setCount] = useState(span === null ? '' : String(span.count))
  if (span === null) {
    return <TextField label={label} hint={hint} value={value} onChange={({ target }) => onChange(target.value)} />
  }
  return (
    <div className="span-field">
      <TextField
        label={label}
        hint={hint}
        type="number"
        min={0}
        max={999_999}
        required
        value={count}
        onChange={({ target }) => {
          setCount(target.value)
          if (/^\d{1,6}$/.test(target.value)) onChange(writeSpan({ ...span, count: Number(target.value) }))
        }}
      />
      <select
        className="input"
        aria-label={t.unit(label)}
        value={span.unit}
        onChange={({ target }) => {
          const unit = units.find((one) => one === target.value) ?? span.unit
          onChange(writeSpan({ ...span, unit }))
        }}
      >
        {units.map((unit) => (
          <option key={unit} value={unit}>
            {t.units[unit]}
          </option>
        ))}
      </select>
    </div>
  )
}
