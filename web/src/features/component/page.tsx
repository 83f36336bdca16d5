import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { componentQuery } from '../../api/queries.ts'
import type { ComponentDetails } from '../../api/types.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { Page as View } from '../../app/Page.tsx'
import { ReadOnlyNotice } from '../../app/ReadOnlyNotice.tsx'
import { de } from '../../i18n/component.de.ts'
import { en } from '../../i18n/component.en.ts'
import { de as deFrame } from '../../i18n/frame.de.ts'
import { en as enFrame } from '../../i18n/frame.en.ts'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { needsPerson, standingOf } from '../overview/standing.ts'
import { TroubleNotice } from '../overview/TroubleNotice.tsx'
import { PlanDialog } from '../plan/PlanDialog.tsx'
import { PolicyCard } from '../policy/PolicyCard.tsx'
import { About } from './About.tsx'
import { ComponentActions } from './ComponentActions.tsx'
import { Notes } from './Notes.tsx'
import { RollbackDialog } from './RollbackDialog.tsx'
import { Standing } from './Standing.tsx'
import { Timeline } from './Timeline.tsx'
import './component.css'

export function Page() {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: enFrame, de: deFrame })
  const { name } = useParams({ from: '/components/$name' })
  const { data, error } = useQuery(componentQuery(useApi(), name))
  return (
    <View
      title={name}
      above={<Link to="/">{frame.overview}</Link>}
      actions={data === undefined ? undefined : <ComponentActions component={data.component} />}
    >
      {error === null ? null : <Problem error={error} />}
      {data === undefined && error === null ? <Skeleton lines={8} label={t.loading} /> : null}
      {data === undefined ? null : <Details details={data} />}
      <Dialogs name={name} />
    </View>
  )
}

function Details({ details }: { readonly details: ComponentDetails }) {
  const { component } = details
  return (
    <>
      {needsPerson(standingOf(component)) ? <TroubleNotice component={component} /> : null}
      <Standing details={details} />
      <ReadOnlyNotice />
      <Notes details={details} />
      <PolicyCard component={component} />
      <Timeline name={component.component} />
      <About details={details} />
    </>
  )
}

/** Which dialog is open is in the address: it can be sent, and gone back from. */
function Dialogs({ name }: { readonly name: string }) {
  const { open, to } = useSearch({ from: '/components/$name' })
  const navigate = useNavigate()
  const close = (): void => void navigate({ to: '/components/$name', params: { name }, search: {}, replace: true })
  if (open === undefined) return null
  const shared = { component: name, to: to ?? null, onClose: close }
  return open === 'update' ? <PlanDialog action="update" {...shared} /> : <RollbackDialog {...shared} />
}
