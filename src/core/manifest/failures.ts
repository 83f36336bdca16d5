import { type BelayError, fail } from '../model/problem.ts'
import { manifestNames } from './manifest.ts'

/** All that is said of a manifest that does not count. */

const otherwise = 'or update without it: manifest: optional.'

export function manifestMissing(component: string, version: string): BelayError {
  return fail('E_MANIFEST_MISSING', `${component} asks for an update manifest, and ${version} has none.`, {
    hint: `Ask its publisher for ${manifestNames[0]}, ${otherwise}`,
  })
}

export function manifestRefused(
  component: string,
  version: string,
  file: string,
  reasons: readonly string[],
): BelayError {
  return fail('E_MANIFEST_REFUSED', `The update manifest of ${component} ${version} is refused: ${some(reasons, 3)}`, {
    hint: `Ask its publisher for a right one (belay release manifest FILE tells all that is wrong), ${otherwise}`,
    facts: { manifest: file, reasons },
  })
}

export function refusedWarning(reasons: readonly string[]): string {
  return `The update manifest is refused, and the built-in procedure runs without it: ${some(reasons, 1)}`
}

export function unaskedWarning(why: string): string {
  return `Whether the release has an update manifest could not be asked, and the built-in procedure runs without: ${why}`
}

function some(reasons: readonly string[], most: number): string {
  const shown = reasons.slice(0, most).join('; ')
  return reasons.length <= most ? shown : `${shown} (and ${reasons.length - most} more)`
}
