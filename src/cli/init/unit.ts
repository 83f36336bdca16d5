import { posix } from 'node:path'
import type { StarterFacts } from './facts.ts'
import { type Ini, last } from './ini.ts'

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
    checkHours: null,
    backupPath: null,
    readFrom: [file],
    notes: [],
  }
}

/** `-` before a path means "may be missing"; `~` and specifiers stand for something that is not known here. */
function workingDirectory(ini: Ini): string | null {
  const path = last(ini, 'Service', 'WorkingDirectory')?.replace(/^-/, '') ?? null
  if (path === null || !path.startsWith('/') || path.includes('%')) return null
  return path.length > 1 ? path.replace(/\/+$/, '') : null
}

function componentName(unit: string): string {
  const name = unit
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64)
  return name === '' ? 'app' : name
}
