const versionCharsMax = 128
/** More digits than this are a time stamp or a hash, and no longer exact as a number. */
const digitsMax = 15
const longRun = new RegExp(`\\d{${digitsMax + 1}}`)

/**
 * The text of a version without what does not belong to it: blanks around it, a leading `v`, and the mark of a work
 * tree with changes (`.dirty`, `-dirty`, `+dirty`). null: too long or no version in any scheme.
 */
export function trimVersion(text: string): string | null {
  const trimmed = text.trim()
  if (trimmed.length === 0 || trimmed.length > versionCharsMax) return null
  const bare = trimmed.replace(/^v(?=\d)/i, '').replace(/(?:[.+_-]dirty)+$/i, '')
  if (!/^\d/.test(bare) || longRun.test(bare)) return null
  return looksLikeHash(trimmed) ? null : bare
}

/** `1a23456` is a commit, although PEP 440 could read it as the first alpha of 1. */
function looksLikeHash(trimmed: string): boolean {
  return /^[0-9a-f]{6,}$/i.test(trimmed) && /[a-f]/i.test(trimmed)
}

/** Six and more digits and nothing else: a date or a commit, but no version of a project that counts 1.2.3. */
export function isBareNumber(text: string): boolean {
  return /^\d{6,}$/.test(text.trim())
}
