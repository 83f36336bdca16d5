/** Paths of a manifest, compared as text: nothing of them is ever opened. */

/** An absolute path in its one spelling, relative ones from `base`; null: it climbs, or cannot be a path. */
export function placeOf(text: string, base: string | null): string | null {
  if (text === '' || /[\0\\]/.test(text) || text.startsWith('~')) return null
  if (!text.startsWith('/') && base === null) return null
  const parts = (text.startsWith('/') ? text : `${base}/${text}`).split('/')
  if (parts.includes('..')) return null
  return `/${parts.filter((part) => part !== '' && part !== '.').join('/')}`
}

export function isInside(place: string, folder: string): boolean {
  const own = placeOf(folder, null)
  return own !== null && (place === own || place.startsWith(own === '/' ? own : `${own}/`))
}

/** The rest of a place below a folder, `scripts/migrate.sh`; null: it lies elsewhere, or is the folder. */
export function below(place: string, folder: string): string | null {
  if (!isInside(place, folder)) return null
  const own = placeOf(folder, null) ?? ''
  return place === own ? null : place.slice(own.length).replace(/^\//, '')
}

/** Whether one of the commands of the local config names this file, by its place or from the folder that it runs in. */
export function commandNaming(
  commands: readonly (readonly string[])[],
  place: string,
  folder: string,
): readonly string[] | null {
  return commands.find((argv) => argv.some((word) => placeOf(word, folder) === place)) ?? null
}
