import { readFile } from 'node:fs/promises'
import type { SlotAddress } from '../core/plan/step.ts'

/** State `01` of /proc/net/tcp. */
const established = '01'
const tables = ['/proc/net/tcp', '/proc/net/tcp6'] as const

/**
 * Connections of this host to that port, seen from either end and counted once. Those of a container are seen from the side that
 * connects. Idle ones count, too: whoever knows better asks the proxy. null: this system has no such table.
 */
export async function connectionsTo({ port }: SlotAddress): Promise<number | null> {
  const texts = await Promise.all(tables.map((table) => readFile(table, 'utf8').catch(() => null)))
  if (texts.every((text) => text === null)) return null
  return connectionsIn(texts.join('\n'), port)
}

/** Pure, of the text of those tables. */
export function connectionsIn(text: string, port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const pairs = new Set<string>()
  for (const line of text.split('\n')) {
    const [, local, remote, state] = line.trim().split(/\s+/)
    if (state !== established || local === undefined || remote === undefined) continue
    if (portOf(local) === hex) pairs.add(portOf(remote))
    else if (portOf(remote) === hex) pairs.add(portOf(local))
  }
  return pairs.size
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1)
}
