import { join } from 'node:path'

/** Where the launcher of a state folder is; apart from its text, which few need. */
export function launcherFile(stateDir: string): string {
  return join(stateDir, 'launch')
}
