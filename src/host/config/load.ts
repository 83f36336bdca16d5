import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { BelayError, fail } from '../../core/model/problem.ts'
import { checkConfig } from '../../protocol/config/parse.ts'
import type { KindsFor } from './kinds-in.ts'
import type { Known, ReadConfig } from './read-config.ts'

export const configBytesMax = 1024 * 1024

/** `config`: what was given with `-c`; null: search. */
export interface ConfigPlace {
  readonly config: string | null
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

export interface ConfigFile {
  /** Absolute. */
  readonly file: string
  /** As messages name it: the way it was given, or `belay.yaml` for the one in the working folder. */
  readonly shown: string
  readonly text: string
}

/**
 * The config file: `-c`, else `$BELAY_CONFIG`, else `./belay.yaml`, else `/etc/belay/belay.yaml`. One that is named and
 * not there is an error, never a reason to take another. E_CONFIG_NOT_FOUND, E_CONFIG_INVALID (too large, not UTF-8),
 * E_PERMISSION.
 */
export async function readConfig(place: ConfigPlace): Promise<ConfigFile> {
  const shownPlaces = placesOf(place)
  for (const shown of shownPlaces) {
    const file = resolve(place.cwd, shown)
    const bytes = await readBounded(file, shown)
    if (bytes !== null) return { file, shown, text: textOf(bytes, shown) }
  }
  throw fail('E_CONFIG_NOT_FOUND', `there is no config: ${shownPlaces.join(', ')}`, {
    hint: 'Write one with "belay init", or name yours with -c FILE.',
    facts: { looked: shownPlaces.map((shown) => resolve(place.cwd, shown)) },
  })
}

/**
 * Finds, reads and checks the config. E_CONFIG_INVALID lists every error in `facts.errors`. The reader of YAML is loaded
 * only for a text that is not `known`, or that is not right any more: what is wrong is told with its place in the text.
 */
export async function loadConfig(place: ConfigPlace, kinds: KindsFor, known: Known | null = null): Promise<ReadConfig> {
  const found = await readConfig(place)
  const config = { ...found, baseDir: dirname(found.file) }
  const value = known?.texts.valueOf(found.text)
  if (known !== null && value !== undefined) {
    const result = checkConfig(value, config, known.kinds())
    if ('settings' in result) return { text: found.text, value, settings: result.settings, baseDir: config.baseDir }
  }
  const { parseConfigWith } = await import('./parse.ts')
  return parseConfigWith(config, kinds, known?.texts ?? null)
}

function placesOf({ config, env }: ConfigPlace): readonly string[] {
  const named = config ?? env['BELAY_CONFIG'] ?? ''
  return named !== '' ? [named] : ['belay.yaml', '/etc/belay/belay.yaml']
}

/** null: there is nothing. */
async function readBounded(file: string, shown: string): Promise<Buffer | null> {
  try {
    // Without O_NONBLOCK a named pipe would be waited for.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await handle.stat()
    if (stats.isDirectory())
      throw invalid(shown, 'is a folder', `Name the file in it: -c ${join(shown, 'belay.yaml')}.`)
    if (!stats.isFile()) throw invalid(shown, 'is not a file', 'Name the file itself with -c FILE.')
    const bytes = stats.size > configBytesMax ? null : await handle.readFile()
    if (bytes !== null && bytes.length <= configBytesMax) return bytes
    throw invalid(shown, 'is larger than 1 MiB', 'Is it the right file? A config is a page of text.')
  } catch (error) {
    if (error instanceof BelayError) throw error
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    if (code === 'ELOOP') throw invalid(shown, 'is a link that leads to itself', 'Name the file itself with -c FILE.')
    if (code === 'EACCES' || code === 'EPERM') throw closed(file, shown, error)
    throw error
  }
}

function textOf(bytes: Buffer, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw invalid(shown, 'is not UTF-8 text', 'Save it as UTF-8 in your editor.', cause)
  }
}

function closed(file: string, shown: string, cause: unknown): BelayError {
  return fail('E_PERMISSION', `${shown} cannot be read by the user that belay runs as.`, {
    hint: 'Let that user read it and the folders above it, run belay as root, or name another config with -c FILE.',
    cause,
    facts: { path: file },
  })
}

function invalid(shown: string, what: string, hint: string, cause?: unknown): BelayError {
  return fail('E_CONFIG_INVALID', `${shown} ${what}`, { hint, cause, facts: { errors: [`${shown}: ${what}`] } })
}
