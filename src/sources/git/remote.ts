import { fail } from '../../core/model/problem.ts'
import { parseRemote, type Remote } from '../../host/git/remote.ts'
import type { GitConfig } from './schema.ts'

/** The repository that a valid config names. */
export function remoteOf({ url }: GitConfig): Remote {
  const remote = parseRemote(url)
  if (remote !== null) return remote
  throw fail('E_CONFIG_INVALID', `${url} is not the address of a git repository.`, { hint: 'Correct source.url.' })
}
