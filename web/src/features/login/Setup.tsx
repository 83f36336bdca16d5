import { useState } from 'react'
import { path } from '../../api/client.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/login.de.ts'
import { en } from '../../i18n/login.en.ts'
import { TextField } from '../../ui/Field.tsx'
import { Door } from './Door.tsx'

/** The first person on this host proves with a secret of the agent that it is theirs. */
export function Setup({ host }: { readonly host: string }) {
  const t = useTexts({ en, de })
  const [form, setForm] = useState({ secret: '', name: '', password: '', again: '' })
  const [tried, setTried] = useState(false)
  const differs = form.password !== form.again
  const field = (name: keyof typeof form) => ({
    name,
    value: form[name],
    required: true,
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      setForm({ ...form, [name]: target.value }),
  })
  const body = (): object | null => {
    setTried(true)
    const { secret, name, password } = form
    return differs ? null : { secret: secret.trim(), name, password }
  }
  return (
    <Door title={t.setupTitle} intro={t.setupIntro(host)} action={t.setup} address={path('setup')} body={body}>
      <TextField
        label={t.secret}
        hint={t.secretHint}
        autoComplete="off"
        spellCheck={false}
        autoFocus
        {...field('secret')}
      />
      <TextField
        label={t.newName}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        {...field('name')}
      />
      <TextField
        label={t.newPassword}
        hint={t.newPasswordHint}
        type="password"
        autoComplete="new-password"
        minLength={12}
        {...field('password')}
      />
      <TextField
        label={t.repeat}
        type="password"
        autoComplete="new-password"
        error={tried && differs ? t.repeatDiffers : null}
        {...field('again')}
      />
    </Door>
  )
}
