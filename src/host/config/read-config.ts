import type { Kinds } from '../../protocol/config/schema.ts'
import type { Settings } from '../../protocol/settings.ts'
import type { KnownTexts } from './known-texts.ts'

/** A config that is right: what was written, and what it means. */
export interface ReadConfig {
  /** null: it was given as a value. */
  readonly text: string | null
  readonly value: unknown
  readonly settings: Settings
  /** What relative paths are relative to, absolute. */
  readonly baseDir: string
}

/** What was found right before. `kinds` take every spec: only what depends on where the file is, is checked again. */
export interface Known {
  readonly texts: KnownTexts
  readonly kinds: () => Kinds
}
