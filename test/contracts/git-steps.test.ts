import { chmodSync, chownSync, existsSync, lstatSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { stepRoom, type StepRoom, verbs } from '../fakes/steps.ts'
import type { GitCheckoutStep, GitFetchStep, GitWorktreeStep } from '../../src/core/plan/step.ts'
import { cloneOf, newRepository, type Repository, runGit } from '../../src/host/git/testing.ts'

const asRoot = test.runIf(process.getuid?.() === 0)

function upstream(here: StepRoom): { up: Repository; a: string; b: string } {
  const up = newRepository(here.at('up'))
  const a = up.commit('one', { VERSION: '1', 'app.py': 'one' }, 1)
  up.commit('between', { 'app.py': 'between' }, 2)
  const b = up.commit('two', { VERSION: '2', 'new.py': 'new' }, 3)
  return { up, a, b }
}

function fetchStep(here: StepRoom, commit: string, more: Partial<GitFetchStep> = {}): GitFetchStep {
  return {
    kind: 'git-fetch',
    phase: 'before',
    detail: commit,
    repository: here.at('app'),
    user: null,
    submodules: false,
    source: { type: 'git', url: here.at('up') },
    artifact: { name: commit, url: 'file:///up', bytes: null, digest: null },
    commit,
    tag: null,
    have: null,
    create: null,
    origin: null,
    tracking: null,
    keep: 3,
    ...more,
  }
}

function checkoutStep(
  here: StepRoom,
  from: string | null,
  to: string,
  more: Partial<GitCheckoutStep> = {},
): GitCheckoutStep {
  return {
    kind: 'git-checkout',
    phase: 'stopped',
    detail: to,
    repository: here.at('app'),
    user: null,
    submodules: false,
    from,
    to,
    branch: 'main',
    local: 'refuse',
    preserve: [],
    exchange: null,
    ...more,
  }
}

const commitsIn = (repository: Repository) =>
  repository
    .git('cat-file', '--batch-check', '--batch-all-objects')
    .split('\n')
    .filter((line) => line.includes(' commit ')).length

/** What references to versions there are after each change of one. */
function refsAfterEach(here: StepRoom): () => readonly string[] {
  const real = `${runGit(here.dir, ['--exec-path'])}/git`
  const script = `#!/bin/sh
${real} "$@"
code=$?
case "$*" in *update-ref*refs/belay/version/*)
  printf '%s\\n' "$(${real} for-each-ref --format='%(refname)' refs/belay/version | tr '\\n' ' ')" >>${here.at('told')} ;;
esac
exit $code
`
  here.plant({ 'bin/git': script })
  chmodSync(here.at('bin/git'), 0o755)
  vi.stubEnv('PATH', `${here.at('bin')}${delimiter}${process.env['PATH']}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  return () => readFileSync(here.at('told'), 'utf8').trimEnd().split('\n')
}

describe('git-fetch', () => {
  test('when a commit is brought, then all of it is there, named for this run, and nothing of the tree changed', async () => {
    await using here = await stepRoom()
    const { up, a, b } = upstream(here)
    up.git('branch', 'old', a)
    const app = cloneOf(up, here.at('app'), '--branch=old', '--single-branch')
    const it = verbs(here, fetchStep(here, b, { have: a, tracking: 'refs/remotes/origin/main' }))
    expect(await it.observe()).toBe('absent')
    expect(await it.apply()).toMatchObject({ bytes: expect.any(Number) })
    expect(await it.observe()).toBe('present')
    expect(app.git('fsck', '--no-dangling')).toBe('')
    expect(app.git('cat-file', '-p', `${b}:new.py`)).toBe('new')
    expect(app.git('rev-parse', 'refs/remotes/origin/main')).toBe(b)
    expect([app.head(), app.git('status', '--porcelain')]).toEqual([a, ''])
    expect(await it.apply()).toMatchObject({ bytes: 0 })
    await it.undo()
    expect(app.git('for-each-ref', 'refs/belay')).toBe('')
    await it.undo()
  })

  test('when the checkout keeps no history, then it gets the commit alone, and still has no more', async () => {
    await using here = await stepRoom()
    const { up, a, b } = upstream(here)
    up.git('branch', 'old', a)
    const app = cloneOf(up, here.at('app'), '--depth=1', '--branch=main')
    app.git('update-ref', '-d', 'refs/remotes/origin/old')
    const older = up.commit('three', { VERSION: '3' })
    for (const [commit, have] of [
      [older, b],
      [a, null],
    ] as const) {
      await verbs(here, fetchStep(here, commit, { have })).apply()
      expect(app.git('ls-tree', '-r', '--name-only', commit)).toContain('VERSION')
    }
    expect(app.git('rev-parse', '--is-shallow-repository')).toBe('true')
    expect(app.git('fsck', '--no-dangling', '--connectivity-only')).toBe('')
    expect(commitsIn(app)).toBe(3)
  })

  test('when what is said to be there is not, then all is brought', async () => {
    await using here = await stepRoom()
    const { b } = upstream(here)
    const app = newRepository(here.at('app'))
    await verbs(here, fetchStep(here, b, { have: 'a'.repeat(40) })).apply()
    expect(commitsIn(app)).toBe(3)
  })

  test('when nothing is there yet, then a repository is made, checked out, and taken away again', async () => {
    await using here = await stepRoom()
    const { up, b } = upstream(here)
    const origin = { url: up.dir, branch: 'main' }
    const fetched = verbs(
      here,
      fetchStep(here, b, { create: 'checkout', origin, tracking: 'refs/remotes/origin/main' }),
    )
    const switched = verbs(here, checkoutStep(here, null, b))
    await fetched.apply()
    await fetched.apply()
    await switched.apply()
    expect(runGit(here.at('app'), ['status', '--porcelain', '--branch'])).toBe('## main...origin/main')
    expect(readFileSync(here.at('app/new.py'), 'utf8')).toBe('new')
    await switched.undo()
    await fetched.undo()
    expect(readdirSync(here.at('app'))).toEqual([])
  })

  test('when a tag is meant, then that is remembered, and the user’s own tags are left alone', async () => {
    await using here = await stepRoom()
    const { up, b } = upstream(here)
    const app = cloneOf(up, here.at('app'), '--no-tags')
    await verbs(here, fetchStep(here, b, { tag: 'v2.0.0' })).apply()
    expect(app.git('tag')).toBe('')
    const probe = await here.adapters.probe({
      component: 'app',
      spec: { type: 'git', tags: 'v*' },
      dir: app.dir,
      user: null,
      scheme: 'semver',
    })
    expect(await probe.read(here.context.signal)).toBe('2.0.0')
  })

  test('when another tag of the same commit is meant, then there is one of the two at any time', async () => {
    await using here = await stepRoom()
    const { up, b } = upstream(here)
    const app = cloneOf(up, here.at('app'), '--no-tags')
    await verbs(here, fetchStep(here, b, { tag: 'v2.0.0' })).apply()
    const told = refsAfterEach(here)
    await verbs(here, fetchStep(here, b, { tag: 'v2.0.1' })).apply()
    expect(new Set(told())).not.toContain('')
    expect(app.git('for-each-ref', '--format=%(refname)', 'refs/belay/version')).toBe('refs/belay/version/v2.0.1')
  })

  asRoot(
    'when the checkout is somebody else’s, then git is that somebody there, and nothing of it runs as us',
    async () => {
      await using here = await stepRoom()
      const { up, a, b } = upstream(here)
      const app = cloneOf(up, here.at('app'))
      app.git('reset', '--quiet', '--hard', a)
      here.plant({ 'app/.git/hooks/reference-transaction': `#!/bin/sh\necho hook >> ${here.at('ran')}\n` })
      app.git('config', 'core.fsmonitor', `sh -c "id -u >> ${here.at('ran')}"`)
      app.git('config', 'core.hooksPath', '.git/hooks')
      chmodSync(here.at('app/.git/hooks/reference-transaction'), 0o755)
      for (const name of ['', ...readdirSync(here.at('app'), { recursive: true, encoding: 'utf8' })])
        chownSync(here.at(`app/${name}`), 65_534, 65_534)
      chmodSync(here.dir, 0o755)
      await verbs(here, fetchStep(here, b, { have: a, user: 'nobody' })).apply()
      await verbs(here, checkoutStep(here, a, b, { user: 'nobody' })).apply()
      const owners = readdirSync(here.at('app'), { recursive: true, encoding: 'utf8' }).map(
        (name) => lstatSync(here.at(`app/${name}`)).uid,
      )
      expect(new Set(owners)).toEqual(new Set([65_534]))
      expect(existsSync(here.at('ran'))).toBe(false)
    },
  )
})

