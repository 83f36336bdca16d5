import { readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** Node takes signals to leave the terminal as it was, then dies of them: its mask says nothing of the program. */
const takesThemForItself: ReadonlySet<string | null> = new Set(['node', 'nodejs'])
/** They wait for signals in a call during which the kernel shows them as if they did not. */
const inits: ReadonlySet<string | null> = new Set([
  'catatonit',
  'docker-init',
  'dumb-init',
  'init',
  'podman-init',
  'tini',
  'tini-static',
])

/** Whether a process does something of its own at that signal. null: it cannot be seen. */
export function takes(pid: number, signal: number): boolean | null {
  const handled = handles(statusText(pid), signal)
  if (handled === false && inits.has(programOf(pid))) return true
  return handled === true && takesThemForItself.has(programOf(pid)) ? null : handled
}

/** `text`: /proc/PID/status. Blocked counts too: a small init waits for its signals that way. null: it does not say. */
export function handles(text: string | null, signal: number): boolean | null {
  if (text === null) return null
  const masks = ['SigCgt', 'SigBlk'].map((name) => new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(text)?.[1])
  if (masks.some((mask) => mask === undefined)) return null
  return masks.some((mask) => (BigInt(`0x${mask}`) >> BigInt(signal - 1)) % 2n === 1n)
}

/** Whether it is the first process of its container. */
export function isFirst(text: string): boolean {
  const ids = /^NSpid:\s*(.+)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? []
  return ids.at(-1) === '1'
}

/** null: there is no such process, or no /proc. */
export function statusText(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return null
  }
}

/** The name of the program that it runs; null: not ours to see. */
export function programOf(pid: number): string | null {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`))
  } catch {
    return null
  }
}
