import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { path } from '../../api/client.ts'
import type { Scope } from '../../api/types.ts'
import { useChange } from '../../app/change.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/people.de.ts'
import { en } from '../../i18n/people.en.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { SelectField, TextField } from '../../ui/Field.tsx'
import { FormDialog } from '../../ui/FormDialog.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { type Column, Table } from '../../ui/Table.tsx'
import { Time, useNow } from '../../ui/Time.tsx'
import { useToast } from '../../ui/Toast.tsx'
import { ScopeChoice } from './PersonDialogs.tsx'
import { type NewToken, type Token, tokensQuery } from './queries.ts'

const validities = ['30', '90', '365', ''] as const
const dayMs = 86_400_000

export function Tokens() {
  const t = useTexts({ en, de })
  const [creating, setCreating] = useState(false)
  const [made, setMade] = useState<NewToken | null>(null)
  const [revoking, setRevoking] = useState<Token | null>(null)
  return (
    <section className="section" aria-labelledby="tokens">
      <div className="section-head">
        <div>
          <h2 id="tokens">{t.tokens}</h2>
          <p className="faint">{t.tokensHint}</p>
        </div>
        <Button onClick={() => setCreating(true)}>{t.create}</Button>
      </div>
      <TokenTable onRevoke={setRevoking} />
      {creating ? (
        <CreateToken
          onClose={() => setCreating(false)}
          onMade={(token) => {
            setCreating(false)
            setMade(token)
          }}
        />
      ) : null}
      {made === null ? null : <ShownOnce token={made} onClose={() => setMade(null)} />}
      {revoking === null ? null : <RevokeToken token={revoking} onClose={() => setRevoking(null)} />}
    </section>
  )
}

function TokenTable({ onRevoke }: { readonly onRevoke: (token: Token) => void }) {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const { data, error } = useQuery(tokensQuery(useApi()))
  if (data === undefined) return error === null ? <Skeleton label={frame.loading} /> : <Problem error={error} />
  if (data.length === 0) {
    return (
      <Empty title={t.noTokens}>
        <p>{t.noTokensHint}</p>
      </Empty>
    )
  }
  const columns: readonly Column<Token>[] = [
    { key: 'name', title: t.tokenName, cell: ({ name }) => name },
    { key: 'scope', title: t.may, cell: ({ scope }) => t.scopes[scope].label },
    { key: 'used', title: t.lastUsed, cell: ({ last_used: at }) => (at === null ? t.never : <Time at={at} />) },
    { key: 'expires', title: t.expiresAt, cell: ({ expires }) => <Expiry at={expires} /> },
    {
      key: 'actions',
      title: '',
      align: 'end',
      cell: (token) => (
        <Button small kind="quiet" aria-label={t.revokeToken(token.name)} onClick={() => onRevoke(token)}>
          {t.revoke}
        </Button>
      ),
    },
  ]
  return <Table label={t.tokens} columns={columns} rows={data} keyOf={({ id }) => id} />
}

function Expiry({ at }: { readonly at: string | null }) {
  const t = useTexts({ en, de })
  const now = useNow()
  if (at === null) return t.noEnd
  return Date.parse(at) < now ? <Badge tone="warn">{t.expired}</Badge> : <Time at={at} />
}

function CreateToken(props: { readonly onClose: () => void; readonly onMade: (token: NewToken) => void }) {
  const t = useTexts({ en, de })
  const api = useApi()
  const [name, setName] = useState('')
  const [scope, setScope] = useState<Scope>('read')
  const [days, setDays] = useState<(typeof validities)[number]>('90')
  const create = useChange({
    work: async () => {
      const expires = days === '' ? {} : { expires: new Date(Date.now() + Number(days) * dayMs).toISOString() }
      return api.post<NewToken>(path('tokens'), { name, scope, ...expires })
    },
    stale: ['tokens', 'audit'],
    said: () => null,
    done: props.onMade,
  })
  return (
    <FormDialog
      open
      onClose={props.onClose}
      title={t.create}
      action={t.create}
      busy={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate(undefined)}
    >
      <TextField
        label={t.tokenName}
        required
        autoComplete="off"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <ScopeChoice value={scope} onChange={setScope} />
      <SelectField
        label={t.expires}
        value={days}
        onChange={({ target }) => setDays(validities.find((one) => one === target.value) ?? '90')}
      >
        {validities.map((one) => (
          <option key={one} value={one}>
            {t.validFor[one]}
          </option>
        ))}
      </SelectField>
    </FormDialog>
  )
}

function ShownOnce({ token, onClose }: { readonly token: NewToken; readonly onClose: () => void }) {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const say = useToast()
  const copy = async (): Promise<void> => {
    // Over plain http from another host a browser gives no clipboard: the text can be selected.
    await navigator.clipboard?.writeText(token.token)
    if (navigator.clipboard !== undefined) say(t.copied)
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t.once}
      description={t.onceHint}
      actions={
        <>
          <Button onClick={() => void copy()}>{frame.copy}</Button>
          <Button kind="primary" onClick={onClose}>
            {t.done}
          </Button>
        </>
      }
    >
      <code className="once">{token.token}</code>
    </Dialog>
  )
}

function RevokeToken({ token, onClose }: { readonly token: Token; readonly onClose: () => void }) {
  const t = useTexts({ en, de })
  const api = useApi()
  const revoke = useChange({
    work: async () => api.remove(path('tokens', token.id)),
    stale: ['tokens', 'audit'],
    said: () => t.revoked,
    done: onClose,
  })
  return (
    <FormDialog
      open
      danger
      onClose={onClose}
      title={t.revokeToken(token.name)}
      description={t.revokeHint}
      action={t.revoke}
      busy={revoke.isPending}
      error={revoke.error}
      onSubmit={() => revoke.mutate(undefined)}
    />
  )
}
