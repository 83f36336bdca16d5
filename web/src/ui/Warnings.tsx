import { useTexts } from '../app/context.ts'
import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import { Notice } from './Badge.tsx'

/** What does not stop anything, and should be known. */
export function Warnings({ texts }: { readonly texts: readonly string[] }) {
  const t = useTexts({ en, de })
  if (texts.length === 0) return null
  return (
    <Notice tone="warn" title={t.toKnow}>
      {texts.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </Notice>
  )
}
