import { readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs'
import type { ProcessReading } from '../../core/detect/readings.ts'
import { lineage } from '../process/find.ts'

const processesMax = 4096

/** What runs here, without ourselves and what started us. One look, as fast as it is: processes come and go. */
export function readProcesses(): readonly ProcessReading[] {
  const ours = lineage()
  const root = statSync('/')
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => !ours.has(pid) || pid === 1)
  return pids.slice(0, processesMax).flatMap((pid) => processOf(pid, root) ?? [])
}

/** null: a thread of the kernel, gone meanwhile, or in a container, where the same names are other folders. */
function processOf(pid: number, root: Stats): ProcessReading | null {
  const stat = textOf(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // Kernel threads are children of the second process, and have neither program nor folder.
  if (fields[1] === '2' || pid === 2 || isElsewhere(pid, root)) return null
  return { pid, exe: linkOf(`/proc/${pid}/exe`), cwd: linkOf(`/proc/${pid}/cwd`), terminal: fields[4] !== '0' }
}

/** One that may not be looked at tells no folder either. */
function isElsewhere(pid: number, root: Stats): boolean {
  try {
    const { dev, ino } = statSync(`/proc/${pid}/root`)
    return dev !== root.dev || ino !== root.ino
  } catch {
    return false
  }
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
