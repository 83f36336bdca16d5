import type { RunStep } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/steps.de.ts'
import { en } from '../../i18n/steps.en.ts'

type Evidence = Pick<RunStep, 'index' | 'facts' | 'log' | 'problem'>

/** Shown as lines of the log, or as what went wrong. */
const elsewhere: ReadonlySet<string> = new Set(['log', 'lines', 'output', 'stderr', 'stdout', 'message'])

function factsOf({ facts }: Evidence): readonly (readonly [string, unknown])[] {
  return Object.entries(facts).filter(([name, value]) => !elsewhere.has(name) && value !== null && value !== '')
}

export function hasEvidence(steps: readonly Evidence[]): boolean {
  return steps.some((step) => step.log.length > 0 || factsOf(step).length > 0)
}

/** What a step saw, and what was printed meanwhile. */
export function StepEvidence({ steps }: { readonly steps: readonly Evidence[] }) {
  const t = useTexts({ en, de })
  const log = steps.flatMap((step) => step.log)
  const facts = steps.flatMap((step) =>
    factsOf(step).map(([name, value]) => ({ key: `${step.index} ${name}`, name, value })),
  )
  return (
    <div className="step-evidence">
      {facts.length === 0 ? null : (
        <dl className="facts small">
          {facts.map(({ key, name, value }) => (
            <div key={key} className="fact">
              <dt>{name}</dt>
              <dd className="code">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {log.length === 0 ? null : (
        // Long lines are scrolled, by keyboard too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className="log" tabIndex={0} aria-label={t.log(log.length)}>
          {log.join('\n')}
        </pre>
      )}
    </div>
  )
}
