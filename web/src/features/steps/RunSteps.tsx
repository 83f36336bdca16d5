import type { RunProgress, RunStep, RunView } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/steps.de.ts'
import { en } from '../../i18n/steps.en.ts'
import { Icon, type IconName } from '../../ui/Icon.tsx'
import { Duration } from '../../ui/Time.tsx'
import { hasEvidence, StepEvidence } from './StepEvidence.tsx'
import { StepProgress } from './StepProgress.tsx'
import { CommitLine, StepSections } from './StepSections.tsx'
import { type Row, rowState, rowsOf, type StepState } from './rows.ts'
import './steps.css'

const looks: Readonly<Record<StepState, { readonly icon: IconName; readonly tone: string }>> = {
  pending: { icon: 'pending', tone: 'plain' },
  running: { icon: 'busy', tone: 'info' },
  done: { icon: 'good', tone: 'good' },
  failed: { icon: 'bad', tone: 'bad' },
  undone: { icon: 'back', tone: 'warn' },
  skipped: { icon: 'skip', tone: 'plain' },
}

interface RunStepsProps {
  readonly run: RunView
  /** By the index of the step. */
  readonly progress: ReadonlyMap<number, RunProgress>
}

/** The list of the plan, filling in. What proved the old version after a way back stands below it. */
export function RunSteps({ run, progress }: RunStepsProps) {
  const t = useTexts({ en, de })
  const forward = run.steps.filter(({ back }) => !back)
  const back = run.steps.filter((step) => step.back && step.state !== 'pending' && step.state !== 'skipped')
  const line = (row: Row<RunStep>) => <RunRow row={row} run={run} progress={progress} />
  return (
    <>
      <StepSections rows={rowsOf(forward, run.commit_after)} captions={t.when}>
        {line}
      </StepSections>
      {back.length === 0 ? null : (
        <StepSections rows={rowsOf(back, -1)} captions={{ running: t.back, down: t.back, after: t.back }}>
          {line}
        </StepSections>
      )}
    </>
  )
}

function RunRow({ row, run, progress }: RunStepsProps & { readonly row: Row<RunStep> }) {
  const state = rowState(row.steps)
  const current = row.steps.findLast(({ index }) => progress.has(index))
  const moving = current === undefined ? undefined : progress.get(current.index)
  const problem = state === 'failed' ? (row.steps.find((step) => step.problem !== null)?.problem ?? null) : null
  const line = <RunLine row={row} state={state} over={run.closed !== null} />
  const look = `step-line step-${state} tone-${looks[state].tone}`
  const here = state === 'running' ? ({ 'aria-current': 'step' } as const) : {}
  return (
    <>
      {hasEvidence(row.steps) ? (
        <details className="step-more" open={state === 'failed' && row.steps.some(({ log }) => log.length > 0)}>
          <summary className={look} {...here}>
            {line}
          </summary>
          <StepEvidence steps={row.steps} />
        </details>
      ) : (
        <div className={look} {...here}>
          {line}
        </div>
      )}
      {state === 'running' && moving !== undefined ? <StepProgress progress={moving} /> : null}
      {problem === null ? null : <p className="step-problem">{problem.message}</p>}
      {row.commits ? <CommitLine /> : null}
    </>
  )
}

interface RunLineProps {
  readonly row: Row<RunStep>
  readonly state: StepState
  readonly over: boolean
}

function RunLine({ row, state, over }: RunLineProps) {
  const t = useTexts({ en, de })
  const ms = row.steps.reduce((sum, step) => sum + step.ms, 0)
  return (
    <>
      <Icon name={looks[state].icon} />
      <span className="step-title">{row.title}</span>
      <span className="step-detail" title={row.details.join('\n')}>
        {row.details.join(' · ')}
      </span>
      <span className="step-state">
        {t.states[state === 'pending' && over ? 'unreached' : state]}
        {state !== 'pending' && state !== 'skipped' && ms > 0 ? (
          <>
            {' · '}
            <Duration ms={ms} />
          </>
        ) : null}
      </span>
      <span className="step-chevron">{hasEvidence(row.steps) ? <Icon name="next" /> : null}</span>
    </>
  )
}
