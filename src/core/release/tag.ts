/**
 * The version that a tag stands for. Without a pattern, a `v` before a digit is left out and all else kept; with one
 * (`core-v{version}`), tags of other components are null: they are not releases of this one.
 */
export function versionOfTag(tag: string, pattern: string | null): string | null {
  if (pattern === null) return tag.replace(/^[vV](?=\d)/, '')
  const [before = '', after = ''] = pattern.split('{version}')
  if (!tag.startsWith(before) || !tag.endsWith(after) || tag.length <= before.length + after.length) return null
  return tag.slice(before.length, tag.length - after.length)
}
