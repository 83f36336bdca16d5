import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Thrown by every change to the file system from the chosen one on: what a killed process would still have done. */
export class Crash extends Error {}

type Change = (...args: unknown[]) => unknown
const changes = ['rename', 'mkdir', 'rm', 'rmdir', 'unlink', 'symlink', 'link', 'copyFile', 'utimes', 'chmod', 'chown']
const syncChanges = changes.map((name) => `${name}Sync`)

/** Opening counts when it may create or write. */
function writes(args: readonly unknown[]): boolean {
  const flags = args[1]
  if (typeof flags === 'number')
    return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) !== 0
  return typeof flags === 'string' && flags !== 'r'
}

/**
 * Runs `work` and stops it at its `at`-th change to the file system (counted from 1). Gives how many there were, and
 * whether it was stopped. For tests of what a crash leaves, one at a time in a process.
 */
export async function crashAt(
  at: number,
  work: () => Promise<void>,
): Promise<{ readonly count: number; readonly crashed: boolean }> {
  let count = 0
  let crashed = false
  const originals: (() => void)[] = []
  const patch = (target: Record<string, Change>, name: string, counts: (args: readonly unknown[]) => boolean) => {
    const original = target[name]
    if (original === undefined) return
    originals.push(() => {
      target[name] = original
    })
    target[name] = (...args) => {
      if (!counts(args)) return original(...args)
      count += 1
      crashed ||= count === at
      if (crashed) throw new Crash(`at change ${at}: ${name}`)
      return original(...args)
    }
  }
  const promises = fs.promises as unknown as Record<string, Change>
  const callbacks = fs as unknown as Record<string, Change>
  for (const name of changes) patch(promises, name, () => true)
  for (const name of syncChanges) patch(callbacks, name, () => true)
  patch(promises, 'open', writes)
  patch(callbacks, 'openSync', writes)
  syncBuiltinESMExports()
  try {
    await work()
  } catch (error) {
    if (!crashed) throw error
  } finally {
    for (const restore of originals) restore()
    syncBuiltinESMExports()
  }
  return { count, crashed }
}
