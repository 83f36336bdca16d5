import { posix } from 'node:path'
import { noFacts, type StarterFacts } from './facts.ts'
import { type Ini, last } from './ini.ts'
import { componentName } from './names.ts'

export function isUnit(ini: Ini): boolean {
  return ini.has('Service')
}

/** Where systemd looks for the units of the system, the administrator's own first. */
export const unitFolders: readonly string[] = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]

export function unitFacts(ini: Ini, file: string): StarterFacts {
  const unit = posix.basename(file).replace(/\.service$/, '')
  return {
    ...noFacts,
    components: [
      {
        name: componentName(unit),
        github: null,
        path: workingDirectory(ini),
        unit,
        user: last(ini, 'Service', 'User'),
        preserve: [],
      },
    ],
    readFrom: [file],
  }
}

/** `-` before a path means "may be missing"; `~` and specifiers stand for something that is not known here. */
function workingDirectory(ini: Ini): string | null {
  const path = last(ini, 'Service', 'WorkingDirectory')?.replace(/^-/, '') ?? null
  if (path === null || !path.startsWith('/') || path.includes('%')) return null
  return path.length > 1 ? path.replace(/\/+$/, '') : null
}
