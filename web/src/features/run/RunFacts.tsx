import { useTexts } from '../../app/context.ts'
import type { RunView } from '../../api/types.ts'
import { de } from '../../i18n/run.de.ts'
import { en } from '../../i18n/run.en.ts'
import { Bytes, Duration, ExactTime, Time } from '../../ui/Time.tsx'
import { Warnings } from '../../ui/Warnings.tsx'

export function RunFacts({ run }: { readonly run: RunView }) {
  const t = useTexts({ en, de })
  return (
    <>
      <Warnings texts={run.warnings} />
      {run.kept.length === 0 ? null : (
        <section className="card">
          <h2>{t.kept}</h2>
          <ul className="plain-list">
            {run.kept.map((place) => (
              <li key={place} className="code">
                {place}
              </li>
            ))}
          </ul>
        </section>
      )}
      <dl className="facts small">
        <dt>{t.by}</dt>
        <dd className="code">{run.run}</dd>
        <dt>{t.started}</dt>
        <dd>
          <ExactTime at={run.opened} /> (<Time at={run.opened} />)
        </dd>
        {run.closed === null ? null : (
          <>
            <dt>{t.took}</dt>
            <dd>
              <Duration ms={Date.parse(run.closed) - Date.parse(run.opened)} />
            </dd>
            <dt>{t.outage}</dt>
            <dd>
              <Duration ms={run.downtime_ms} />
            </dd>
          </>
        )}
        {run.measured_text === null ? null : (
          <>
            <dt>{t.seen}</dt>
            <dd>{run.measured_text}</dd>
          </>
        )}
        {run.bytes_downloaded === 0 ? null : (
          <>
            <dt>{t.downloaded}</dt>
            <dd>
              <Bytes bytes={run.bytes_downloaded} />
            </dd>
          </>
        )}
      </dl>
    </>
  )
}
