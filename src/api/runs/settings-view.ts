import { BelayError } from '../../core/model/problem.ts'
import type { SettingsView } from '../../protocol/api/settings.ts'
import type { Language } from '../../protocol/messages/render.ts'
import type { ComponentSettings, Overrides, Settings } from '../../protocol/settings.ts'
import { problemDocument } from '../problem.ts'
import { checkTimesView, policyView } from './component-view.ts'

/** What holds now, and what of it comes from where. */
export function settingsView(settings: Settings, file: string, language: Language): SettingsView {
  const overrides = settings.overrides ?? null
  const problem = overrides?.problem ?? null
  const components = [...settings.components].map(([name, own]) => {
    const base = overrides?.base.components.get(name) ?? own
    return [name, { ...view(own), overrides: overrides?.components[name] ?? [], from_file: view(base) }] as const
  })
  return {
    etag: overrides?.etag ?? '"none"',
    file,
    components: Object.fromEntries(components),
    channels: channelsOf(settings, overrides),
    problem: problem === null ? null : problemDocument(new BelayError(problem), language),
    gone: overrides?.gone ?? [],
  }
}

function view(component: ComponentSettings) {
  return { policy: policyView(component), check: checkTimesView(component) }
}

/** Those that the page has switched off are there, too: it can switch them on again. */
function channelsOf(settings: Settings, overrides: Overrides | null): SettingsView['channels'] {
  const now = Object.entries(settings.agent.notify).map(([name, { spec }]) => {
    const isOwn = overrides !== null && overrides.channels.includes(name)
    return [name, { spec, origin: isOwn ? ('settings' as const) : ('config' as const) }] as const
  })
  const silent = Object.entries(overrides?.base.agent.notify ?? {}).flatMap(([name, { spec }]) =>
    Object.hasOwn(settings.agent.notify, name) ? [] : [[name, { spec, origin: 'off' as const }] as const],
  )
  return Object.fromEntries([...now, ...silent])
}
