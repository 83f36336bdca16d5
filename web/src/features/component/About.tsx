import { Link } from '@tanstack/react-router'
import type { ComponentDetails } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/component.de.ts'
import { en } from '../../i18n/component.en.ts'
import { Time, useNow } from '../../ui/Time.tsx'

type Retiring = NonNullable<ComponentDetails['component']['retiring']>

/** It is kept warm first, and then runs for as long as people are connected to it. */
function StillRuns({ warm_until: warmUntil, retire_at: retireAt }: Retiring) {
  const t = useTexts({ en, de })
  const warm = Date.parse(warmUntil) > useNow()
  return (
    <>
      {warm ? t.keptUntil : t.endsAtLatest} <Time at={warm ? warmUntil : retireAt} />
    </>
  )
}

/** Where it comes from and where it is: told by the config, changed there alone. */
export function About({ details }: { readonly details: ComponentDetails }) {
  const t = useTexts({ en, de })
  const { component, source, strategy, path } = details
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t.about}</h2>
        <Link to="/backups" className="small">
          {t.backups}
        </Link>
      </div>
      <dl className="facts">
        <dt>{t.source}</dt>
        <dd>{source}</dd>
        <dt>{t.strategy}</dt>
        <dd>{strategy}</dd>
        {component.trust_text === null ? null : (
          <>
            <dt>{t.trust}</dt>
            <dd>{component.trust_text}</dd>
          </>
        )}
        {path === null ? null : (
          <>
            <dt>{t.path}</dt>
            <dd className="code">{path}</dd>
          </>
        )}
        {component.service === null ? null : (
          <>
            <dt>{t.service}</dt>
            <dd>
              {component.service.describe} · {component.service.running ? t.running : component.service.state}
            </dd>
          </>
        )}
        {component.retiring === undefined ? null : (
          <>
            <dt>{t.before}</dt>
            <dd>
              <StillRuns {...component.retiring} />
            </dd>
          </>
        )}
        {component.aliases.length === 0 ? null : (
          <>
            <dt>{t.aliases}</dt>
            <dd>{component.aliases.join(', ')}</dd>
          </>
        )}
        {component.kept.length === 0 ? null : (
          <>
            <dt>{t.kept}</dt>
            <dd>{component.kept.join(', ')}</dd>
          </>
        )}
        <dt>{t.checked}</dt>
        <dd>{component.last_checked === null ? t.never : <Time at={component.last_checked} />}</dd>
      </dl>
    </section>
  )
}
