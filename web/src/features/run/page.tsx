import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { componentsQuery } from '../../api/queries.ts'
import type { RunView } from '../../api/types.ts'
import { useApp, useTexts } from '../../app/context.ts'
import { Page as View } from '../../app/Page.tsx'
import { de } from '../../i18n/run.de.ts'
import { en } from '../../i18n/run.en.ts'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { RunSteps } from '../steps/RunSteps.tsx'
import { RunActions } from './RunActions.tsx'
import { RunFacts } from './RunFacts.tsx'
import { RunOutcome } from './RunOutcome.tsx'
import { useRun } from './use-run.ts'
import './run.css'

export function Page() {
  const t = useTexts({ en, de })
  const { run: id } = useParams({ from: '/runs/$run' })
  const { run, progress, error } = useRun(id)
  if (run === undefined) {
    return (
      <View title={id}>{error === null ? <Skeleton lines={8} label={t.loading} /> : <Problem error={error} />}</View>
    )
  }
  return (
    <View
      title={run.title_text}
      above={
        <Link to="/components/$name" params={{ name: run.component }}>
          {run.component}
        </Link>
      }
      actions={<RunActions run={run} />}
    >
      <Restarting run={run} />
      <RunOutcome run={run} />
      <section className="card">
        <RunSteps run={run} progress={progress} />
      </section>
      <RunFacts run={run} />
    </View>
  )
}

/** While belay updates itself, the agent will be away: that is said as what it is. */
function Restarting({ run }: { readonly run: RunView }) {
  const { api, connection } = useApp()
  const components = useQuery(componentsQuery(api)).data
  const self = components?.find(({ component }) => component === run.component)?.self === true
  const open = run.outcome === 'unfinished'
  useEffect(() => {
    return self && open ? connection.expectRestart() : undefined
  }, [self, open, connection])
  return null
}
