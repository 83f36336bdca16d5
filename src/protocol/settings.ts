import type { ComponentName, Spec } from '../core/model/names.ts'
import type { CheckSchedule } from '../core/schedule/check.ts'
import type { Auto } from '../core/policy/auto.ts'
import type { Rung } from '../core/model/release.ts'
import type { Scheme } from '../core/version/scheme.ts'

/** The config after parsing: defaults filled in, durations in milliseconds, paths absolute. */
export interface Settings {
  /** Where it was read from; null when it was given as a value. */
  readonly file: string | null
  readonly agent: AgentSettings
  readonly components: ReadonlyMap<ComponentName, ComponentSettings>
}

export interface AgentSettings {
  /** null: the default of this user. */
  readonly state: string | null
  readonly cacheMs: number
  /** Host names and addresses that sources may reach over plain http. */
  readonly allowHttp: readonly string[]
  readonly log: { readonly file: string | null; readonly level: LogLevel }
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export const logRanks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

export interface ComponentSettings {
  readonly name: ComponentName
  readonly source: Spec
  readonly strategy: Spec
  /** `type: none` when the config names no probe: the strategy's own knowledge is all there is. */
  readonly version: { readonly probe: Spec; readonly scheme: Scheme }
  readonly aliases: readonly string[]
  readonly data: readonly Spec[]
  /** null: the default checks of CONTRACT §2. */
  readonly checks: { readonly before: readonly Spec[] | null; readonly after: readonly Spec[] | null }
  readonly policy: PolicySettings
  readonly trust: { readonly require: Rung }
  readonly manifest: 'optional' | 'required' | 'ignore'
  /** Places, absolute. An empty `path`: the default places of this user. */
  readonly backups: {
    readonly keep: number
    /** null: however old. */
    readonly keepForMs: number | null
    readonly path: readonly string[]
    readonly copies: readonly string[]
  }
  /** Names of components, or `agent` for Belay itself, and the range that their version must be in. */
  readonly requires: Readonly<Record<string, string>>
  /** How old an answer of the source may be, milliseconds. */
  readonly cacheMs: number
  readonly check: CheckSchedule
}

export interface PolicySettings {
  readonly auto: Auto
  readonly window: { readonly cron: string; readonly durationMs: number; readonly timezone: string | null } | null
  readonly soakMs: number
  readonly minAgeMs: number
  readonly hold: readonly string[]
}
