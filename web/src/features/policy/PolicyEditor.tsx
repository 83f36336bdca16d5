import { type SubmitEvent, useState } from 'react'
import { isConflict } from '../../api/problem.ts'
import type { SettingsView } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/policy.de.ts'
import { en } from '../../i18n/policy.en.ts'
import { Button } from '../../ui/Button.tsx'
import { SelectField, TextField } from '../../ui/Field.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { useToast } from '../../ui/Toast.tsx'
import { CheckTimes } from './CheckTimes.tsx'
import { SpanField } from './SpanField.tsx'
import { usePolicyChange } from './use-change.ts'
import { WindowFields } from './WindowFields.tsx'
import { windowForm, windowOf } from './window.ts'

interface PolicyEditorProps {
  readonly name: string
  readonly settings: SettingsView
  /** Somebody else changed it meanwhile: begins anew with what holds now. */
  readonly onAgain: () => void
  readonly onEnd: () => void
}

export function PolicyEditor(props: PolicyEditorProps) {
  const own = props.settings.components[props.name]
  return own === undefined ? null : <Form {...props} own={own} />
}

type Own = SettingsView['components'][string]

function Form({ name, settings: now, onAgain, onEnd, own: ownNow }: PolicyEditorProps & { readonly own: Own }) {
  const t = useTexts({ en, de })
  // As they were when the form was opened: what somebody else changes meanwhile must be noticed, not written over.
  const [{ settings, own }] = useState({ settings: now, own: ownNow })
  const say = useToast()
  const [policy, setPolicy] = useState(own.policy)
  const [window, setWindow] = useState(() => windowForm(own.policy.window))
  const [every, setEvery] = useState(own.check.every)
  const [hold, setHold] = useState(own.policy.hold.join(', '))
  const [tried, setTried] = useState(false)
  const change = usePolicyChange(name, () => {
    say(t.saved)
    onEnd()
  })
  const chosen = windowOf(window, own.from_file.policy.window)
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    setTried(true)
    if (chosen === 'missing' || change.isPending) return
    const patterns = hold
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
    // What was not touched stays as it was written, also where two ways of writing mean the same.
    const untouched = JSON.stringify(window) === JSON.stringify(windowForm(own.policy.window))
    const wanted = { ...policy, window: untouched ? own.policy.window : chosen, hold: patterns }
    change.mutate({ settings, wanted: { policy: wanted, every } })
  }
  return (
    <form className="policy-form" onSubmit={submit}>
      <SelectField
        label={t.auto}
        value={policy.auto}
        onChange={({ target }) => setPolicy({ ...policy, auto: target.value as typeof policy.auto })}
      >
        {Object.entries(t.autos).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      <WindowFields form={window} onChange={setWindow} missing={tried && chosen === 'missing'} />
      <SpanField
        label={t.minAge}
        hint={t.minAgeHint}
        value={policy.min_age}
        onChange={(min_age) => setPolicy({ ...policy, min_age })}
      />
      <SpanField
        label={t.soak}
        hint={t.soakHint}
        value={policy.soak}
        onChange={(soak) => setPolicy({ ...policy, soak })}
      />
      <TextField label={t.hold} hint={t.holdHint} value={hold} onChange={({ target }) => setHold(target.value)} />
      <CheckTimes value={every} onChange={setEvery} />
      {change.error === null ? null : (
        <Problem
          error={change.error}
          actions={isConflict(change.error) ? <Button onClick={onAgain}>{t.again}</Button> : undefined}
        />
      )}
      <div className="policy-actions">
        <Button onClick={onEnd}>{t.cancel}</Button>
        <Button type="submit" kind="primary" busy={change.isPending}>
          {t.save}
        </Button>
      </div>
    </form>
  )
}
