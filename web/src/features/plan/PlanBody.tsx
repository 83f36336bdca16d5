import { Fragment } from 'react'
import type { PlanView } from '../../api/types.ts'
import { useApp, useTexts } from '../../app/context.ts'
import { de } from '../../i18n/plan.de.ts'
import { en } from '../../i18n/plan.en.ts'
import { Choice } from '../../ui/Field.tsx'
import { formatBytes, formatDuration } from '../../ui/format.ts'
import { Notice } from '../../ui/Badge.tsx'
import { Time } from '../../ui/Time.tsx'
import { Warnings } from '../../ui/Warnings.tsx'
import { PlanSteps } from '../steps/PlanSteps.tsx'

interface PlanBodyProps {
  readonly plan: PlanView
  readonly now: boolean
  readonly data: 'restore' | 'keep' | null
  readonly onData: (data: 'restore' | 'keep') => void
}

export function PlanBody({ plan, now, data, onData }: PlanBodyProps) {
  const t = useTexts({ en, de })
  return (
    <>
      {plan.held_text === null ? null : (
        <Notice tone="warn" title={<span className="sentence">{plan.held_text}</span>}>
          {now ? <p>{t.nowHint}</p> : null}
        </Notice>
      )}
      {plan.self ? <Notice tone="info" title={t.self} /> : null}
      {plan.data_choice === null ? null : <DataChoice choice={plan.data_choice} data={data} onData={onData} />}
      <PlanFacts plan={plan} />
      <PlanSteps steps={plan.steps} commitAfter={plan.commit_after} />
      {plan.manifest === null ? null : <Manifest manifest={plan.manifest} />}
      <Warnings texts={plan.warnings} />
      <p className="faint small">{t.nothingYet}</p>
    </>
  )
}

function PlanFacts({ plan }: { readonly plan: PlanView }) {
  const t = useTexts({ en, de })
  const { language } = useApp()
  const bytes = (value: number): string => formatBytes(value, language)
  return (
    <dl className="facts">
      <dt>{t.downtime}</dt>
      <dd>{plan.down_text}</dd>
      <dt>{t.wayBack}</dt>
      <dd>{plan.way_back}</dd>
      {plan.action === 'update' ? (
        <>
          <dt>{t.download}</dt>
          <dd>{plan.bytes === null ? t.unknownBytes : bytes(plan.bytes)}</dd>
        </>
      ) : null}
      <dt>{t.disk}</dt>
      <dd>{t.needs(bytes(plan.disk_bytes), bytes(plan.free_bytes))}</dd>
      {plan.source === null ? null : (
        <>
          <dt>{t.source}</dt>
          <dd>{plan.source}</dd>
        </>
      )}
      {plan.release_date === null ? null : (
        <>
          <dt>{t.released}</dt>
          <dd>
            <Time at={plan.release_date} />
          </dd>
        </>
      )}
      {plan.trust_text === null ? null : (
        <>
          <dt>{t.trust}</dt>
          <dd>{plan.trust_text}</dd>
        </>
      )}
    </dl>
  )
}

/** What the publisher asks for, beside what is done for it; or why it does not count. */
function Manifest({ manifest }: { readonly manifest: NonNullable<PlanView['manifest']> }) {
  const t = useTexts({ en, de })
  const { name, accepted, reasons, steps } = manifest
  return (
    <details>
      <summary>{accepted ? t.manifest(name) : t.manifestRefused(name)}</summary>
      {accepted ? (
        <dl className="facts">
          {steps.map(({ action, detail, done }) => (
            <Fragment key={`${action} ${detail}`}>
              <dt>{`${action} ${detail}`.trim()}</dt>
              <dd>{done}</dd>
            </Fragment>
          ))}
        </dl>
      ) : (
        reasons.map((reason) => (
          <p className="small" key={reason}>
            {reason}
          </p>
        ))
      )}
    </details>
  )
}

function DataChoice({
  choice,
  data,
  onData,
}: {
  readonly choice: NonNullable<PlanView['data_choice']>
  readonly data: 'restore' | 'keep' | null
  readonly onData: (data: 'restore' | 'keep') => void
}) {
  const t = useTexts({ en, de })
  const { language } = useApp()
  return (
    <>
      <p>{choice.text}</p>
      <Choice
        label={t.data}
        value={data}
        onChange={onData}
        options={[
          { value: 'keep', label: t.dataKeep, hint: t.dataKeepHint },
          {
            value: 'restore',
            label: t.dataRestore,
            hint: t.dataRestoreHint(formatDuration(choice.backup_age_ms, language)),
          },
        ]}
      />
    </>
  )
}
