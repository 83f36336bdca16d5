import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { ProcessReading } from '../../core/detect/readings.ts'
import { lineage } from '../process/find.ts'

const processesMax = 4096

/** What runs here, without ourselves and what started us. One look, as fast as it is: processes come and go. */
export function readProcesses(): readonly ProcessReading[] {
  const ours = lineage()
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => !ours.has(pid) || pid === 1)
  return pids.slice(0, processesMax).flatMap((pid) => processOf(pid) ?? [])
}

/** null: a thread of the kernel, or gone meanwhile. */
function processOf(pid: number): ProcessReading | null {
  const stat = textOf(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // Kernel threads are children of the second process, and have neither program nor folder.
  if (fields[1] === '2' || pid === 2) return null
  return { pid, exe: linkOf(`/proc/${pid}/exe`), cwd: linkOf(`/proc/${pid}/cwd`), terminal: fields[4] !== '0' }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}

/** A folder or program that was removed meanwhile keeps its name, with this behind it. */
function linkOf(path: string): string | null {
  try {
    return readlinkSync(path).replace(/ \(deleted\)$/, '')
  } catch {
    return null
  }
}
