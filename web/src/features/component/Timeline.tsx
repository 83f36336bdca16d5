import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { runsQuery } from '../../api/queries.ts'
import type { RunItem } from '../../api/types.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { de } from '../../i18n/component.de.ts'
import { en } from '../../i18n/component.en.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { Time } from '../../ui/Time.tsx'
import { outcomeLooks } from '../run/tone.ts'

const shown = 8

/** The last runs of a component, each with its end in a sentence. */
export function Timeline({ name }: { readonly name: string }) {
  const t = useTexts({ en, de })
  const { data, error } = useQuery(runsQuery(useApi(), { component: name, limit: shown }))
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t.history}</h2>
        {data?.more === true ? (
          <Link to="/history" search={{ component: name }} className="small">
            {t.allRuns}
          </Link>
        ) : null}
      </div>
      {error === null ? null : <Problem error={error} />}
      {data === undefined && error === null ? <Skeleton label={t.loading} /> : null}
      {data?.runs.length === 0 ? <p className="faint">{t.historyEmpty}</p> : null}
      <ol className="timeline">
        {data?.runs.map((run) => (
          <Moment key={run.run} run={run} />
        ))}
      </ol>
    </section>
  )
}

function Moment({ run }: { readonly run: RunItem }) {
  const { tone, icon } = outcomeLooks[run.outcome]
  return (
    <li className={`moment tone-${tone}`}>
      <span className="moment-icon">
        <Icon name={icon} />
      </span>
      <Link to="/runs/$run" params={{ run: run.run }}>
        {run.text}
      </Link>
      <span className="faint small">
        <Time at={run.closed ?? run.opened} />
      </span>
    </li>
  )
}
