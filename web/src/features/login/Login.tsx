import { useState } from 'react'
import { path } from '../../api/client.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/login.de.ts'
import { en } from '../../i18n/login.en.ts'
import { TextField } from '../../ui/Field.tsx'
import { Door } from './Door.tsx'

export function Login({ host }: { readonly host: string }) {
  const t = useTexts({ en, de })
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  return (
    <Door
      title={t.title}
      intro={t.at(host)}
      action={t.login}
      refused={t.wrong}
      address={path('session')}
      body={() => ({ name, password })}
      below={<p className="faint">{t.forgotten}</p>}
    >
      <TextField
        label={t.name}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        autoFocus
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <TextField
        label={t.password}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={({ target }) => setPassword(target.value)}
      />
    </Door>
  )
}
