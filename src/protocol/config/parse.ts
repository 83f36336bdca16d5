import { type BelayError, fail } from '../../core/model/problem.ts'
import type { Settings } from '../settings.ts'
import { crossFindings } from './cross.ts'
import { type Finding, isMap, type Path, word } from './finding.ts'
import { absolutePaths } from './paths.ts'
import { configSchema, type Kinds } from './schema.ts'
import { toSettings } from './settings.ts'
import { checked } from './translate.ts'

const errorsMax = 100

/**
 * A config as settings, or everything that is wrong with it. `baseDir`: what relative paths are relative to, absolute.
 * `file`: where it was read from, for the settings alone.
 */
export function checkConfig(
  value: unknown,
  { baseDir, file }: { readonly baseDir: string; readonly file: string | null },
  kinds: Kinds,
): { readonly settings: Settings } | { readonly wrong: readonly Finding[] } {
  if (value === null || value === undefined) return wrong('key', 'nothing is in it. "belay init" writes a first one')
  if (!isMap(value)) return wrong('value', 'expected keys such as version and components')
  const paths = absolutePaths(value, baseDir)
  const config = checked(configSchema(kinds), paths.value)
  const others = [...paths.findings, ...crossFindings(paths.value), ...kinds.rules.flatMap((rule) => rule(paths.value))]
  if ('value' in config && others.length === 0) return { settings: toSettings(config.value, file) }
  return { wrong: [...('wrong' in config ? config.wrong : []), ...others] }
}

function wrong(at: Finding['at'], message: string): { readonly wrong: readonly Finding[] } {
  return { wrong: [{ path: [], at, message }] }
}

/** A config that is given as a value. E_CONFIG_INVALID with lines `config components.core.source: repo is missing`. */
export function parseConfigValue(value: unknown, baseDir: string, kinds: Kinds): Settings {
  const result = checkConfig(value, { baseDir, file: null }, kinds)
  if ('settings' in result) return result.settings
  throw invalidConfig(
    'the config',
    result.wrong.map((finding) => `config${sentence(finding)}`),
  )
}

/** What follows the place: ` components.core.data[0].path: what is wrong`. */
export function sentence({ path, message }: Finding): string {
  return path.length === 0 ? `: ${message}` : ` ${pathText(path)}: ${message}`
}

export function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${word(key)}`))
    .join('')
    .replace(/^\./, '')
}

/** `facts.errors` are the lines, at most a hundred; a single one is the message as well. */
export function invalidConfig(shown: string, errors: readonly string[]): BelayError {
  const [first = ''] = errors
  const message = errors.length === 1 ? first : `${shown} has ${errors.length} errors`
  return fail('E_CONFIG_INVALID', message, {
    hint: errors.length === 1 ? 'Correct it and run "belay validate".' : '"belay validate" lists all of them.',
    facts: { errors: errors.slice(0, errorsMax) },
  })
}
