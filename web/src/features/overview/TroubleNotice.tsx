import { Link } from '@tanstack/react-router'
import type { ComponentView } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { useMay } from '../../app/session.ts'
import { de } from '../../i18n/overview.de.ts'
import { en } from '../../i18n/overview.en.ts'
import { Notice } from '../../ui/Badge.tsx'
import { Resume } from '../run/RunActions.tsx'
import { standingOf } from './standing.ts'

/** What is wrong with a component, and the way out. */
export function TroubleNotice({ component: view }: { readonly component: ComponentView }) {
  const t = useTexts({ en, de })
  const operate = useMay('operate')
  const standing = standingOf(view)
  const { component, unfinished, problem } = view
  const hint = problem?.hint ?? null
  const title =
    standing === 'stuck'
      ? t.stuck(component)
      : standing === 'left'
        ? t.leftBehind(component)
        : `${component}: ${problem?.message ?? view.health_text}`
  return (
    <Notice
      tone="bad"
      title={title}
      actions={
        <>
          {unfinished === null ? null : (
            <Link className="button" to="/runs/$run" params={{ run: unfinished.run }}>
              {t.see}
            </Link>
          )}
          {unfinished !== null && operate ? <Resume component={component} /> : null}
        </>
      }
    >
      {standing !== 'trouble' && problem !== null ? <p>{problem.message}</p> : null}
      {hint === null ? null : <p>{hint}</p>}
    </Notice>
  )
}
