import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi, useTexts } from '../../app/context.ts'
import { useSession } from '../../app/session.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/people.de.ts'
import { en } from '../../i18n/people.en.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { type Column, Table } from '../../ui/Table.tsx'
import { Time } from '../../ui/Time.tsx'
import { AddPerson, ChangePassword, ChangeScope, RemovePerson } from './PersonDialogs.tsx'
import { peopleQuery, type Person } from './queries.ts'

type Doing = { readonly what: 'add' } | { readonly what: 'password' | 'scope' | 'remove'; readonly person: Person }

export function People() {
  const t = useTexts({ en, de })
  const [doing, setDoing] = useState<Doing | null>(null)
  const close = (): void => setDoing(null)
  return (
    <section className="section" aria-labelledby="people">
      <div className="section-head">
        <div>
          <h2 id="people">{t.people}</h2>
          <p className="faint">{t.peopleHint}</p>
        </div>
        <Button onClick={() => setDoing({ what: 'add' })}>{t.add}</Button>
      </div>
      <PeopleTable onDo={setDoing} />
      {doing?.what === 'add' ? <AddPerson onClose={close} /> : null}
      {doing?.what === 'password' ? <ChangePassword person={doing.person} onClose={close} /> : null}
      {doing?.what === 'scope' ? <ChangeScope person={doing.person} onClose={close} /> : null}
      {doing?.what === 'remove' ? <RemovePerson person={doing.person} onClose={close} /> : null}
    </section>
  )
}

function PeopleTable({ onDo }: { readonly onDo: (doing: Doing) => void }) {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const own = useSession()?.user?.name
  const { data, error } = useQuery(peopleQuery(useApi()))
  if (data === undefined) return error === null ? <Skeleton label={frame.loading} /> : <Problem error={error} />
  const columns: readonly Column<Person>[] = [
    {
      key: 'name',
      title: t.name,
      cell: ({ name }) => (
        <>
          {name} {name === own ? <Badge tone="info">{t.you}</Badge> : null}
        </>
      ),
    },
    { key: 'scope', title: t.may, cell: ({ scope }) => t.scopes[scope].label },
    { key: 'login', title: t.lastLogin, cell: ({ last_login: at }) => (at === null ? t.never : <Time at={at} />) },
    {
      key: 'actions',
      title: '',
      align: 'end',
      cell: (person) => (
        <div className="buttons">
          <Button
            small
            kind="quiet"
            aria-label={`${t.password}: ${person.name}`}
            onClick={() => onDo({ what: 'password', person })}
          >
            {t.password}
          </Button>
          <Button
            small
            kind="quiet"
            aria-label={`${t.changeScope}: ${person.name}`}
            onClick={() => onDo({ what: 'scope', person })}
          >
            {t.changeScope}
          </Button>
          <Button
            small
            kind="quiet"
            aria-label={t.removePerson(person.name)}
            onClick={() => onDo({ what: 'remove', person })}
          >
            {frame.remove}
          </Button>
        </div>
      ),
    },
  ]
  return <Table label={t.people} columns={columns} rows={data} keyOf={({ name }) => name} />
}
