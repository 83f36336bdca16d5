import { z } from 'zod'
import { type Finding, isMap, type Path, valueAt } from './config/finding.ts'
import { checked } from './config/translate.ts'

/**
 * What the page may change: policy, schedules, holds and notification channels. It lies beside the config, is written by
 * the agent alone and laid over the config; everything else (sources, paths, commands, trust, checks) is the config's.
 */
export const settingsFileSchema = z.strictObject({
  version: z.literal(1),
  components: z
    .record(
      z.string(),
      z.strictObject({
        policy: z
          .strictObject({
            auto: z.unknown().optional(),
            window: z.unknown().optional(),
            soak: z.unknown().optional(),
            min_age: z.unknown().optional(),
            hold: z.unknown().optional(),
          })
          .optional(),
        check: z.strictObject({ every: z.unknown().optional(), jitter: z.unknown().optional() }).optional(),
      }),
    )
    .default({}),
  channels: z.record(z.string(), z.unknown()).default({}),
})
export type SettingsFile = Readonly<z.infer<typeof settingsFileSchema>>

export const emptySettingsFile: SettingsFile = { version: 1, components: {}, channels: {} }

/** There is none of it, though the config names one: a window, a channel. */
export const off = 'off'

/** Where the config has what the file calls so. */
const notifyPath = ['agent', 'notify'] as const

/** What the file is, or what is wrong with its shape. Its values are the config's to check, once they are laid over it. */
export function readSettingsFile(
  value: unknown,
): { readonly file: SettingsFile } | { readonly wrong: readonly Finding[] } {
  const result = checked(settingsFileSchema, value)
  return 'value' in result ? { file: result.value } : result
}

export interface Laid {
  /** The config as it would be with these settings in it. */
  readonly config: unknown
  /** What the file sets, by component: `policy.auto`. */
  readonly components: Readonly<Record<string, readonly string[]>>
  readonly channels: readonly string[]
  /** Components that the config does not have any more. */
  readonly gone: readonly string[]
}

/** Lays the file over a config that is right as it is. */
export function layOver(config: unknown, file: SettingsFile): Laid {
  const known = valueAt(config, ['components'])
  const names = Object.keys(file.components)
  const gone = names.filter((name) => !isMap(known) || !Object.hasOwn(known, name))
  const kept = names.filter((name) => !gone.includes(name))
  let laid = config
  const components: Record<string, readonly string[]> = {}
  for (const name of kept) {
    const { policy = {}, check = {} } = file.components[name] ?? {}
    const parts = Object.entries({ policy, check }).map(([part, own]) => [part, saidOf(own)] as const)
    for (const [part, own] of parts) laid = merged(laid, ['components', name, part], own)
    components[name] = parts.flatMap(([part, own]) => Object.keys(own).map((key) => `${part}.${key}`))
  }
  laid = merged(laid, notifyPath, file.channels)
  return { config: laid, components, channels: Object.keys(file.channels), gone }
}

function saidOf(own: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
}

const mayBeOff: ReadonlySet<string> = new Set(['window'])

/** `own` key by key over what stands at the path; what is `off` is taken away, where there may be none. */
function merged(config: unknown, path: Path, own: Readonly<Record<string, unknown>>): unknown {
  if (Object.keys(own).length === 0) return config
  const isChannels = path === notifyPath
  return changed(config, path, (there) => {
    const result = new Map(isMap(there) ? Object.entries(there) : [])
    for (const [key, value] of Object.entries(own)) {
      if (value === off && (isChannels || mayBeOff.has(key))) result.delete(key)
      else result.set(key, value)
    }
    return Object.fromEntries(result)
  })
}

function changed(value: unknown, path: Path, change: (there: unknown) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  const there = isMap(value) ? value : {}
  const inside = Object.hasOwn(there, String(key)) ? there[String(key)] : undefined
  return { ...there, [key]: changed(inside, rest, change) }
}

/** The same finding, in the words of the file. */
export function inFile(finding: Finding): Finding {
  const [first, second, ...rest] = finding.path
  return first === 'agent' && second === 'notify' ? { ...finding, path: ['channels', ...rest] } : finding
}

/**
 * Secrets of channels that come by the page. An admin of the page is not the admin of the host: a channel whose secret
 * were any file of this host would send that file wherever its address says.
 */
export function secretFindings({ channels }: SettingsFile, secretsDir: string): readonly Finding[] {
  const look = (value: unknown, path: Path): readonly Finding[] => {
    if (Array.isArray(value)) return value.flatMap((one: unknown, index) => look(one, [...path, index]))
    if (!isMap(value)) return []
    return Object.entries(value).flatMap(([key, inside]) => [
      ...(refusal(key, inside, secretsDir) ?? []).map((message) => ({
        path: [...path, key],
        at: 'value' as const,
        message,
      })),
      ...look(inside, [...path, key]),
    ])
  }
  return look(channels, ['channels'])
}

export const secretNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/, 'use lower-case letters, digits, "-", "_" or ".", at most 64')

function refusal(key: string, value: unknown, secretsDir: string): readonly string[] | null {
  if (typeof value !== 'string') return null
  if (key === 'file') {
    const isInside =
      value.startsWith(`${secretsDir}/`) && secretNameSchema.safeParse(value.slice(secretsDir.length + 1)).success
    return isInside ? null : [`here a secret is a file in ${secretsDir}. The config may name any`]
  }
  if (key === 'env') return ['here a secret is a file, not a variable. The config may name one']
  return null
}

/** What is to be another. Its shape is looked at once it is laid over the file. */
export interface SettingsChange {
  readonly components?: Readonly<Record<string, unknown>> | undefined
  readonly channels?: Readonly<Record<string, unknown>> | undefined
}

/** A change: null takes away, what is left out stays. A value (a whole window, a whole channel) is replaced as one. */
export function withChange(file: SettingsFile, change: SettingsChange): unknown {
  return {
    ...file,
    components: patched(file.components, change.components, 3),
    channels: patched(file.channels, change.channels, 1),
  }
}

function patched(there: unknown, change: unknown, depth: number): unknown {
  if (change === undefined) return there
  if (depth === 0 || !isMap(change)) return change
  const result = new Map(isMap(there) ? Object.entries(there) : [])
  for (const [key, value] of Object.entries(change)) {
    if (value === null) result.delete(key)
    else result.set(key, patched(result.get(key), value, depth - 1))
  }
  return Object.fromEntries(result)
}
