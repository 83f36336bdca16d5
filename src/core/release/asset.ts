import { fitOf, wordsForArch, wordsForOs } from './platform.ts'
import type { Platform } from './platform.ts'

/** The archives that GitHub, GitLab and Gitea make of the source at a tag. */
export const sourceArchives = ['source-zip', 'source-tar'] as const
export type SourceArchive = (typeof sourceArchives)[number]

export function isGenerated(asset: unknown): asset is SourceArchive {
  return sourceArchives.some((name) => name === asset)
}

export interface AssetQuestion {
  /** The config's `asset`; null: none, the choice is by archive and platform. */
  readonly pattern: string | null
  readonly version: string
  readonly tag: string
  readonly platform: Platform
}

/** Endings of archives that can be unpacked, the ones preferred first. */
const archiveEndings = ['.tar.zst', '.tzst', '.tar.xz', '.txz', '.tar.gz', '.tgz', '.zip', '.tar'] as const

/** The name of the asset to install, or null when none or more than one would do. */
export function chooseAsset(names: readonly string[], question: AssetQuestion): string | null {
  if (question.pattern !== null) return matching(names, question.pattern, question)
  return fittest(names, question.platform)
}

/**
 * `{version}`, `{tag}`, `{os}`, `{arch}` stand for this release and platform (in any of the usual spellings), `*` for
 * anything, `?` for one character; case counts except in the platform's names. A pattern that fits several is no choice,
 * unless one of them fits letter by letter.
 */
function matching(names: readonly string[], pattern: string, question: AssetQuestion): string | null {
  const expression = assetExpression(pattern, question)
  const hits = names.filter((name) => expression.test(name))
  if (hits.length > 1 && pattern.includes('*')) return onlyOne(hits.filter((name) => !isCompanion(name)))
  return onlyOne(hits)
}

export function assetExpression(pattern: string, question: Omit<AssetQuestion, 'pattern'>): RegExp {
  const parts: Readonly<Record<string, string>> = {
    '{version}': escape(question.version),
    '{tag}': escape(question.tag),
    '{os}': anyOf(wordsForOs(question.platform.os)),
    '{arch}': anyOf(wordsForArch(question.platform.arch)),
    '?': '.',
  }
  const literal = (text: string): string =>
    text
      .split(/(\{(?:version|tag|os|arch)\}|\?)/)
      .map((part) => parts[part] ?? escape(part))
      .join('')
  const [first = '', ...rest] = pattern.split(/\*+/).map(literal)
  const last = rest.pop()
  // Each star takes the least that it can and never gives back (a lookahead is not tried twice), or a name made for it
  // could be tried in as many ways as there are places for all the stars.
  const between = rest.map((part, index) => `(?=(?<star${index}>.*?${part}))\\k<star${index}>`)
  return new RegExp(`^${first}${between.join('')}${last === undefined ? '' : `.*${last}`}$`, 'u')
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** Either case: publishers write `Linux`, `linux`, `macOS`, `Windows`. */
function anyOf(words: readonly string[]): string {
  const either = (word: string): string =>
    escape(word).replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
  return `(?:${words.map(either).join('|')})`
}

/** Checksums and signatures stand beside what is to be installed, and end otherwise. */
const isCompanion = (name: string): boolean => archiveEndings.every((ending) => !name.toLowerCase().endsWith(ending))

/** The archive for this platform: those that name another one are out, those that name this one are better. */
function fittest(names: readonly string[], platform: Platform): string | null {
  const archives = names.filter((name) => !isCompanion(name))
  const scored = archives.flatMap((name) => {
    const fit = fitOf(name, platform)
    if (fit.os === 'other' || fit.arch === 'other') return []
    return [{ name, score: (fit.os === 'same' ? 2 : 0) + (fit.arch === 'same' ? 1 : 0) }]
  })
  const best = Math.max(...scored.map((item) => item.score))
  return oneFormat(
    scored.filter((item) => item.score === best).map((item) => item.name),
    platform,
  )
}

/** The same thing in several formats is no doubt: zip on Windows, elsewhere the best packed. */
function oneFormat(names: readonly string[], platform: Platform): string | null {
  const stems = new Set(names.map((name) => name.slice(0, name.length - endingOf(name).length)))
  if (stems.size !== 1) return null
  const rank = (name: string): number => {
    const ending = endingOf(name)
    return platform.os === 'win32' && ending === '.zip' ? -1 : archiveEndings.findIndex((item) => item === ending)
  }
  return names.toSorted((a, b) => rank(a) - rank(b))[0] ?? null
}

/** The archive ending of a name, as in `.tar.gz`; empty when it has none. */
export const endingOf = (name: string): string =>
  archiveEndings.find((ending) => name.toLowerCase().endsWith(ending)) ?? ''

const onlyOne = (names: readonly string[]): string | null => (names.length === 1 ? (names[0] ?? null) : null)
