import { checkConfig, invalidConfig, sentence } from '../../protocol/config/parse.ts'
import type { Kinds } from '../../protocol/config/schema.ts'
import type { Settings } from '../../protocol/settings.ts'
import { readYaml } from './yaml.ts'

/** `shown`: the file as messages name it. `baseDir`: what relative paths are relative to, absolute. */
export interface ConfigText {
  readonly text: string
  readonly file: string
  readonly shown: string
  readonly baseDir: string
}

/** The schemas of the kinds that a config names; others may be left out. */
export type KindsFor = (used: ReadonlySet<string>) => Promise<Kinds>

/**
 * A config file as settings. E_CONFIG_INVALID with every error at once: `facts.errors` is a list of lines
 * `belay.yaml:14:9 components.core.strategy.layot: unknown key. Did you mean layout? (slots, in-place)`.
 */
export function parseConfig(config: ConfigText, kinds: Kinds): Settings {
  return checkRead(config, readYaml(config.text), kinds)
}

/** The same, with only those schemas loaded that the config names. */
export async function parseConfigWith(config: ConfigText, kindsFor: KindsFor): Promise<Settings> {
  const read = readYaml(config.text)
  return checkRead(config, read, await kindsFor('faults' in read ? new Set() : kindsIn(read.value)))
}

function checkRead({ file, shown, baseDir }: ConfigText, read: ReturnType<typeof readYaml>, kinds: Kinds): Settings {
  if ('faults' in read) {
    const lines = read.faults.map(({ line, column, message }) => `${shown}:${line}:${column}: ${message}`)
    throw invalidConfig(shown, lines)
  }
  const result = checkConfig(read.value, { baseDir, file }, kinds)
  if ('settings' in result) return result.settings
  const placed = result.wrong
    .map((finding) => ({ finding, ...read.placeOf(finding.path, finding.at) }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
  const lines = placed.map(({ finding, line, column }) => `${shown}:${line}:${column}${sentence(finding)}`)
  throw invalidConfig(shown, lines)
}

/** Every `type` in the config, and every key: a probe is named by its key (`file:`, `command:` …). */
export function kindsIn(value: unknown): ReadonlySet<string> {
  const found = new Set(['none'])
  const look = (at: unknown): void => {
    if (typeof at !== 'object' || at === null) return
    for (const [key, inside] of Object.entries(at)) {
      found.add(key)
      if (key === 'type' && typeof inside === 'string') found.add(inside)
      look(inside)
    }
  }
  look(value)
  return found
}
