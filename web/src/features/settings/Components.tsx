import { useQuery } from '@tanstack/react-query'
import { componentsQuery } from '../../api/queries.ts'
import type { SettingsView } from '../../api/types.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/settings.de.ts'
import { en } from '../../i18n/settings.en.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { useToast } from '../../ui/Toast.tsx'
import { PolicyCard } from '../policy/PolicyCard.tsx'
import { useSettingsChange } from './use-settings-change.ts'

/** When each component is checked and updated, as sentences. */
export function Components({ settings }: { readonly settings: SettingsView | null }) {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const { data, error } = useQuery(componentsQuery(useApi()))
  return (
    <section className="section" aria-labelledby="components">
      <h2 id="components">{t.components}</h2>
      {error === null ? null : <Problem error={error} />}
      {data === undefined && error === null ? <Skeleton label={frame.loading} lines={4} /> : null}
      {data?.length === 0 ? (
        <Empty title={t.noComponents}>
          <p>{t.noComponentsHint}</p>
        </Empty>
      ) : null}
      {data?.map((component) => (
        <div key={component.component} className="section">
          <PolicyCard component={component} title={component.component} />
          {settings === null ? null : <Overrides name={component.component} settings={settings} />}
        </div>
      ))}
    </section>
  )
}

/** What this page says in place of the config file, and the way back to that. */
function Overrides({ name, settings }: { readonly name: string; readonly settings: SettingsView }) {
  const t = useTexts({ en, de })
  const say = useToast()
  const overrides = settings.components[name]?.overrides ?? []
  const change = useSettingsChange(() => say(t.wentBack(name)))
  if (overrides.length === 0) return null
  return (
    <div className="section-head">
      <p className="faint small">
        {t.overridden} {overrides.map((key) => t.keys[key] ?? key).join(', ')}.
      </p>
      <Button
        small
        kind="quiet"
        busy={change.isPending}
        aria-label={t.backToConfigOf(name)}
        onClick={() => change.mutate({ settings, body: async () => ({ components: { [name]: null } }) })}
      >
        {t.backToConfig}
      </Button>
      {change.error === null ? null : <Problem error={change.error} />}
    </div>
  )
}
