import { join } from 'node:path'
import type { GitCheckoutStep, GitFetchStep } from '../core/plan/step.ts'
import type { StepContext, StepHandler } from '../ports/step.ts'
import type { Switch } from '../host/git/switch/index.ts'
import type { StepPorts } from './ports.ts'

/** Loaded with the first checkout: most runs have none. */
const use = {
  fetch: () => import('../host/git/fetch.ts'),
  files: () => import('../host/git/owner.ts'),
  run: () => import('../host/git/run.ts'),
  submodules: () => import('../host/git/switch/fetch-submodules.ts'),
  switch: () => import('../host/git/switch/index.ts'),
  tidy: () => import('../host/git/tidy.ts'),
  version: () => import('../host/git/version.ts'),
  worktree: () => import('../host/git/worktree.ts'),
}

/** What was fetched stays after an undo: objects that nothing names harm nobody, and git sweeps them away in time. */
export function gitFetchHandler({ adapters }: StepPorts): StepHandler<'git-fetch'> {
  return {
    async apply(step, context) {
      const { run, signal, progress } = context
      const { place, mark, options, newRef } = await at(step, context)
      const [{ bringCommit, makeRepository }, { tidyRepository }, { gitText }] = await Promise.all([
        use.fetch(),
        use.tidy(),
        use.run(),
      ])
      if (step.create !== null) await makeRepository(place, step.create, step.origin, options)
      await tidyRepository(place, run, step.keep, options)
      const source = await adapters.source(step.source)
      const { bytes } = await bringCommit(
        place,
        {
          commit: step.commit,
          have: step.have,
          open: async (name) => (await source.open({ ...step.artifact, name }, 0, signal)).chunks,
          mark,
          onBytes: (done) => progress(done, null),
        },
        options,
      )
      if (step.tracking !== null) await (await use.fetch()).moveTracking(place, step.tracking, step.commit, options)
      if (step.tag !== null) await (await use.version()).markVersion(place, step.commit, step.tag, options)
      await gitText(place, ['update-ref', newRef, step.commit], options)
      const submodules = step.submodules
        ? await (await use.submodules()).fetchSubmodules(place, step.commit, options)
        : 0
      return { bytes, submodules }
    },
    async observe(step, context) {
      const { place, options, newRef } = await at(step, context)
      const { git } = await use.run()
      const found = await git(place, ['rev-parse', '--quiet', '--verify', newRef], options).catch(() => null)
      // Submodules have no such mark.
      return !step.submodules && found?.stdout.trim() === step.commit ? 'present' : 'absent'
    },
    async undo(step, context) {
      const { place, options, newRef, files } = await at(step, context)
      if (step.create === null) {
        await (await use.run()).gitText(place, ['update-ref', '-d', newRef], options)
        return
      }
      if (step.create === 'bare') return (await files(parentOf(step))).remove(step.repository)
      await (await files(place.dir)).remove(join(step.repository, '.git'))
    },
  }
}

export function gitWorktreeHandler(): StepHandler<'git-worktree'> {
  return {
    async apply(step, context) {
      const { place, options } = await at(step, context)
      const { addWorktree, removeWorktree } = await use.worktree()
      if (step.commit === null) await removeWorktree(place, step.path, options)
      else await addWorktree(place, step.path, step.commit, step.submodules, options)
      return {}
    },
    observe: async () => 'absent',
    async undo(step, context) {
      const { place, options } = await at(step, context)
      if (step.commit !== null) await (await use.worktree()).removeWorktree(place, step.path, options)
    },
  }
}

/** The switch itself. All of it is in `host/git/switch`; what it found before lies in the repository until the next runs. */
export function gitCheckoutHandler(): StepHandler<'git-checkout'> {
  return {
    async apply(step, { run, signal }) {
      const { files, stash } = await (await use.switch()).switchTree(switchOf(step, run), signal)
      return { files, ...(stash === null ? {} : { stash }) }
    },
    async observe(step, { run, signal }) {
      return (await (await use.switch()).isSwitched(switchOf(step, run), signal)) ? 'present' : 'absent'
    },
    async undo(step, { run, signal }) {
      await (await use.switch()).switchBack(switchOf(step, run), signal)
    },
  }
}

function switchOf({ repository, ...step }: GitCheckoutStep, run: string): Switch {
  return { ...step, path: repository, run }
}

function parentOf({ repository }: GitFetchStep): string {
  return join(repository, '..')
}

async function at(step: { readonly repository: string; readonly user: string | null }, context: StepContext) {
  const { run, signal } = context
  const [{ endLeftovers, markOf, refs }, { filesAs }] = await Promise.all([use.switch(), use.files()])
  const mark = markOf({ run, path: step.repository })
  await endLeftovers(mark)
  return {
    place: { dir: step.repository, user: step.user },
    mark,
    options: { signal, env: { BELAY_GIT: mark } },
    newRef: refs.new(run),
    files: async (dir: string) => filesAs({ dir, user: step.user }, signal),
  }
}
