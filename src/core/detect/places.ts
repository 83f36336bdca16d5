/** What paths mean on a host, by their names alone. */

/** Where an operating system keeps its own, and programs their data: no application that we could update is there. */
const systemFolders =
  /^\/(?:usr|bin|sbin|lib\w*|etc|proc|sys|dev|run|boot|snap|var\/(?:lib|cache|log|run|spool|tmp|backups))(?:\/|$)/

/** What an application's folder has in it: its folder is above. */
const inside: ReadonlySet<string> = new Set([
  '.venv',
  'venv',
  'env',
  'bin',
  'sbin',
  'node_modules',
  'releases',
  'current',
])

/** The folder of the application that a path belongs to; null: it is the system's, a person's, or nobody's. */
export function applicationFolder(path: string): string | null {
  if (!path.startsWith('/') || systemFolders.test(path)) return null
  const parts = path.split('/').filter((part) => part !== '')
  const at = parts.findIndex((part, index) => index > 0 && inside.has(part))
  const folder = `/${parts.slice(0, at < 0 ? undefined : at).join('/')}`
  return isShared(folder) ? null : folder
}

/** A folder that many things are in, or a person's home. (That of a service's own user may well be its application.) */
function isShared(folder: string): boolean {
  return /^\/(?:|root|home|home\/[^/]+|opt|srv|mnt|media|tmp|var|var\/www|data|Users|Users\/[^/]+)$/.test(folder)
}

export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

/** Where applications of the documented updaters are; `~` stands for the home folder. */
export const knownPlaces = [
  '/opt/dunebugger',
  '/opt/dunebugger/core',
  '/opt/crm-backend',
  '~/crm-backend',
  '~/cem-backend',
  '/opt/whisper-appliance',
  '/srv/helpdesk',
] as const

export function knownPlacesOf(home: string): readonly string[] {
  return knownPlaces.map((place) => place.replace(/^~/, home))
}
