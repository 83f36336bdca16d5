import { readFile } from 'node:fs/promises'
import { freemem } from 'node:os'

/** `MemAvailable` of /proc/meminfo in bytes; null when it is not in the text. */
export function memAvailable(meminfo: string): number | null {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1]
  return kibibytes === undefined ? null : Number(kibibytes) * 1024
}

/** What is left for new programs: unused memory and caches that the kernel would give up. */
export async function availableMemoryBytes(): Promise<number> {
  const host = memAvailable(await readFile('/proc/meminfo', 'utf8').catch(() => '')) ?? freemem()
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(host, limit) : host
}
