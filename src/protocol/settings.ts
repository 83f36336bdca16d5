import type { Scope } from '../core/access/scope.ts'
import type { ComponentName, Spec } from '../core/model/names.ts'
import type { Problem } from '../core/model/problem.ts'
import type { ChannelRules } from '../core/notify/channel.ts'
import type { CheckSchedule } from '../core/schedule/check.ts'
import type { Auto } from '../core/policy/auto.ts'
import type { TrustSettings } from '../core/trust/settings.ts'
import type { Scheme } from '../core/version/scheme.ts'
import type { Language } from './messages/render.ts'
import type { SecretPlace } from './secret.ts'

/** The config after parsing: defaults filled in, durations in milliseconds, paths absolute. */
export interface Settings {
  /** Where it was read from; null when it was given as a value. */
  readonly file: string | null
  readonly agent: AgentSettings
  readonly components: ReadonlyMap<ComponentName, ComponentSettings>
  /** What the page's file changes of the config; absent: there is no such file. */
  readonly overrides?: Overrides
}

/** `components`: keys such as `policy.auto`. `base`: the config alone. */
export interface Overrides {
  readonly file: string
  /** Another one for every content. */
  readonly etag: string
  readonly components: Readonly<Record<string, readonly string[]>>
  readonly channels: readonly string[]
  /** Components in it that the config does not have any more. */
  readonly gone: readonly string[]
  /** Why the file does not hold: then the config alone does, and nothing is installed by itself. */
  readonly problem: Problem | null
  readonly base: Settings
}

export interface AgentSettings {
  /** null: the default of this user. */
  readonly state: string | null
  readonly cacheMs: number
  /** Host names and addresses that sources may reach over plain http. */
  readonly allowHttp: readonly string[]
  readonly log: {
    /** null: `logs/updates.log` of the state folder. */
    readonly file: string | null
    readonly level: LogLevel
    readonly rotate: { readonly sizeBytes: number; readonly keep: number }
  }
  /** By the channel's name. */
  readonly notify: Readonly<Record<string, ChannelSettings>>
  /** Where the API, the WebSocket and the page answer; null: nowhere. */
  readonly listen: Listen | null
  readonly access: AccessSettings
  /** Where runs are told as traces; null: nowhere. */
  readonly traces: TraceSettings | null
  /** Which component the endpoints for one application speak for; null: the only one. */
  readonly compat: { readonly [app in CompatApp]: ComponentName | null }
}

export interface TraceSettings {
  /** Of the collector, without a slash at its end. */
  readonly endpoint: string
  /** Their values are kept elsewhere, since they are secrets as a rule. */
  readonly headers: Readonly<Record<string, SecretPlace>>
}

export type CompatApp = 'system' | 'enterprise' | 'helpdesk'

/** Who may come in from where. */
export interface AccessSettings {
  /** What callers from other hosts may do at most. */
  readonly remote: Scope
  /** Addresses and networks of proxies that are believed. */
  readonly proxies: readonly string[]
  /** Names that are ours, lower case. */
  readonly hosts: readonly string[]
}

export interface Listen {
  readonly host: string
  readonly port: number
  /** Paths of PEM files; null: plain http. */
  readonly tls: { readonly cert: string; readonly key: string } | null
}

/** Somebody, or something, that messages are sent to. */
export interface ChannelSettings extends ChannelRules {
  readonly name: string
  /** As it was written, its `type` the notifier's kind. Secrets in it are references. */
  readonly spec: Spec
  readonly language: Language
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export const logRanks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

export interface ComponentSettings {
  readonly name: ComponentName
  readonly source: Spec
  readonly strategy: Spec
  /** `type: none` when the config names no probe: the strategy's own knowledge is all there is. */
  readonly version: { readonly probe: Spec; readonly scheme: Scheme }
  /** Where the day is read that what is installed was built on; null: its release's. */
  readonly buildDate: Spec | null
  readonly aliases: readonly string[]
  readonly data: readonly Spec[]
  /** null: the default checks. */
  readonly checks: { readonly before: readonly Spec[] | null; readonly after: readonly Spec[] | null }
  readonly policy: PolicySettings
  readonly trust: TrustSettings
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
