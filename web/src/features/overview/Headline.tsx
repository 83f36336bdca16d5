import type { ComponentView } from '../../api/types.ts'
import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/overview.de.ts'
import { en } from '../../i18n/overview.en.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Time } from '../../ui/Time.tsx'
import { type Summary, summarise } from './standing.ts'

/** How things are, in a sentence. */
export function Headline({ components }: { readonly components: readonly ComponentView[] }) {
  const t = useTexts({ en, de })
  const summary = summarise(components)
  const { tone, icon } = look(summary)
  return (
    <p className={`headline tone-${tone}`}>
      <Icon name={icon} />
      <span>
        {sentences(t, summary).join(' ')}{' '}
        <span className="headline-checked">
          {summary.checked === null ? (
            t.never
          ) : (
            <>
              {t.checked} <Time at={summary.checked} />.
            </>
          )}
        </span>
      </span>
    </p>
  )
}

function look({ trouble, unknown, offers }: Summary) {
  if (trouble > 0) return { tone: 'bad', icon: 'bad' } as const
  if (unknown > 0) return { tone: 'warn', icon: 'warn' } as const
  return offers > 0 ? ({ tone: 'info', icon: 'info' } as const) : ({ tone: 'good', icon: 'good' } as const)
}

function sentences(t: typeof en, { trouble, unknown, offers }: Summary): readonly string[] {
  if (trouble + unknown + offers === 0) return [t.allGood]
  return [
    ...(trouble > 0 ? [t.trouble(trouble)] : []),
    ...(offers > 0 ? [t.updates(offers)] : []),
    ...(unknown > 0 ? [t.unchecked(unknown)] : []),
  ]
}
