import { useState } from 'react'
import { path } from '../../api/client.ts'
import type { Scope } from '../../api/types.ts'
import { useChange } from '../../app/change.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { useSession } from '../../app/session.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/people.de.ts'
import { en } from '../../i18n/people.en.ts'
import { Choice, TextField } from '../../ui/Field.tsx'
import { FormDialog } from '../../ui/FormDialog.tsx'
import type { Person } from './queries.ts'

export function ScopeChoice(props: { readonly value: Scope; readonly onChange: (scope: Scope) => void }) {
  const t = useTexts({ en, de })
  const scopes = ['read', 'operate', 'admin'] as const
  return <Choice label={t.may} {...props} options={scopes.map((value) => ({ value, ...t.scopes[value] }))} />
}

export function AddPerson({ onClose }: { readonly onClose: () => void }) {
  const t = useTexts({ en, de })
  const api = useApi()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [scope, setScope] = useState<Scope>('read')
  const add = useChange({
    work: async () => api.post(path('users'), { name, password, scope }),
    stale: ['people', 'audit'],
    said: () => t.added(name),
    done: onClose,
  })
  return (
    <FormDialog
      open
      onClose={onClose}
      title={t.add}
      action={t.add}
      busy={add.isPending}
      error={add.error}
      onSubmit={() => add.mutate(undefined)}
    >
      <TextField
        label={t.name}
        hint={t.nameHint}
        required
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <TextField
        label={t.password}
        hint={t.passwordHint}
        type="password"
        required
        minLength={12}
        autoComplete="new-password"
        value={password}
        onChange={({ target }) => setPassword(target.value)}
      />
      <ScopeChoice value={scope} onChange={setScope} />
    </FormDialog>
  )
}

interface PersonDialogProps {
  readonly person: Pick<Person, 'name'>
  readonly onClose: () => void
}

export function ChangePassword({ person: { name }, onClose }: PersonDialogProps) {
  const t = useTexts({ en, de })
  const api = useApi()
  const own = useSession()?.user?.name === name
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [tried, setTried] = useState(false)
  const change = useChange({
    work: async () => api.put(path('users', name, 'password'), { password, ...(own ? { current } : {}) }),
    stale: ['people', 'audit'],
    said: () => t.passwordChanged,
    done: onClose,
  })
  return (
    <FormDialog
      open
      onClose={onClose}
      title={own ? t.own : t.changePasswordOf(name)}
      description={t.changePasswordHint}
      action={t.changePassword}
      busy={change.isPending}
      error={change.error}
      onSubmit={() => {
        setTried(true)
        if (password === again) change.mutate(undefined)
      }}
    >
      {/* A password manager wants to know whose it is. */}
      <input type="hidden" name="username" autoComplete="username" value={name} readOnly />
      {own ? (
        <TextField
          label={t.currentPassword}
          type="password"
          required
          autoComplete="current-password"
          value={current}
          onChange={({ target }) => setCurrent(target.value)}
        />
      ) : null}
      <TextField
        label={t.newPassword}
        hint={t.passwordHint}
        type="password"
        required
        minLength={12}
        autoComplete="new-password"
        value={password}
        onChange={({ target }) => setPassword(target.value)}
      />
      <TextField
        label={t.repeat}
        type="password"
        required
        autoComplete="new-password"
        error={tried && password !== again ? t.repeatDiffers : null}
        value={again}
        onChange={({ target }) => setAgain(target.value)}
      />
    </FormDialog>
  )
}

export function ChangeScope({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const api = useApi()
  const [scope, setScope] = useState(person.scope)
  const change = useChange({
    work: async () => api.put(path('users', person.name, 'scope'), { scope }),
    stale: ['people', 'audit', 'session'],
    said: () => null,
    done: onClose,
  })
  return (
    <FormDialog
      open
      onClose={onClose}
      title={t.changeScopeOf(person.name)}
      description={t.changeScopeHint}
      action={frame.save}
      busy={change.isPending}
      error={change.error}
      onSubmit={() => change.mutate(undefined)}
    >
      <ScopeChoice value={scope} onChange={setScope} />
    </FormDialog>
  )
}

export function RemovePerson({ person: { name }, onClose }: PersonDialogProps) {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const api = useApi()
  const remove = useChange({
    work: async () => api.remove(path('users', name)),
    stale: ['people', 'audit', 'session'],
    said: () => t.removed(name),
    done: onClose,
  })
  return (
    <FormDialog
      open
      danger
      onClose={onClose}
      title={t.removePerson(name)}
      description={t.removePersonHint}
      action={frame.remove}
      busy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate(undefined)}
    />
  )
}
