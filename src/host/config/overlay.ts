import { createHash } from 'node:crypto'
import { BelayError, fail, type Problem } from '../../core/model/problem.ts'
import type { Finding } from '../../protocol/config/finding.ts'
import { checkConfig, sentence } from '../../protocol/config/parse.ts'
import type { ComponentSettings, Overrides, Settings } from '../../protocol/settings.ts'
import {
  inFile,
  type Laid,
  layOver,
  readSettingsFile,
  secretFindings,
  type SettingsFile,
} from '../../protocol/settings-file.ts'
import { type KindsFor, kindsIn } from './kinds-in.ts'
import type { Known, ReadConfig } from './read-config.ts'

/** The page's file as it was found. `secretsDir`: the one folder whose files its channels may name. */
export interface OverlayText {
  readonly file: string
  readonly text: string
  readonly secretsDir: string
  /** It is a change that somebody asks for, and nothing is written yet. */
  readonly proposed?: boolean
}

/**
 * The config with the page's file over it, checked whole by the config's own schemas. A file that is not right does not
 * hold, which is told in `overrides.problem`: an agent must not end of it. What it held back is not known then, so nothing
 * is installed by itself until it is mended.
 */
export async function withOverlay(
  read: ReadConfig,
  overlay: OverlayText,
  kindsFor: KindsFor,
  known: Known | null,
): Promise<Settings> {
  try {
    return await checkedOverlay(read, overlay, kindsFor, known)
  } catch (error) {
    if (!(error instanceof BelayError)) throw error
    const nothing = { components: {}, channels: [], gone: [] }
    return cautious(read.settings, overridesOf(read, overlay, nothing, error.problem))
  }
}

/** The same, or E_CONFIG_INVALID with every error in `facts.errors`. */
export async function checkedOverlay(
  read: ReadConfig,
  overlay: OverlayText,
  kindsFor: KindsFor,
  known: Known | null = null,
): Promise<Settings> {
  const file = readFile(overlay)
  const laid = layOver(read.value, file)
  // Every command reads both texts: the schemas of what was right before stay unloaded.
  const both = read.text === null ? null : `${read.text}\0${overlay.text}`
  const wasRight = both !== null && known?.texts.valueOf(both) !== undefined
  const kinds = wasRight && known !== null ? known.kinds() : await kindsFor(kindsIn(laid.config))
  const result = checkConfig(laid.config, { baseDir: read.baseDir, file: read.settings.file }, kinds)
  const wrong = [...secretFindings(file, overlay.secretsDir), ...('wrong' in result ? result.wrong : [])]
  if (!('settings' in result) || wrong.length > 0) throw invalid(overlay, wrong.map(inFile))
  if (both !== null && !wasRight) known?.texts.remember(both, true)
  return { ...result.settings, overrides: overridesOf(read, overlay, laid, null) }
}

export function readFile(overlay: OverlayText): SettingsFile {
  const result = readSettingsFile(jsonOf(overlay))
  if ('file' in result) return result.file
  throw invalid(overlay, result.wrong)
}

function jsonOf(overlay: OverlayText): unknown {
  try {
    return JSON.parse(overlay.text)
  } catch (cause) {
    const { file } = overlay
    throw fail('E_CONFIG_INVALID', `${file} is not JSON`, {
      hint,
      cause,
      facts: { errors: [`${file}: it is not JSON`] },
    })
  }
}

const hint =
  'The page writes this file. Correct it, or remove it to let the config alone hold; until then nothing is installed by itself.'

function invalid({ file, proposed = false }: OverlayText, wrong: readonly Finding[]): BelayError {
  const shown = proposed ? 'settings' : file
  const errors = wrong.map((finding) => `${shown}${sentence(finding)}`)
  const [first = shown] = errors
  return fail('E_CONFIG_INVALID', errors.length === 1 ? first : `${shown} has ${errors.length} errors`, {
    hint: proposed ? 'Nothing was changed. Everything else is set in the config file of that host.' : hint,
    facts: { errors },
  })
}

function overridesOf(
  { settings }: ReadConfig,
  { file, text }: OverlayText,
  { components, channels, gone }: Pick<Laid, 'components' | 'channels' | 'gone'>,
  problem: Problem | null,
): Overrides {
  return { file, etag: etagOf(text), components, channels, gone, problem, base: settings }
}

/** Of a file that is not there. */
export const noEtag = '"none"'

/** As the header has it. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`
}

function cautious(settings: Settings, overrides: Overrides): Settings {
  const manual = (component: ComponentSettings): ComponentSettings => ({
    ...component,
    policy: { ...component.policy, auto: 'none' },
  })
  const components = new Map([...settings.components].map(([name, component]) => [name, manual(component)]))
  return { ...settings, components, overrides }
}
