import { commitVersion } from '../../core/version/commit.ts'
import { readInstalled } from '../../host/git-objects/installed.ts'
import type { Probe } from '../../ports/probe.ts'
import { type TreeProbeConfig, treeProbeSchema } from './schema.ts'

/** The commit that a tree is at: what was installed last, as long as the tree is still about that. */
export function treeProbe(): Probe<TreeProbeConfig> {
  return {
    kind: 'tree',
    config: treeProbeSchema,
    describe: () => 'the commit of the tree',
    live: false,
    async read({ record, stats }, { dir }, signal) {
      const installed = await readInstalled(dir, { record, stats }, { full: false, signal })
      // A tree that nobody knows is one too: put back after a failed update, it must be found to be what it was.
      return installed?.believed === true ? commitVersion(installed.commit) : 'unknown'
    },
  }
}
