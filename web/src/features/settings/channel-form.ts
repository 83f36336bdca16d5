/** What a channel is made of, as a form: every field a text. The agent checks what comes out of it. */
export type ChannelForm = Readonly<Record<string, string>>
export type Spec = Readonly<Record<string, unknown>>

/** `secret`: typed in and kept by the agent; it never comes back here, only where it is kept. */
export interface FieldSpec {
  readonly key: string
  readonly kind: 'text' | 'secret' | 'list' | 'number' | 'choice'
  readonly required?: boolean
  /** What is there in a new channel. */
  readonly first?: string
  readonly options?: readonly string[]
}

const hook: readonly FieldSpec[] = [{ key: 'url', kind: 'secret', required: true }]

export const channelTypes = {
  email: [
    { key: 'host', kind: 'text', required: true },
    { key: 'tls', kind: 'choice', options: ['starttls', 'tls', 'none'], first: 'starttls' },
    { key: 'port', kind: 'number' },
    { key: 'user', kind: 'text' },
    { key: 'password', kind: 'secret' },
    { key: 'from', kind: 'text', required: true },
    { key: 'to', kind: 'list', required: true },
  ],
  slack: hook,
  discord: hook,
  teams: hook,
  ntfy: [
    { key: 'server', kind: 'text', first: 'https://ntfy.sh', required: true },
    { key: 'topic', kind: 'text', required: true },
    { key: 'token', kind: 'secret' },
  ],
  telegram: [
    { key: 'token', kind: 'secret', required: true },
    { key: 'chat', kind: 'text', required: true },
  ],
  webhook: [
    { key: 'url', kind: 'text', required: true },
    { key: 'secret', kind: 'secret', required: true },
    { key: 'token', kind: 'secret' },
  ],
} as const satisfies Readonly<Record<string, readonly FieldSpec[]>>

export type ChannelType = keyof typeof channelTypes
export const channelTypeNames = Object.keys(channelTypes) as readonly ChannelType[]

export function isChannelType(type: unknown): type is ChannelType {
  return typeof type === 'string' && type in channelTypes
}

export const eventKinds = [
  'update_available',
  'held',
  'updated',
  'failed',
  'rolled_back',
  'stuck',
  'check_failing',
] as const

export function fieldsOf(type: ChannelType): readonly FieldSpec[] {
  return channelTypes[type]
}

/** The fields of a channel as texts. */
export function formOf(type: ChannelType, spec: Spec | null): ChannelForm {
  return Object.fromEntries(
    fieldsOf(type).map(({ key, first = '' }) => [key, spec === null ? first : textOf(spec[key])]),
  )
}

function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  return Array.isArray(value) ? value.join(', ') : ''
}

/** What every channel has besides. `null`: of every kind, of every component. */
export interface Common {
  readonly on: readonly string[]
  readonly language: string
  readonly quietFrom: string
  readonly quietTo: string
  readonly timezone: string
  readonly digest: string
}

export function commonOf(spec: Spec | null, language: string, timezone: string): Common {
  const quiet = spec?.['quiet']
  const hours: object | null = typeof quiet === 'object' && quiet !== null ? quiet : null
  const on = spec?.['on']
  return {
    on: Array.isArray(on) ? on.map(String) : eventKinds,
    language: textOf(spec?.['language']) || (spec === null ? language : 'en'),
    quietFrom: hours === null ? '' : textOf(Reflect.get(hours, 'from')),
    quietTo: hours === null ? '' : textOf(Reflect.get(hours, 'to')),
    timezone: (hours === null ? '' : textOf(Reflect.get(hours, 'timezone'))) || timezone,
    digest: textOf(spec?.['digest']) || 'off',
  }
}

/** Secrets that were typed in: they go to the agent before the channel does. */
export function typedSecrets(
  type: ChannelType,
  form: ChannelForm,
): readonly { readonly key: string; readonly value: string }[] {
  return fieldsOf(type).flatMap(({ key, kind }) => {
    const value = form[key] ?? ''
    return kind === 'secret' && value !== '' ? [{ key, value }] : []
  })
}

/**
 * The channel as the config writes it. `kept`: where the agent keeps what was typed in. Secrets that were not typed in, and
 * keys that the form does not know, stay as they were.
 */
export function specOf(
  type: ChannelType,
  form: ChannelForm,
  common: Common,
  before: Spec | null,
  kept: Readonly<Record<string, unknown>>,
): Spec {
  const shown = fieldsOf(type).filter(({ kind }) => kind !== 'secret')
  const replaced = new Set(['on', 'language', 'quiet', 'digest', ...shown.map(({ key }) => key)])
  const stays = Object.entries(before ?? {}).filter(([key]) => !replaced.has(key))
  const filled = shown.flatMap((field) => {
    const text = form[field.key]?.trim() ?? ''
    return text === '' ? [] : [[field.key, valueOf(field, text)] as const]
  })
  const { quietFrom: from, quietTo: to, timezone } = common
  return {
    type,
    ...Object.fromEntries([...stays, ...filled]),
    ...kept,
    ...(eventKinds.every((kind) => common.on.includes(kind)) ? {} : { on: common.on }),
    ...(common.language === 'en' ? {} : { language: common.language }),
    ...(from === '' || to === '' ? {} : { quiet: { from, to, ...(timezone === '' ? {} : { timezone }) } }),
    ...(common.digest === 'off' ? {} : { digest: common.digest }),
  }
}

function valueOf({ kind }: FieldSpec, text: string): unknown {
  if (kind === 'number') return Number(text)
  return kind === 'list' ? text.split(/[\s,;]+/).filter((one) => one !== '') : text
}
