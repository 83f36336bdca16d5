import { join } from 'node:path'
import { exists } from '../../tree/stat.ts'
import { git, gitText, type GitOptions, type Place } from '../run.ts'
import { filesOf, submoduleMode } from '../tree.ts'
import { originIsLocal, submoduleAccess } from './submodules.ts'

const timeoutMs = 15 * 60_000

/**
 * Brings the commits that a version asks of its submodules, for those that are set up already. Gives how many it has; new
 * ones are cloned with the switch.
 */
export async function fetchSubmodules(place: Place, commit: string, options: GitOptions): Promise<number> {
  const wanted = (await filesOf(place, commit, options)).filter(({ mode }) => mode === submoduleMode)
  for (const { path, id } of wanted) {
    const inner = { dir: join(place.dir, path), user: place.user }
    if (!(await exists(join(inner.dir, '.git')))) continue
    if ((await git(inner, ['cat-file', '-e', `${id}^{commit}`], options)).code === 0) continue
    const access = submoduleAccess(await originIsLocal(place, options))
    const flags = ['--quiet', '--no-tags', '--no-write-fetch-head', '--end-of-options']
    await gitText(inner, ['fetch', ...flags, 'origin', id], { ...options, access, timeoutMs })
  }
  return wanted.length
}
