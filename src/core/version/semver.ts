import compare from 'semver/functions/compare.js'
import parse from 'semver/functions/parse.js'
import type { ParsedVersion } from './scheme.ts'
import { isBareNumber, trimVersion } from './text.ts'

const shape = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/
const word = 'alpha|beta|rc|pre|preview|dev|nightly|build'
/** `1.0.0rc1`: the hyphen is often left out. Not `1.0.0.dev5`: some count that before 1.0.0, others after it. */
const glued = new RegExp(`^(\\d+(?:\\.\\d+){0,2})((?:${word})\\.?\\d*)$`, 'i')
const numbered = new RegExp(`^(${word})(\\d+)$`, 'i')
/** How often a version was built anew (`1.2.3-ls45`, `1.2.3-r5`). Semver would read it as what came before 1.2.3. */
const rebuilds = /-(?:ls|r)\d+$/
/** What builds without a tag call themselves: a version of nothing. */
const placeholder = /^(dev\d*|development|local|placeholder|semantically-released|unknown)$/i

/**
 * Semantic versions as real projects write them: `v1.0`, `1.0` and `1.0.0` are one version; `rc10` is read as `rc.10`,
 * so that it follows `rc9`. `1.0.0-5-gabc1234` (git describe) and `1.0.0-beta.3-build85` are builds of what stands before.
 */
export function parseSemver(text: string): ParsedVersion | null {
  const trimmed = isBareNumber(text) ? null : trimVersion(text)
  if (trimmed === null || rebuilds.test(trimmed)) return null
  const found = shape.exec(buildsApart(trimmed.replace(glued, '$1-$2')))
  if (found === null) return null
  const [, major = '', minor, patch, before, build] = found
  const numbers = [major, minor, patch].filter((part) => part !== undefined).map(Number)
  const tag = before === undefined ? '' : `-${splitWords(before)}`
  if (numbers.every((part) => part === 0) && placeholder.test(before?.split('.')[0] ?? '')) return null
  const canonical = `${[...numbers, 0, 0].slice(0, 3).join('.')}${tag}${build === undefined ? '' : `+${build}`}`
  if (parse(canonical) === null) return null
  return { scheme: 'semver', canonical, epoch: 0, numbers, prerelease: tag !== '', build: build ?? null }
}

function buildsApart(text: string): string {
  if (text.includes('+')) return text
  return text
    .replace(/-(\d+)-(g[0-9a-f]{4,40})$/, '+$1.$2')
    .replace(/^(\d+(?:\.\d+){0,2}-[A-Za-z]+\.\d+)-(build\d+)$/, '$1+$2')
}

function splitWords(prerelease: string): string {
  const parts = prerelease.split('.')
  return parts
    .map((part) => part.replace(numbered, (_, name: string, n: string) => `${name.toLowerCase()}.${Number(n)}`))
    .join('.')
}

/** By precedence: the build does not count (semver clause 10). */
export function compareSemver(a: string, b: string): number {
  return compare(a, b)
}
