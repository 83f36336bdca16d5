import { readdir, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Json } from '../../core/model/problem.ts'
import { type Checkout, lookAtCheckout } from '../../host/git/checkout.ts'
import { ownerFor } from '../../host/git/owner.ts'
import { lstatOrNull, statOrNull } from '../../host/tree/stat.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import type { GitStrategyConfig } from './schema.ts'

/**
 * slots: PATH/current -> releases/b387b2951a22, PATH/releases/… (work trees), PATH/repo.git.
 * in place: PATH is the checkout; what belay keeps lies in its git folder, under belay/RUN.
 */
export function slotPaths(path: string) {
  return { releases: join(path, 'releases'), link: join(path, 'current'), repository: join(path, 'repo.git') }
}

export type Scene =
  | { readonly kind: 'absent'; readonly link: string | null }
  | { readonly kind: 'foreign'; readonly why: string }
  | { readonly kind: 'in-place'; readonly checkout: Checkout }
  | { readonly kind: 'slots'; readonly tree: string; readonly link: string; readonly checkout: Checkout }

/** What stands at the path now. */
export async function lookAt({ path }: GitStrategyConfig, context: StrategyContext): Promise<Scene> {
  const found = await lstatOrNull(path)
  if (found === null) return { kind: 'absent', link: null }
  if (!found.isDirectory()) return { kind: 'foreign', why: `${path} is not a folder.` }
  const slot = await lookAtSlot(path, context)
  if (slot !== null) return slot
  const names = (await readdir(path)).filter((name) => name !== 'releases' && name !== 'repo.git')
  if (names.length === 0) return { kind: 'absent', link: null }
  const checkout = await look(path, context)
  if (checkout !== null) return { kind: 'in-place', checkout }
  return { kind: 'foreign', why: `${path} is not a git checkout.` }
}

/** null: no link of ours. One that is switched meanwhile leads to a tree that may be gone before it is looked at. */
async function lookAtSlot(path: string, context: StrategyContext): Promise<Scene | null> {
  let before: string | null = null
  while (true) {
    const link = await readlink(slotPaths(path).link).catch(() => null)
    if (link === null || !link.startsWith('releases/')) return null
    const tree = join(path, 'releases', basename(link))
    const checkout = (await statOrNull(tree)) === null ? null : await look(tree, context)
    if (checkout !== null) return { kind: 'slots', tree, link, checkout }
    if (link === before) return { kind: 'absent', link }
    before = link
  }
}

async function look(dir: string, { signal }: StrategyContext): Promise<Checkout | null> {
  return lookAtCheckout({ dir, user: await ownerFor(dir) }, signal)
}

/** Where a checkout already stands, in place is the default: nothing else takes it over as it is. */
export function layoutOf(config: GitStrategyConfig, scene: Scene): 'slots' | 'in-place' {
  return config.layout ?? (scene.kind === 'in-place' ? 'in-place' : 'slots')
}

/** The pattern of tags that a source follows; null: a branch. */
export function tagsIn(ref: Json | undefined): string | null {
  if (typeof ref === 'string') return ref.startsWith('tags:') ? ref.slice('tags:'.length).trim() : null
  const tags = typeof ref === 'object' && ref !== null ? Object.entries(ref).find(([key]) => key === 'tags')?.[1] : null
  return typeof tags === 'string' ? tags : null
}
