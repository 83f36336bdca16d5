import { useTexts } from '../../app/context.ts'
import type { RunView } from '../../api/types.ts'
import { de } from '../../i18n/run.de.ts'
import { en } from '../../i18n/run.en.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Notice } from '../../ui/Badge.tsx'
import { outcomeLooks } from './tone.ts'

/** The run in one sentence: what happened, what state things are in, what to do next. Read out when it changes. */
export function RunOutcome({ run }: { readonly run: RunView }) {
  const t = useTexts({ en, de })
  const open = run.outcome === 'unfinished'
  const { tone, icon } = run.problem?.code === 'E_CANCELLED' ? outcomeLooks['rolled-back'] : outcomeLooks[run.outcome]
  const left = open && !run.driven
  return (
    <>
      <div className={`outcome tone-${tone}`} role="status" aria-live="polite">
        <span className={open ? 'outcome-icon turning' : 'outcome-icon'}>
          <Icon name={icon} />
        </span>
        <div>
          <p className={run.outcome_text === null ? 'outcome-text sentence' : 'outcome-text'}>
            {run.outcome_text ?? run.phase_text}
          </p>
          {run.problem === null || run.outcome === 'committed' ? null : (
            <>
              <p className="outcome-why">{run.problem.message}</p>
              {run.problem.hint === null ? null : <p className="outcome-why">{run.problem.hint}</p>}
            </>
          )}
          {run.next_text === null ? null : <p className="faint">{run.next_text}</p>}
        </div>
      </div>
      {left ? (
        <Notice tone="warn" title={t.noDriver}>
          <p>{t.noDriverHint}</p>
        </Notice>
      ) : null}
    </>
  )
}
