import { styleText } from 'node:util'
import type { Out } from '../ports.ts'

/** Colour says again what a word or sign already says; `quiet` is for what most readers skip. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'strong'

export interface Glyphs {
  readonly ok: string
  readonly failed: string
  readonly undone: string
  readonly busy: string
  readonly arrow: string
  readonly dot: string
  readonly dash: string
  readonly ellipsis: string
  readonly barFull: string
  readonly barEmpty: string
  /** Top, middle, bottom and single piece of the bracket around the steps of the outage. */
  readonly bracket: { readonly top: string; readonly middle: string; readonly bottom: string; readonly single: string }
}

/** How text may look on one stream. */
export interface Look {
  /** null: not a terminal, lines have no limit. */
  readonly columns: number | null
  readonly glyph: Glyphs
  paint(tone: Tone, text: string): string
  /** Text from elsewhere, safe to print in one line, in signs that the terminal has. */
  text(raw: string): string
}

type Env = Readonly<Record<string, string | undefined>>

const unicode: Glyphs = {
  ok: '✓',
  failed: '✗',
  undone: '↩',
  busy: '·',
  arrow: '→',
  dot: '·',
  dash: '–',
  ellipsis: '…',
  barFull: '█',
  barEmpty: '░',
  bracket: { top: '┐', middle: '│', bottom: '┘', single: ']' },
}

const ascii: Glyphs = {
  ok: '+',
  failed: 'x',
  undone: '<',
  busy: '-',
  arrow: '->',
  dot: '-',
  dash: '-',
  ellipsis: '...',
  barFull: '#',
  barEmpty: '.',
  bracket: { top: '\\', middle: '|', bottom: '/', single: ']' },
}

const colours = { good: 'green', bad: 'red', warn: 'yellow', quiet: 'dim', strong: 'bold' } as const

/**
 * A release's notes, a service's log or a server's answer must not move the cursor, retitle the window or reorder what
 * is read (escape sequences, C0 and C1 controls, bidirectional overrides).
 */
function harmless(raw: string): string {
  return raw
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)?/g, '')
    .replace(/[\t\r\n]+/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
}

const asciiOf: readonly (readonly [RegExp, string])[] = [
  [/→/g, '->'],
  [/…/g, '...'],
  [/[·–—]/g, '-'],
  [/[“”„]/g, '"'],
  [/[‘’]/g, "'"],
  [/≤/g, '<='],
  [/≥/g, '>='],
  [/[^\u0000-\u007f]/g, '?'],
]

function toAscii(text: string): string {
  return asciiOf.reduce((each, [pattern, by]) => each.replace(pattern, by), text)
}

/** POSIX: the first of the three that is set and not empty names the character set; none is the C locale. */
export function speaksUtf8(env: Env): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '')
  if (locale === undefined) return env['OS'] === 'Windows_NT'
  return /utf-?8/i.test(locale)
}

export function lookOf(out: Out, env: Env, options: { readonly color: boolean }): Look {
  const terminal = out.isTTY === true
  const utf8 = speaksUtf8(env)
  const noColor = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== ''
  const color = terminal && options.color && !noColor && env['TERM'] !== 'dumb'
  return {
    columns: terminal ? Math.max(40, out.columns ?? 80) : null,
    glyph: utf8 ? unicode : ascii,
    paint: (tone, text) => (color && text !== '' ? styleText(colours[tone], text, { validateStream: false }) : text),
    text: (raw) => (utf8 ? harmless(raw) : toAscii(harmless(raw))),
  }
}
