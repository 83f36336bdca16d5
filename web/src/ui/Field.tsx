import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react'

interface FieldProps {
  readonly label: string
  /** What belongs into it, below the label. */
  readonly hint?: ReactNode
  readonly error?: string | null
}

function described(id: string, { hint, error }: FieldProps): string | undefined {
  const ids = [hint === undefined ? null : `${id}-hint`, error ? `${id}-error` : null].filter((one) => one !== null)
  return ids.length === 0 ? undefined : ids.join(' ')
}

function Frame({
  id,
  label,
  hint,
  error,
  children,
}: FieldProps & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint === undefined ? null : (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children}
      {error ? (
        <p className="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      ) : null}
    </div>
  )
}

export function TextField({
  label,
  hint,
  error,
  ...input
}: FieldProps & Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'style'>) {
  const id = useId()
  return (
    <Frame {...{ id, label, hint, ...(error === undefined ? {} : { error }) }}>
      <input
        {...input}
        id={id}
        className="input"
        aria-invalid={Boolean(error)}
        aria-describedby={described(id, { label, hint, ...(error === undefined ? {} : { error }) })}
      />
    </Frame>
  )
}

export function SelectField({
  label,
  hint,
  error,
  children,
  ...select
}: FieldProps & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'className' | 'style'>) {
  const id = useId()
  return (
    <Frame {...{ id, label, hint, ...(error === undefined ? {} : { error }) }}>
      <select
        {...select}
        id={id}
        className="input"
        aria-invalid={Boolean(error)}
        aria-describedby={described(id, { label, hint, ...(error === undefined ? {} : { error }) })}
      >
        {children}
      </select>
    </Frame>
  )
}

/** One of a few, each with its consequence below it. */
export function Choice<V extends string>(props: {
  readonly label: string
  readonly value: V | null
  readonly options: readonly { readonly value: V; readonly label: string; readonly hint?: ReactNode }[]
  readonly onChange: (value: V) => void
}) {
  const id = useId()
  return (
    <fieldset className="choice">
      <legend>{props.label}</legend>
      {props.options.map(({ value, label, hint }) => (
        <div key={value} className="choice-option">
          <input
            type="radio"
            id={`${id}-${value}`}
            name={id}
            value={value}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
            aria-describedby={hint === undefined ? undefined : `${id}-${value}-hint`}
          />
          <label htmlFor={`${id}-${value}`}>{label}</label>
          {hint === undefined ? null : (
            <p className="field-hint" id={`${id}-${value}-hint`}>
              {hint}
            </p>
          )}
        </div>
      ))}
    </fieldset>
  )
}
