import { fail } from '../../core/model/problem.ts'

const id = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/** `walk`: arguments for rev-list; `pack`: lines for pack-objects. */
export interface PackRange {
  readonly commit: string
  readonly walk: readonly string[]
  readonly pack: readonly string[]
}

/**
 * What of a commit is wanted, as the name of an artifact: `A` with all that came before it, `B..A` what a repository with B
 * lacks of A, `A!` this commit and its files alone, for a checkout that keeps no history.
 */
export function packRange(name: string): PackRange {
  const [first = '', second] = name.split('..')
  if (second !== undefined && id.test(first) && id.test(second)) {
    return { commit: second, walk: [second, `^${first}`], pack: [second, `^${first}`] }
  }
  if (id.test(first) && second === undefined) return { commit: first, walk: [first], pack: [first] }
  const alone = first.endsWith('!') ? first.slice(0, -1) : ''
  if (id.test(alone) && second === undefined) {
    return { commit: alone, walk: ['--no-walk', alone], pack: [`--shallow ${alone}`, alone] }
  }
  throw fail('E_PATH_INVALID', `${name.slice(0, 200)} names no commit.`, { hint: 'Make the plan anew: belay update.' })
}
