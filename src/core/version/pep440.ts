import { compare, explain } from '@renovatebot/pep440'
import type { ParsedVersion } from './scheme.ts'
import { isBareNumber, trimVersion } from './text.ts'

/** Python's versions: `1.0.dev5` comes before `1.0a1`, `1.0.post1` after `1.0`, and `1.0+local` after that. */
export function parsePep440(text: string): ParsedVersion | null {
  const trimmed = isBareNumber(text) ? null : trimVersion(text)
  if (trimmed === null) return null
  const found = explain(trimmed)
  if (found === null) return null
  const { epoch, release, is_prerelease: prerelease, local } = found
  const canonical = local === null ? found.public : `${found.public}+${local}`
  return { scheme: 'pep440', canonical, epoch, numbers: release, prerelease, build: local }
}

export function comparePep440(a: string, b: string): number {
  return compare(a, b)
}
