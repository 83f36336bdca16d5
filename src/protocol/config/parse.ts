import { fail } from '../../core/model/problem.ts'
import type { Settings } from '../settings.ts'
import { crossFindings } from './cross.ts'
import { type Finding, isMap, type Path } from './finding.ts'
import { absolutePaths } from './paths.ts'
import { configSchema, type Kinds } from './schema.ts'
import { toSettings } from './settings.ts'
import { checked } from './translate.ts'
import { windowFindings } from './windows.ts'
import { readYaml } from './yaml.ts'

/** `shown`: the file as messages name it. `baseDir`: what relative paths are relative to, absolute. */
export interface ConfigText {
  readonly text: string
  readonly file: string
  readonly shown: string
  readonly baseDir: string
}

const errorsMax = 100

/**
 * A config file as settings. E_CONFIG_INVALID with every error at once: `facts.errors` is a list of lines
 * `belay.yaml:14:9 components.core.strategy.layot: unknown key. Did you mean layout? (slots, in-place)`.
 */
export function parseConfig({ text, file, shown, baseDir }: ConfigText, kinds: Kinds): Settings {
  const read = readYaml(text)
  if ('faults' in read) {
    throw invalid(
      shown,
      read.faults.map(({ line, column, message }) => `${shown}:${line}:${column}: ${message}`),
    )
  }
  const result = check(read.value, baseDir, kinds)
  if ('config' in result) return toSettings(result.config, file)
  const placed = result.findings
    .map((finding) => ({ ...finding, ...read.placeOf(finding.path, finding.at) }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
  throw invalid(
    shown,
    placed.map((finding) => `${shown}:${finding.line}:${finding.column}${sentence(finding)}`),
  )
}

/** The same for a config that is given as a value: errors have no line. */
export function parseConfigValue(value: unknown, baseDir: string, kinds: Kinds): Settings {
  const result = check(value, baseDir, kinds)
  if ('config' in result) return toSettings(result.config, null)
  throw invalid(
    'the config',
    result.findings.map((finding) => `config${sentence(finding)}`),
  )
}

function check(value: unknown, baseDir: string, kinds: Kinds) {
  if (value === null || value === undefined) {
    return {
      findings: [
        { path: [], at: 'key', message: 'nothing is in it. "belay init" writes a first one' },
      ] satisfies Finding[],
    }
  }
  if (!isMap(value)) {
    return {
      findings: [
        { path: [], at: 'value', message: 'expected keys such as version and components' },
      ] satisfies Finding[],
    }
  }
  const paths = absolutePaths(value, baseDir)
  const config = checked(configSchema(kinds), paths.value)
  const others = [...paths.findings, ...crossFindings(paths.value), ...windowFindings(paths.value)]
  if ('value' in config && others.length === 0) return { config: config.value }
  return { findings: [...('wrong' in config ? config.wrong : []), ...others] }
}

function sentence({ path, message }: Finding): string {
  return path.length === 0 ? `: ${message}` : ` ${pathText(path)}: ${message}`
}

/** `components.core.data[0].path` */
function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '')
}

function invalid(shown: string, errors: readonly string[]): Error {
  const [first = ''] = errors
  const message = errors.length === 1 ? first : `${shown} has ${errors.length} errors`
  return fail('E_CONFIG_INVALID', message, {
    hint: errors.length === 1 ? 'Correct it and run "belay validate".' : '"belay validate" lists all of them.',
    facts: { errors: errors.slice(0, errorsMax) },
  })
}
