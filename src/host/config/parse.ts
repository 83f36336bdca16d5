import { checkConfig, invalidConfig, sentence } from '../../protocol/config/parse.ts'
import type { Kinds } from '../../protocol/config/schema.ts'
import type { Settings } from '../../protocol/settings.ts'
import { type KindsFor, kindsIn, nothingNamed } from './kinds-in.ts'
import type { KnownTexts } from './known-texts.ts'
import type { ReadConfig } from './read-config.ts'
import { readYaml } from './yaml.ts'

/** `shown`: the file as messages name it. `baseDir`: what relative paths are relative to, absolute. */
export interface ConfigText {
  readonly text: string
  readonly file: string
  readonly shown: string
  readonly baseDir: string
}

/**
 * A config file as settings. E_CONFIG_INVALID with every error at once: `facts.errors` is a list of lines
 * `belay.yaml:14:9 components.core.strategy.layot: unknown key. Did you mean layout? (slots, in-place)`.
 */
export function parseConfig(config: ConfigText, kinds: Kinds): Settings {
  return checkRead(config, readYaml(config.text), kinds)
}

/** The same, with only those schemas loaded that the config names. A config that is right becomes one of the `known`. */
export async function parseConfigWith(
  config: ConfigText,
  kindsFor: KindsFor,
  known: KnownTexts | null = null,
): Promise<ReadConfig> {
  const read = readYaml(config.text)
  const { text, baseDir } = config
  if ('faults' in read) {
    return { text, value: null, settings: checkRead(config, read, await kindsFor(nothingNamed)), baseDir }
  }
  const settings = checkRead(config, read, await kindsFor(kindsIn(read.value)))
  known?.remember(config.text, read.value)
  return { text, value: read.value, settings, baseDir }
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
