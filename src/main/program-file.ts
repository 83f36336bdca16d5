import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

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
