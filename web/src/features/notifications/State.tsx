import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/notifications.de.ts'
import { en } from '../../i18n/notifications.en.ts'
import { Badge, type Tone } from '../../ui/Badge.tsx'
import type { IconName } from '../../ui/Icon.tsx'
import type { Notification } from './queries.ts'

const looks: Readonly<Record<Notification['state'], { readonly tone: Tone; readonly icon?: IconName }>> = {
  open: { tone: 'info', icon: 'wait' },
  installed: { tone: 'good' },
  dismissed: { tone: 'plain' },
  superseded: { tone: 'plain', icon: 'next' },
}

export function State({ state }: { readonly state: Notification['state'] }) {
  const t = useTexts({ en, de })
  return <Badge {...looks[state]}>{t.states[state]}</Badge>
}
