import { versionAt } from '../../host/git/version.ts'
import { ownerFor } from '../../host/git/owner.ts'
import type { Probe } from '../../ports/probe.ts'
import { type GitProbeConfig, gitProbeSchema } from './schema.ts'

/** W3: the version of a checkout is the commit that stands there, read from it each time. */
export function gitProbe(): Probe<GitProbeConfig> {
  return {
    kind: 'git',
    config: gitProbeSchema,
    describe: () => 'the commit that is checked out',
    live: false,
    read: async ({ tags }, { dir }, signal) => versionAt({ dir, user: await ownerFor(dir) }, tags, { signal }),
  }
}
