import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Relocation } from '../../ports/service.ts'
import { type Assignment, assignmentsIn } from '../../host/systemd/assignments.ts'
import { definition, ownerOf } from '../../host/systemd/manager.ts'
import type { Manager } from '../../host/systemd/scope.ts'
import { refuseLinks, unitsDirOf } from './units-dir.ts'

const never = new AbortController().signal
export const relocationName = '60-belay-current.conf'

/** Settings of a unit that name folders of the application. Those that make lists must be emptied before they are set again. */
const lists: readonly string[] = [
  'ExecStartPre',
  'ExecStart',
  'ExecStartPost',
  'ExecReload',
  'ExecStop',
  'ExecStopPost',
  'EnvironmentFile',
  'Environment',
]
const singles: readonly string[] = ['WorkingDirectory', 'RootDirectory', 'PIDFile']

/** The drop-in that lets a unit run from another folder, written from what systemd itself reads (`systemctl cat`). */
export async function relocation(
  manager: Manager,
  unit: string,
  systemUnitsDir: string,
  move: { readonly from: string; readonly to: string } | null,
): Promise<Relocation | null> {
  const unitsDir = await unitsDirOf(manager, systemUnitsDir)
  const path = join(unitsDir, `${unit.endsWith('.service') ? unit : `${unit}.service`}.d`, relocationName)
  if (manager.user !== null) await refuseLinks((await ownerOf(manager)).home, path)
  const previous = await readFile(path, 'utf8').catch(() => null)
  if (move === null) return previous === null ? null : { path, content: null, previous }
  const files = await definition(manager, unit, never)
  const content = relocationText(withoutOwn(files), move.from, move.to)
  return content === null ? null : { path, content, previous }
}

/** `systemctl cat` puts `# /path` before each file. Moving what our own drop-in says would move it twice. */
export function withoutOwn(cat: string): string {
  const files = cat.split(/^(?=# \/)/m)
  return files.filter((file) => !file.split('\n', 1)[0]?.endsWith(`/${relocationName}`)).join('')
}

/** null: nothing in the definition names the folder. Pure, so that real units can be tested without systemd. */
export function relocationText(definition: string, from: string, to: string): string | null {
  const assignments = assignmentsIn(definition, 'Service')
  const lines: string[] = []
  for (const key of [...singles, ...lists]) {
    const values = effective(assignments, key)
    const moved = values.map((value) => replaceFolder(value, from, to))
    if (moved.every((value, i) => value === values[i])) continue
    if (lists.includes(key)) lines.push(`${key}=`)
    lines.push(...moved.map((value) => `${key}=${value}`))
  }
  if (lines.length === 0) return null
  return ['# Written by belay: the service runs from the slot that is current.', '[Service]', ...lines, ''].join('\n')
}

/** systemd.service(5): an empty value empties a list; of a single setting the last one counts. */
function effective(assignments: readonly Assignment[], key: string): readonly string[] {
  const values: string[] = []
  for (const assignment of assignments) {
    if (assignment.key !== key) continue
    if (assignment.value === '') values.length = 0
    else values.push(assignment.value)
  }
  return lists.includes(key) ? values : values.slice(-1)
}

/** Whole path segments only: /opt/app is not in /opt/app-data. */
function replaceFolder(value: string, from: string, to: string): string {
  const escaped = from.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return value.replaceAll(new RegExp(`(?<![\\w./-])${escaped}(?=$|[/\\s"';:,])`, 'g'), () => to)
}
