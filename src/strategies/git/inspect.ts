import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Facts } from '../../core/model/problem.ts'
import type { ProbeRef, ServiceRef } from '../../core/plan/step.ts'
import { ownerFor } from '../../host/git/owner.ts'
import { keptRuns } from '../../host/git/tidy.ts'
import { versionAt, versionOfCommit } from '../../host/git/version.ts'
import { statOrNull } from '../../host/tree/stat.ts'
import type { Installed, KeptVersion, StrategyContext } from '../../ports/strategy.ts'
import { layoutOf, lookAt, type Scene, slotPaths, tagsIn } from './scene.ts'
import type { GitStrategyConfig } from './schema.ts'

/** What is checked out, read from the repository: nothing is remembered (W3). */
export async function inspect(config: GitStrategyConfig, context: StrategyContext): Promise<Installed> {
  const scene = await lookAt(config, context)
  const dir = layoutOf(config, scene) === 'slots' ? slotPaths(config.path).link : config.path
  const ref: ServiceRef = { component: context.component, spec: config.service, cwd: dir, user: config.user ?? null }
  const state = await context.inspectService(ref)
  const tree = scene.kind === 'slots' ? scene.tree : scene.kind === 'in-place' ? config.path : null
  const user = config.user ?? state.user ?? (tree === null ? null : await ownerFor(tree))
  const tags = tagsIn(context.source['ref'])
  const probe: ProbeRef = {
    component: context.component,
    // A branch has no versions but its commits: what a file says there is the project's own count.
    spec: tags !== null && context.probeSpec.type !== 'none' ? context.probeSpec : { type: 'git', tags },
    dir,
    user,
    scheme: context.scheme,
  }
  return {
    state: scene.kind === 'in-place' ? 'git' : scene.kind,
    // Of the very tree that was looked at, though the link is switched meanwhile.
    version: tree === null ? null : await context.readVersion({ ...probe, dir: tree }),
    tree,
    kept: await keptVersions(scene, tags, context),
    service: config.service.type === 'none' ? null : { ref: { ...ref, user }, state },
    probe,
    user,
    facts: factsOf(scene),
  }
}

function factsOf(scene: Scene): Facts {
  if (scene.kind === 'absent') return { link: scene.link }
  if (scene.kind === 'foreign') return { why: scene.why }
  const { commit, branch, changes, ahead, behind, shallow } = scene.checkout
  const link = scene.kind === 'slots' ? scene.link : null
  return { commit, branch, detached: branch === null, dirty: changes.length, ahead, behind, shallow, link }
}

async function keptVersions(
  scene: Scene,
  tags: string | null,
  context: StrategyContext,
): Promise<readonly KeptVersion[]> {
  if (scene.kind === 'in-place') return keptCommits(scene, tags, context)
  if (scene.kind !== 'slots') return []
  const releases = join(scene.tree, '..')
  const kept: KeptVersion[] = []
  for (const name of await readdir(releases).catch(() => [])) {
    const path = join(releases, name)
    const at = await statOrNull(path)
    if (name.startsWith('.') || path === scene.tree || at?.isDirectory() !== true) continue
    const version = await versionAt({ dir: path, user: await ownerFor(path) }, tags, context)
    if (version !== null) kept.push({ version, path, since: at.ctime.toISOString() })
  }
  return kept.toSorted((a, b) => b.since.localeCompare(a.since))
}

/** C5: commits that earlier runs left, each with the folders that were kept of it. */
async function keptCommits(
  { checkout }: Extract<Scene, { kind: 'in-place' }>,
  tags: string | null,
  context: StrategyContext,
): Promise<readonly KeptVersion[]> {
  const kept = new Map<string, KeptVersion>()
  for (const { record, folder } of await keptRuns(checkout.gitDir)) {
    const { from, at } = record
    if (from === null || from === checkout.commit || kept.has(from)) continue
    const version = await versionOfCommit(checkout.place, from, tags, context).catch(() => null)
    kept.set(from, { version, path: folder.dir, since: at })
  }
  return [...kept.values()]
}
