import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launcherFile } from '../host/self/launcher-file.ts'
import { inTree, slotOf } from '../host/self/slot.ts'

/** The folder of Belay's own package: of the clone, or of the installed library, wherever a bundler put this code. */
export function packageRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(dir, 'package.json')) && dir !== dirname(dir)) dir = dirname(dir)
  return dir
}

/** The program that a service manager starts: also when Belay is used as a library, where `argv` names another one. */
export function programFile(): string {
  const source = join(packageRoot(), 'src', 'main', 'start.mjs')
  return existsSync(source) ? source : join(packageRoot(), 'dist', 'belay.js')
}

/** How a service manager starts Belay, the words of the command left out. `launched`: by the launcher, which has to be there. */
export interface ServiceProgram {
  readonly argv: readonly [string, ...string[]]
  readonly launched: boolean
}

/**
 * Of several versions that of `current`, whichever that will be, and by way of the launcher, which knows when it has to be
 * another one.
 */
export function serviceProgram(stateDir: string, role: 'agent' | 'resume' | 'other'): ServiceProgram {
  const slot = slotOf(programFile())
  if (slot === null) return { argv: [process.execPath, programFile()], launched: false }
  const node = inTree(process.execPath, slot.tree, slot.current)
  if (role === 'other') return { argv: [node, slot.stable], launched: false }
  return { argv: ['/bin/sh', launcherFile(stateDir), role, node, slot.stable], launched: true }
}
