import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/steps.de.ts'
import { en } from '../../i18n/steps.en.ts'
import { CommitLine, StepSections } from './StepSections.tsx'
import { type PlanStep, rowsOf } from './rows.ts'
import './steps.css'

interface PlanStepsProps {
  readonly steps: readonly PlanStep[]
  readonly commitAfter: number
}

/** What would be done, in order, before any of it is. */
export function PlanSteps({ steps, commitAfter }: PlanStepsProps) {
  const t = useTexts({ en, de })
  return (
    <StepSections rows={rowsOf(steps, commitAfter)} captions={t.when}>
      {({ title, details, commits }) => (
        <>
          <div className="step-line">
            <span className="step-number" aria-hidden="true" />
            <span className="step-title">{title}</span>
            <span className="step-detail" title={details.join('\n')}>
              {details.join(' · ')}
            </span>
          </div>
          {commits ? <CommitLine /> : null}
        </>
      )}
    </StepSections>
  )
}
