import { join } from 'node:path'
import { exists } from '../../tree/stat.ts'
import { git, gitText, type GitOptions, type Place } from '../run.ts'
import { changesBetween, filesOf, submoduleMode } from '../tree.ts'
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

/**
 * Lets those go that the new version does not have: git leaves their folders, which would be in the way when they come
 * again. Their repositories stay in `.git/modules`, so that the way back asks nobody. One that holds anything of the
 * user's, an ignored file too, stays where it is.
 */
export async function leaveSubmodules(
  worker: Worker,
  from: string | null,
  to: string,
  preserved: (path: string) => boolean,
): Promise<void> {
  if (from === null) return
  const { place, options } = worker
  for (const { path, from: before, to: after } of await changesBetween(place, from, to, options)) {
    if (before?.mode !== submoduleMode || after?.mode === submoduleMode || preserved(path)) continue
    const inner = { dir: join(place.dir, path), user: place.user }
    if (!(await exists(join(inner.dir, '.git')))) continue
    if (!(await holdsNothingElse(inner, before.id, options))) continue
    await letGo(worker, path)
  }
}

async function holdsNothingElse(inner: Place, commit: string, options: GitOptions): Promise<boolean> {
  const flags = ['--porcelain', '--untracked-files=all', '--ignored']
  const { code, stdout } = await git(inner, ['status', ...flags], options)
  if (code !== 0 || stdout !== '') return false
  // What it has of its own kind is not looked through.
  return (await filesOf(inner, commit, options)).every(({ mode }) => mode !== submoduleMode)
}

async function letGo({ place, options, files }: Worker, path: string): Promise<void> {
  // It was never set up where the switch was cut off before.
  await git(place, ['submodule', '--quiet', 'deinit', '--force', '--', path], options)
  await files.run(['rmdir', '--', path]).catch(() => {})
}

/** `before` the files go back: those that only the new version has are let go. `after`: the others stand where they did. */
export async function undoSubmodules(
  worker: Worker,
  from: string | null,
  to: string,
  when: 'before' | 'after',
): Promise<void> {
  if (from === null) return
  const { place, options } = worker
  const changes = await changesBetween(place, from, to, options)
  const involved = changes.filter((change) => [change.from, change.to].some((side) => side?.mode === submoduleMode))
  if (involved.length === 0) return
  if (when === 'after') return update(place, options)
  for (const { path, from: before } of involved) {
    if (before?.mode === submoduleMode) continue
    await letGo(worker, path)
  }
}
