import { Link } from '@tanstack/react-router'
import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import { useTexts } from './context.ts'
import { Page } from './Page.tsx'

export function NotFound() {
  const t = useTexts({ en, de })
  return (
    <Page title={t.notFound}>
      <p>{t.notFoundHint}</p>
      <p>
        <Link to="/">{t.toOverview}</Link>
      </p>
    </Page>
  )
}