describe('git-worktree', () => {
  const step = (here: StepRoom, commit: string | null): GitWorktreeStep => ({
    kind: 'git-worktree',
    phase: 'before',
    detail: 'x',
    repository: here.at('app'),
    user: null,
    submodules: false,
    commit,
    path: here.at('side/tree'),
  })

  test('when it is made over what a crash left, then it is whole, and undone it is gone from everywhere', async () => {
    await using here = await stepRoom()
    const { up, a } = upstream(here)
    const app = cloneOf(up, here.at('app'))
    const it = verbs(here, step(here, a))
    await it.apply()
    here.plant({ 'side/tree/half': 'x' })
    await it.apply()
    expect(readdirSync(here.at('side/tree')).toSorted()).toEqual(['.git', 'VERSION', 'app.py'])
    await it.undo()
    await it.undo()
    expect(existsSync(here.at('side/tree'))).toBe(false)
    expect(app.git('worktree', 'list')).not.toContain('side')
    await it.apply()
    await verbs(here, step(here, null)).apply()
    expect(app.git('worktree', 'list')).not.toContain('side')
  })
})

describe('submodules', () => {
  test('when a version moves one and brings another, then both stand at its commits, and go back', async () => {
    await using here = await stepRoom()
    const lib = newRepository(here.at('lib'))
    lib.commit('lib one', { lib: '1' }, 1)
    const other = newRepository(here.at('other'))
    other.commit('other', { other: '1' }, 1)
    const up = newRepository(here.at('up'))
    up.git('submodule', '--quiet', 'add', lib.dir, 'lib')
    const a = up.commit('one', { VERSION: '1' }, 2)
    const libTwo = lib.commit('lib two', { lib: '2' }, 3)
    up.git('-C', 'lib', 'pull', '--quiet')
    up.git('submodule', '--quiet', 'add', other.dir, 'other')
    const b = up.commit('two', { VERSION: '2' }, 4)
    const app = cloneOf(up, here.at('app'))
    app.git('reset', '--quiet', '--hard', a)
    app.git('submodule', '--quiet', 'update', '--init')
    app.git('-C', 'lib', 'reflog', 'expire', '--expire=now', '--all')
    const before = app.git('submodule', 'status')
    await verbs(here, fetchStep(here, b, { have: a, submodules: true })).apply()
    expect(app.git('-C', 'lib', 'cat-file', '-t', libTwo)).toBe('commit')
    const it = verbs(here, checkoutStep(here, a, b, { submodules: true }))
    await it.apply()
    expect([readFileSync(here.at('app/lib/lib'), 'utf8'), readFileSync(here.at('app/other/other'), 'utf8')]).toEqual([
      '2',
      '1',
    ])
    expect(app.git('status', '--porcelain')).toBe('')
    await it.undo()
    expect(app.git('submodule', 'status')).toBe(before)
    expect(readFileSync(here.at('app/lib/lib'), 'utf8')).toBe('1')
    expect(existsSync(here.at('app/other'))).toBe(false)
    expect(app.git('status', '--porcelain')).toBe('')
  })

  test('when a version has one no more, then its folder goes, comes back on the way back, and stays where it holds files', async () => {
    await using here = await stepRoom()
    const lib = newRepository(here.at('lib'))
    lib.commit('lib one', { lib: '1', '.gitignore': 'kept' }, 1)
    const up = newRepository(here.at('up'))
    const a = up.commit('one', { VERSION: '1' }, 2)
    up.git('submodule', '--quiet', 'add', lib.dir, 'lib')
    const b = up.commit('two', { VERSION: '2' }, 3)
    const app = cloneOf(up, here.at('app'))
    app.git('submodule', '--quiet', 'update', '--init')
    const before = app.git('submodule', 'status')
    const it = verbs(here, checkoutStep(here, b, a, { submodules: true }))
    await it.apply()
    expect(existsSync(here.at('app/lib'))).toBe(false)
    expect(app.git('status', '--porcelain')).toBe('')
    await it.undo()
    expect(app.git('submodule', 'status')).toBe(before)
    expect(app.git('status', '--porcelain')).toBe('')
    writeFileSync(here.at('app/lib/kept'), 'mine')
    await verbs(here, checkoutStep(here, b, a, { submodules: true })).apply()
    expect(readFileSync(here.at('app/lib/kept'), 'utf8')).toBe('mine')
  })
})
