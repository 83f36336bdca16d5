import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import { Notice } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { useTexts } from './context.ts'

/** A view that threw, or whose part of the page is gone because another version was installed meanwhile. */
export function Broken() {
  const t = useTexts({ en, de })
  return (
    <Notice
      tone="bad"
      live
      title={t.broken}
      actions={<Button onClick={() => globalThis.location.reload()}>{t.reload}</Button>}
    >
      <p>{t.brokenHint}</p>
    </Notice>
  )
}
