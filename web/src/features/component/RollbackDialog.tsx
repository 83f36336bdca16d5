import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { versionsQuery } from '../../api/queries.ts'
import type { VersionItem } from '../../api/types.ts'
import { useApi, useApp, useTexts } from '../../app/context.ts'
import { de } from '../../i18n/component.de.ts'
import { en } from '../../i18n/component.en.ts'
import { formatAgo } from '../../ui/format.ts'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { SelectField } from '../../ui/Field.tsx'
import { useNow } from '../../ui/Time.tsx'
import { PlanDialog } from '../plan/PlanDialog.tsx'
import { earlierThan, likeliest } from './versions.ts'

interface RollbackDialogProps {
  readonly component: string
  readonly to: string | null
  readonly onClose: () => void
}

/** Which version, and what going back to it means. Without a choice it is the last good one. */
export function RollbackDialog({ component, to, onClose }: RollbackDialogProps) {
  const t = useTexts({ en, de })
  const [chosen, setChosen] = useState(to)
  const versions = useQuery(versionsQuery(useApi(), component))
  const label = useVersionLabel()
  const earlier = earlierThan(versions.data?.versions ?? [])
  const problem = versions.data?.problem ?? null
  const picked = chosen ?? likeliest(versions.data?.versions ?? [])
  return (
    <PlanDialog component={component} action="rollback" to={picked} undecided={picked === null} onClose={onClose}>
      {versions.isPending ? <Skeleton lines={1} label={t.versionsLoading} /> : null}
      {versions.error === null ? null : <Problem error={versions.error} />}
      {problem === null ? null : <p className="faint small">{problem.message}</p>}
      {versions.data !== undefined && earlier.length === 0 ? <p>{t.versionsNone}</p> : null}
      {earlier.length === 0 ? null : (
        <SelectField
          label={t.versions}
          value={picked ?? ''}
          onChange={({ target }) => setChosen(target.value === '' ? null : target.value)}
        >
          {picked === null ? <option value="">{t.versionsChoose}</option> : null}
          {earlier.map((version) => (
            <option key={version.version} value={version.version}>
              {label(version)}
            </option>
          ))}
        </SelectField>
      )}
    </PlanDialog>
  )
}

function useVersionLabel(): (version: VersionItem) => string {
  const t = useTexts({ en, de })
  const { language } = useApp()
  const now = useNow()
  return ({ version, date, title, kept }) =>
    [version, title, date === null ? null : formatAgo(Date.parse(date), now, language), kept ? t.onHost : t.published]
      .filter((part) => part !== null)
      .join(' · ')
}
