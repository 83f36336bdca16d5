import type { Difference } from '../../core/files/classify.ts'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { Look } from './look.ts'
import { backupFolder } from './layout.ts'
import type { FilesConfig } from './schema.ts'

/** All sentences of the strategy about single files. */

const namedMax = 5

/** `a, b and 3 more`. */
export function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, namedMax).join(', ')
  return paths.length > namedMax ? `${shown} and ${paths.length - namedMax} more` : shown
}

export function warningsOf({ differences, base, notFollowed }: Look): readonly string[] {
  const paths = (test: (one: Difference) => boolean) => differences.filter(test).map(({ path }) => path)
  const submodules = notFollowed.flatMap(({ path, why }) => (why === 'submodule' ? [path] : []))
  const converted = notFollowed.flatMap(({ path, why }) => (why === 'converted' ? [path] : []))
  const unknown = base.kind === 'unknown'
  const replaced = paths(({ local, does }) => local === 'edited' && does !== null)
  return [
    unknown && replaced.length > 0
      ? `It is not known what was installed here: ${count(replaced)} ${replaced.length === 1 ? 'differs' : 'differ'} from the release and ${replaced.length === 1 ? 'is' : 'are'} replaced (the old ones are kept in ${backupFolder}), nothing is deleted.`
      : '',
    sentence('Protected, so left alone although the release changes it', paths(isProtected)),
    sentence('Below a folder that is a link here, so left alone', paths(isBehindLink)),
    sentence(
      'Edited here, so kept although the release changes it',
      paths(({ local, does }) => local === 'edited' && does === null),
    ),
    unknown
      ? ''
      : sentence(`Edited here, and replaced all the same (the old one is kept in ${backupFolder})`, replaced),
    sentence('Not followed, since it is a submodule', submodules),
    sentence('Not followed, since git keeps something else of it than what is checked out', converted),
  ].filter((text) => text !== '')
}

const isBehindLink = ({ from }: Difference): boolean => from.kind === 'behind-link'
const isProtected = (one: Difference): boolean => one.local === 'protected' && !isBehindLink(one)
const count = (paths: readonly string[]): string => `${paths.length} file${paths.length === 1 ? '' : 's'}`

function sentence(text: string, paths: readonly string[]): string {
  return paths.length === 0 ? '' : `${text}: ${listed(paths)}.`
}

/** What forbids the update as a whole; null: nothing. */
export function refusal(config: FilesConfig, { differences, base }: Look): Problem | null {
  const blocked = differences.filter((one) => one.blocked !== null)
  if (blocked.length > 0) {
    const [first] = blocked
    return problem('E_FILE_CHANGED', `${first?.path} cannot be put in place: ${first?.blocked}.`, {
      hint: 'Move it away, or list the path under strategy.protect.',
      facts: { paths: blocked.map(({ path }) => path) },
    })
  }
  const edited = differences.filter(({ local }) => local === 'edited').map(({ path }) => path)
  if (config.local_edits === 'refuse' && edited.length > 0) {
    const what = base.kind === 'unknown' ? 'Not what the release has, and nobody knows whose' : 'Edited here'
    return problem('E_FILE_CHANGED', `${what}: ${listed(edited)}.`, {
      hint: 'Put them back, list them under strategy.protect, or set local_edits: keep or overwrite.',
      facts: { paths: edited },
    })
  }
  const links = differences
    .filter(({ to, does }) => does === 'replace' && to?.mode === '120000')
    .map(({ path }) => path)
  if (config.symlinks === 'refuse' && links.length > 0) {
    return problem('E_PATH_INVALID', `The release has links, and strategy.symlinks refuses them: ${listed(links)}.`, {
      hint: 'Allow those that stay in the tree with symlinks: inside.',
      facts: { paths: links },
    })
  }
  return null
}
