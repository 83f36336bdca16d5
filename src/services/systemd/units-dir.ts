import { lstat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { ownerOf } from '../../host/systemd/manager.ts'
import type { Manager } from '../../host/systemd/scope.ts'

/** Where a manager reads the administrator's units, or those of the user whose manager it is. */
export async function unitsDirOf(manager: Manager, systemUnitsDir: string): Promise<string> {
  if (manager.scope === 'system') return systemUnitsDir
  return userUnitsDir((await ownerOf(manager)).home)
}

export function userUnitsDir(home: string): string {
  return join(home, '.config/systemd/user')
}

/**
 * Root writes into the folder of somebody else: a link there would lead it to where only root may write, and what is
 * written is what that user's unit says. E_PATH_INVALID.
 */
export async function refuseLinks(home: string, path: string): Promise<void> {
  for (let at = path; at !== home && at !== dirname(at); at = dirname(at)) {
    const found = await lstat(at).catch(() => null)
    if (found?.isSymbolicLink() !== true) continue
    throw fail('E_PATH_INVALID', `${at} is a link, which root does not follow in the folder of a user.`, {
      hint: 'Make it a real folder or file, or run belay as that user.',
    })
  }
}
