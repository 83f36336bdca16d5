import { Link } from '@tanstack/react-router'
import type { ComponentDetails, ComponentView } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/component.de.ts'
import { en } from '../../i18n/component.en.ts'
import { Notice } from '../../ui/Badge.tsx'
import { Time } from '../../ui/Time.tsx'
import { failedTry, isNewest } from '../overview/standing.ts'
import { Health } from '../overview/Health.tsx'
import { Held, HoldBack } from '../policy/Hold.tsx'

/** What runs, what is offered, and what stands in between. */
export function Standing({ details: { component, check, notes } }: { readonly details: ComponentDetails }) {
  const t = useTexts({ en, de })
  const date = notes.find(({ version }) => version === component.available)?.date ?? null
  // What stands on top already is not said again.
  const error = check?.error?.message === component.problem?.message ? null : (check?.error ?? null)
  const failed = failedTry(component)
  return (
    <>
      <div className="standing">
        <p className="standing-versions">
          {sentences(t, component).join(' ')}
          {component.update_available && date !== null ? (
            <span className="faint">
              {' '}
              <Time at={date} />
            </span>
          ) : null}
        </p>
        <Health component={component} />
        <HoldBack component={component} />
      </div>
      {component.busy_run === null ? null : (
        <Notice
          tone="info"
          title={t.busy}
          actions={
            <Link className="button" to="/runs/$run" params={{ run: component.busy_run }}>
              {t.watch}
            </Link>
          }
        >
          {component.lock === null || component.lock.pid === 0 ? null : (
            <p className="faint">
              {component.lock.why} · {component.lock.user} · <Time at={component.lock.since} />
            </p>
          )}
        </Notice>
      )}
      {error === null ? null : (
        <Notice tone="warn" title={error.message}>
          {error.hint === null ? null : <p>{error.hint}</p>}
        </Notice>
      )}
      {failed === null ? null : (
        <Notice
          tone="warn"
          title={t.failedBefore(component.available ?? '')}
          actions={
            <Link className="button" to="/runs/$run" params={{ run: failed }}>
              {t.seeWhy}
            </Link>
          }
        />
      )}
      <Held component={component} />
    </>
  )
}

function sentences(t: typeof en, component: ComponentView): readonly string[] {
  const { installed, available, update_available: offered, relation, service } = component
  const first =
    installed === null ? t.notInstalled : service?.running === true ? t.runs(installed) : t.installed(installed)
  if (offered && available !== null) return [first, t.offered(available)]
  if (installed === null) return [first]
  if (isNewest(component)) return [first, t.newest]
  return relation === 'local-newer' ? [first, t.localNewer] : [first]
}
