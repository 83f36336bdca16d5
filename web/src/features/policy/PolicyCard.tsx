import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { settingsQuery } from '../../api/queries.ts'
import type { ComponentView } from '../../api/types.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { useMay } from '../../app/session.ts'
import { de } from '../../i18n/policy.de.ts'
import { en } from '../../i18n/policy.en.ts'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { PolicyEditor } from './PolicyEditor.tsx'
import './policy.css'

interface PolicyCardProps {
  readonly component: ComponentView
  readonly title?: string
}

/** When a component is updated, as a sentence that becomes a form in its place. */
export function PolicyCard({ component, title }: PolicyCardProps) {
  const t = useTexts({ en, de })
  const admin = useMay('admin')
  const [editing, setEditing] = useState(false)
  const heading = title ?? t.title
  return (
    <section className="card" aria-label={heading}>
      <div className="card-head">
        <h2>{heading}</h2>
        {admin && !editing ? (
          <Button small onClick={() => setEditing(true)}>
            {t.edit}
          </Button>
        ) : null}
      </div>
      {editing ? (
        <Editing component={component} onEnd={() => setEditing(false)} />
      ) : (
        <>
          <p className="sentence">{component.policy_text}</p>
          <p className="faint sentence">{component.schedule_text}</p>
        </>
      )}
    </section>
  )
}

function Editing({ component, onEnd }: { readonly component: ComponentView; readonly onEnd: () => void }) {
  const t = useTexts({ en, de })
  const [look, setLook] = useState(0)
  // Asked for anew: what is changed must be what holds now.
  const settings = useQuery({ ...settingsQuery(useApi()), staleTime: 0 })
  if (settings.error !== null) return <Problem error={settings.error} />
  if (settings.data === undefined || !settings.isFetchedAfterMount) return <Skeleton lines={4} label={t.loading} />
  const again = async (): Promise<void> => {
    await settings.refetch()
    setLook(look + 1)
  }
  return (
    <PolicyEditor
      key={look}
      name={component.component}
      settings={settings.data}
      onAgain={() => void again()}
      onEnd={onEnd}
    />
  )
}
