import { git, gitText, type GitOptions, type Place } from '../run.ts'
import { changesBetween, submoduleMode } from '../tree.ts'
import type { RemoteAccess } from '../remote.ts'
import type { Worker } from './bring.ts'

const timeoutMs = 15 * 60_000

/**
 * Addresses of submodules come from the repository itself: only protocols that run no program on this host are followed,
 * and folders of this host only where the repository itself lies in one.
 */
export const submoduleAccess = (local: boolean): RemoteAccess => ({
  env: { GIT_ALLOW_PROTOCOL: local ? 'https:ssh:file' : 'https:ssh' },
  config: [],
})

/** Those that are new are fetched: the others' commits were brought before. */
export async function updateSubmodules({ place, options }: Worker): Promise<void> {
  await update(place, options)
}

export async function update(place: Place, options: GitOptions): Promise<void> {
  const local = await originIsLocal(place, options)
  await gitText(place, ['submodule', '--quiet', 'update', '--init', '--recursive', '--force'], {
    ...options,
    access: submoduleAccess(local),
    timeoutMs,
  })
}

export async function originIsLocal(place: Place, options: GitOptions): Promise<boolean> {
  const { stdout } = await git(place, ['config', '--get', 'remote.origin.url'], options)
  return /^(?:\/|file:\/\/\/)/.test(stdout.trim())
}

/** `before` the files go back: those that only the new version has are let go. `after`: the others stand where they did. */
export async function undoSubmodules(
  { place, options, files }: Worker,
  from: string | null,
  to: string,
  when: 'before' | 'after',
): Promise<void> {
  if (from === null) return
  const changes = await changesBetween(place, from, to, options)
  const involved = changes.filter((change) => [change.from, change.to].some((side) => side?.mode === submoduleMode))
  if (involved.length === 0) return
  if (when === 'after') return update(place, options)
  for (const { path, from: before } of involved) {
    if (before?.mode === submoduleMode) continue
    // It was never set up where the switch was cut off before.
    await git(place, ['submodule', '--quiet', 'deinit', '--force', '--', path], options)
    await files.run(['rmdir', '--', path]).catch(() => {})
  }
}
