import type { ReactNode } from 'react'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/steps.de.ts'
import { en } from '../../i18n/steps.en.ts'
import { type PlanStep, type Row, sectionsOf } from './rows.ts'

interface StepSectionsProps<S extends PlanStep> {
  readonly rows: readonly Row<S>[]
  readonly captions: Readonly<Record<PlanStep['when'], string>>
  readonly children: (row: Row<S>) => ReactNode
}

/** The steps of a plan or a run as one numbered list, parted by what the service does meanwhile. */
export function StepSections<S extends PlanStep>({ rows, captions, children }: StepSectionsProps<S>) {
  return (
    <div className="steps">
      {sectionsOf(rows).map((section) => (
        <section key={section.rows[0]?.group} className={`step-section step-section-${section.when}`}>
          <h3 className="step-caption">{captions[section.when]}</h3>
          <ol className="step-list">
            {section.rows.map((row) => (
              <li key={row.group} className="step">
                {children(row)}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  )
}

/** Until here everything can be taken back. */
export function CommitLine() {
  const t = useTexts({ en, de })
  return <p className="step-commit">{t.commit}</p>
}
