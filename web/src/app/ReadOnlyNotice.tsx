import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import { Notice } from '../ui/Badge.tsx'
import { useTexts } from './context.ts'
import { permission } from './permission.ts'
import { useSession } from './session.ts'
import type { Scope } from '../api/types.ts'

/** Why there are no buttons here, for those who may only look. */
export function ReadOnlyNotice({ need = 'operate' }: { readonly need?: Scope }) {
  const t = useTexts({ en, de })
  const may = permission(useSession(), need)
  if (may === 'yes') return null
  return (
    <Notice tone="plain" title={t.readOnly}>
      <p>{may === 'place' ? t.readOnlyHere : t.readOnlyUser}</p>
    </Notice>
  )
}
