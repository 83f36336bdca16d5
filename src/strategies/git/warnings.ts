import type { Checkout } from '../../host/git/checkout.ts'
import { git } from '../../host/git/run.ts'
import { submoduleMode, type TreeFile } from '../../host/git/tree.ts'
import type { Standing } from './history.ts'
import { shown } from './refusals.ts'
import type { GitStrategyConfig } from './schema.ts'

/** What a person should know before agreeing, though nothing of it stops an update. */
export function warningsFor(
  config: GitStrategyConfig,
  { changes, branch }: Checkout,
  standing: Standing,
  files: readonly TreeFile[],
  large: 'none' | 'fetched' | 'missing',
): readonly string[] {
  const warnings: string[] = []
  if (standing.kind === 'rewritten') {
    warnings.push(
      'The history of the source was rewritten: what is checked out is not a part of it any more. Nothing is merged.',
    )
  }
  if (standing.kind === 'elsewhere') {
    warnings.push(
      'What is checked out came from another repository or a history that was rewritten. Nothing is merged.',
    )
  }
  if (changes.length > 0 && config.local_changes === 'stash') {
    warnings.push(`Local changes go to git stash: ${shown(changes.map(({ path }) => path))}.`)
  }
  if (config.prepare.length > 0) {
    warnings.push(
      `prepare works in a second work tree; of what it makes, ${config.prepared.join(', ')} are taken over.`,
    )
  }
  if (branch === null) warnings.push('No branch is checked out (detached HEAD), and none will be.')
  if (config.submodules === false && files.some(({ mode }) => mode === submoduleMode)) {
    warnings.push('The new version has submodules, which submodules: false leaves out.')
  }
  if (large === 'missing') {
    warnings.push(
      'Large files are kept by Git LFS, and git-lfs is not installed: small text files will stand in their place.',
    )
  }
  if (large === 'fetched') warnings.push('Large files (Git LFS) are downloaded with the switch, while stopped.')
  return warnings
}

/** Whether files of the tree are kept elsewhere, and the program that gets them is there. */
export async function largeFiles({ place }: Checkout, signal: AbortSignal): Promise<'none' | 'fetched' | 'missing'> {
  const args = ['grep', '--quiet', '--fixed-strings', 'filter=lfs', 'HEAD', '--', '.gitattributes']
  if ((await git(place, args, { signal })).code !== 0) return 'none'
  return (await git(place, ['lfs', 'version'], { signal })).code === 0 ? 'fetched' : 'missing'
}
