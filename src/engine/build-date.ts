import type { Opened } from './component.ts'

/** The day that the installation itself says it was built on; null: the config names no place for it, or it says none. */
export async function buildDateOf({ settings, installed, context }: Opened): Promise<string | null> {
  if (settings.buildDate === null || installed.tree === null) return null
  return context.readVersion({ ...installed.probe, spec: settings.buildDate })
}
