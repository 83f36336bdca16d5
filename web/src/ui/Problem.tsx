import type { ReactNode } from 'react'
import { ApiProblem } from '../api/problem.ts'
import { useTexts } from '../app/context.ts'
import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import { Notice } from './Badge.tsx'

interface ProblemProps {
  readonly error: unknown
  readonly actions?: ReactNode
}

/** A failure as its problem document says it: what happened, what to do, and the code for those who look it up. */
export function Problem({ error, actions }: ProblemProps) {
  const t = useTexts({ en, de })
  if (!(error instanceof ApiProblem)) {
    return (
      <Notice tone="bad" live title={t.unreachable} actions={actions}>
        <p>{t.unreachableHint}</p>
      </Notice>
    )
  }
  const { title, hint, code, type } = error.document
  return (
    <Notice tone="bad" live title={title} actions={actions}>
      {hint === null ? null : <p>{hint}</p>}
      <p className="problem-code">{type.startsWith('/') ? <a href={type}>{code}</a> : code}</p>
    </Notice>
  )
}
