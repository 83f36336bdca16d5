import type { RunProgress } from '../../api/types.ts'
import { useApp, useTexts } from '../../app/context.ts'
import { de } from '../../i18n/steps.de.ts'
import { en } from '../../i18n/steps.en.ts'
import { formatBytes } from '../../ui/format.ts'
import { partDone } from './rows.ts'

/** How far a step has come: a bar where the whole is known, numbers where it is not. */
export function StepProgress({ progress }: { readonly progress: RunProgress }) {
  const t = useTexts({ en, de })
  const { language } = useApp()
  const { done_bytes, total_bytes, message } = progress
  const part = partDone(progress)
  const done = formatBytes(done_bytes, language)
  const words = total_bytes === null ? done : t.of(done, formatBytes(total_bytes, language))
  return (
    <div className="step-progress">
      {part === null ? null : <progress value={part} max={1} aria-label={t.progress} />}
      <span className="number">{[done_bytes > 0 ? words : null, message].filter(Boolean).join(' · ')}</span>
    </div>
  )
}
