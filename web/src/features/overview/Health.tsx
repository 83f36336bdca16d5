import type { ComponentView } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/overview.de.ts'
import { en } from '../../i18n/overview.en.ts'
import { Badge } from '../../ui/Badge.tsx'
import { standingOf } from './standing.ts'

export function Health({ component }: { readonly component: ComponentView }) {
  const t = useTexts({ en, de })
  switch (standingOf(component)) {
    case 'busy':
      return (
        <Badge tone="info" icon="busy">
          {t.states.busy}
        </Badge>
      )
    case 'stuck':
      return <Badge tone="bad">{t.states.stuck}</Badge>
    case 'left':
      return <Badge tone="bad">{t.states.left}</Badge>
    case 'trouble':
    case 'offer':
    case 'unknown':
    case 'good':
      return <Badge tone={tones[component.health]}>{component.health_text}</Badge>
  }
}

const tones = { ok: 'good', trouble: 'bad', unknown: 'plain' } as const
