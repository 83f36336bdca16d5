import { followed } from '../../core/image/family.ts'
import { followsCommits } from '../../core/policy/follows.ts'
import { type ComponentName, componentNameSchema, type Spec } from '../../core/model/names.ts'
import { type Scheme, schemes } from '../../core/version/scheme.ts'
import type { Every } from '../../core/schedule/check.ts'
import { parseDuration } from '../units.ts'
import type { AgentSettings, ComponentSettings, PolicySettings, Settings } from '../settings.ts'
import { channelSettings } from './channels.ts'
import { accessSettings } from './access.ts'
import type { ComponentFile, ConfigFile } from './schema.ts'
import { type ProbeForm, probeSpec } from './spec.ts'
import { traceSettings } from './traces.ts'
import { trustSettings } from './trust.ts'

/** A valid config as the rest of the program takes it. */
export function toSettings(config: ConfigFile, file: string | null): Settings {
  const { agent } = config
  const listen = listenSettings(agent)
  const components = Object.entries(config.components).map(([text, component]) => {
    const name = componentNameSchema.parse(text)
    return [name, componentSettings(name, component, agent.check)] as const
  })
  return {
    file,
    agent: {
      state: agent.state ?? null,
      cacheMs: agent.check.cache,
      allowHttp: agent.allow_http,
      log: {
        file: agent.log.file ?? null,
        level: agent.log.level,
        rotate: { sizeBytes: agent.log.rotate.size, keep: agent.log.rotate.keep },
      },
      notify: mapped(agent.notify, channelSettings),
      listen,
      access: accessSettings(agent, listen?.host ?? null),
      traces: traceSettings(agent.traces),
      compat: {
        system: agent.compat.system ?? null,
        enterprise: agent.compat.enterprise ?? null,
        helpdesk: agent.compat.helpdesk ?? null,
      },
    },
    components: new Map(components),
  }
}

function mapped<T, R>(
  record: Readonly<Record<string, T>>,
  make: (name: string, value: T) => R,
): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, make(name, value)]))
}

function componentSettings(
  name: ComponentName,
  component: ComponentFile,
  usual: ConfigFile['agent']['check'],
): ComponentSettings {
  const { source, strategy, aliases, data, checks, manifest, backups, requires, check } = component
  return {
    name,
    source,
    strategy,
    version: versionSettings(component.version ?? {}, source),
    buildDate: component.build_date === undefined ? null : probeSpec(component.build_date),
    aliases,
    data,
    checks: { before: checks.before ?? null, after: checks.after ?? null },
    policy: policySettings(component.policy),
    trust: trustSettings(component.trust, source),
    manifest,
    backups: {
      keep: backups.keep,
      keepForMs: backups.keep_for ?? null,
      path: backups.path,
      copies: backups.copies,
    },
    requires,
    cacheMs: check.cache ?? usual.cache,
    check: {
      every: everySettings(check.every ?? usual.every),
      afterStartMs: check.after_start ?? usual.after_start,
      jitterMs: check.jitter ?? usual.jitter,
    },
  }
}

function listenSettings({ listen, tls }: ConfigFile['agent']): AgentSettings['listen'] {
  if (listen === 'off') return null
  const colon = listen.lastIndexOf(':')
  const host = listen.slice(0, colon).replaceAll(/[[\]]/g, '')
  return { host, port: Number(listen.slice(colon + 1)), tls: tls ?? null }
}

function everySettings(text: string): Every {
  if (text === 'off') return { kind: 'off' }
  const ms = parseDuration(text)
  return ms === null ? { kind: 'cron', line: text.trim() } : { kind: 'interval', ms }
}

function versionSettings(form: ProbeForm, source: Spec): ComponentSettings['version'] {
  const written: Scheme = schemes.find((known) => known === form['scheme']) ?? 'semver'
  const byDigest = followed(source, undefined)?.byDigest === true
  return { probe: probeSpec(form), scheme: followsCommits(source) ? 'commit' : byDigest ? 'digest' : written }
}

function policySettings({ auto, window, soak, min_age, hold }: ComponentFile['policy']): PolicySettings {
  return {
    auto,
    window:
      window === undefined
        ? null
        : { cron: window.cron, durationMs: window.duration, timezone: window.timezone ?? null },
    soakMs: soak,
    minAgeMs: min_age,
    hold,
  }
}
