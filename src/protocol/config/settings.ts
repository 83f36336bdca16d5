import { followed } from '../../core/image/family.ts'
import { followsCommits, isBranch } from '../../core/policy/follows.ts'
import { type ComponentName, componentNameSchema, type Spec } from '../../core/model/names.ts'
import type { Rung } from '../../core/model/release.ts'
import { type Scheme, schemes } from '../../core/version/scheme.ts'
import type { Every } from '../../core/schedule/check.ts'
import { parseDuration } from '../units.ts'
import type { ComponentSettings, PolicySettings, Settings } from '../settings.ts'
import { isGenerated } from './cross.ts'
import type { ComponentFile, ConfigFile } from './schema.ts'
import { type ProbeForm, probeSpec } from './spec.ts'

/** A valid config as the rest of the program takes it. */
export function toSettings(config: ConfigFile, file: string | null): Settings {
  const { agent } = config
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
      log: { file: agent.log.file ?? null, level: agent.log.level },
    },
    components: new Map(components),
  }
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
    aliases,
    data,
    checks: { before: checks.before ?? null, after: checks.after ?? null },
    policy: policySettings(component.policy),
    trust: { require: requiredRung(component) },
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

/**
 * What a download must be proven by when the config does not say: a checksum, since someone cautious would rather be
 * stopped once and write `trust: { require: tls }` than install what nobody vouched for. Who names a generated source
 * archive as asset, or follows a branch, has said so already: nobody can publish its checksum, and the plan warns.
 */
function requiredRung({ trust, source }: ComponentFile): Rung {
  if (trust.require !== undefined) return trust.require
  const open = isGenerated(source['asset']) || isBranch(source.type)
  return open && trust.checksum === undefined ? 'tls' : 'checksum'
}
