import fs, { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { describe, expect, onTestFinished, test } from 'vitest'
import { stepRoom, type StepRoom, verbs } from '../fakes/steps.ts'
import { componentName, runId } from '../fakes/plan.ts'
import { noProofs, verifyDemand } from '../../src/core/trust/demand.ts'
import type { Release } from '../../src/core/model/release.ts'
import { down } from '../../src/host/check-context.fixture.ts'
import { cloneOf, newRepository, type Repository, runGit } from '../../src/host/git/testing.ts'
import type { KeptVersion, Phases, StrategyContext } from '../../src/ports/strategy.ts'

const signal = new AbortController().signal

interface Bench {
  readonly up: Repository
  readonly app: Repository
  readonly first: string
  /** Everything that may not change while a plan is made. */
  readonly seen: () => string
  readonly open: (strategy?: object, source?: object, data?: StrategyContext['data']) => Promise<Opened>
}

interface Opened {
  releases(): Promise<readonly Release[]>
  inspect(): ReturnType<Awaited<ReturnType<StepRoom['adapters']['strategy']>>['inspect']>
  contains(release: Release | undefined): Promise<boolean>
  files(release: Release | undefined): Promise<unknown>
  /** What an update to the newest one, or to the commit that is named, would do. */
  back(kept: KeptVersion): Promise<Phases | { code: string; message: string; hint: string | null }>
  plan(commit?: string): Promise<Phases | { code: string; message: string; hint: string | null }>
}

/** A checkout at the first commit, of which there are newer ones in its repository. */
function bench(here: StepRoom): Bench {
  const up = newRepository(here.at('up'))
  const first = up.commit('First', { VERSION: '1', 'app.py': 'one' }, 1)
  const app = cloneOf(up, here.at('app'))
  up.commit('Second', { VERSION: '2', 'new/file.py': 'new' }, 2)
  return {
    up,
    app,
    first,
    seen: () =>
      ['status --porcelain=v2 --branch', 'for-each-ref', 'ls-files --stage', 'stash list']
        .map((args) => runGit(app.dir, args.split(' ')))
        .join('\n'),
    async open(strategy = {}, source = {}, data = []) {
      const sourceSpec = { type: 'git', url: up.dir, ...source }
      const from = await here.adapters.source(sourceSpec)
      const opened = await here.adapters.strategy({ type: 'git', path: app.dir, ...strategy })
      const context = contextFor(here, sourceSpec, data)
      const releases = async () => (await from.list({ force: true, cacheMs: 0, signal })).releases
      return {
        releases,
        inspect: () => opened.inspect(context),
        contains: async (release) => opened.contains(await opened.inspect(context), release as Release, context),
        files: async (release) => opened.files(await opened.inspect(context), release as Release, context),
        back: async (kept) => opened.back(await opened.inspect(context), kept, context),
        async plan(commit) {
          const all = await releases()
          const release = commit === undefined ? all[0] : all.find(({ artifact }) => artifact?.name === commit)
          if (release === undefined || release.artifact === null) throw new Error('no such release')
          const verified = verifyDemand({
            release,
            artifact: release.artifact,
            required: 'tls',
            stated: null,
            proofs: noProofs,
          })
          if ('code' in verified) throw new Error(verified.message)
          return opened.update(await opened.inspect(context), verified, context)
        },
      }
    },
  }
}

function contextFor(here: StepRoom, source: StrategyContext['source'], data: StrategyContext['data']): StrategyContext {
  return {
    component: componentName('app'),
    run: runId('r-00000001'),
    runDir: here.at('run'),
    cacheDir: here.at('cache'),
    probeSpec: { type: 'none' },
    scheme: 'commit',
    readVersion: async (ref) => (await here.adapters.probe(ref)).read(signal),
    inspectService: async () => down,
    relocation: async () => null,
    service: (ref) => here.adapters.service(ref),
    inSlot: (ref, slot, port) => here.adapters.inSlot(ref, slot, port),
    traffic: (ref) => here.adapters.traffic(ref),
    keep: 3,
    source,
    data,
    tree: () => Promise.reject(new Error('not asked')),
    releases: async () => [],
    signal,
    once: (_, work) => work(),
  }
}

describe('what stands there', () => {
  test('when it is a checkout, then its commit is its version, with what can be told without asking anybody', async () => {
    await using here = await stepRoom()
    const { open, app, first } = bench(here)
    writeFileSync(here.at('app/VERSION'), 'edited')
    expect(await (await open()).inspect()).toMatchObject({
      state: 'git',
      version: first.slice(0, 12),
      tree: app.dir,
      probe: { spec: { type: 'git', tags: null }, dir: app.dir },
      facts: { commit: first, branch: 'main', detached: false, dirty: 1, ahead: 0, behind: 0, shallow: false },
    })
  })

  test('when tags are followed, then a tag at the commit is its version, and without one it is unknown', async () => {
    await using here = await stepRoom()
    const { open, app } = bench(here)
    const opened = await open({}, { ref: { tags: 'v*' } })
    expect(await opened.inspect()).toMatchObject({ version: null, tree: app.dir })
    app.git('tag', 'v1.0.0')
    expect(await opened.inspect()).toMatchObject({ version: '1.0.0' })
  })

  test('when it is a folder without a repository, a file, or nothing, then that is told apart', async () => {
    await using here = await stepRoom()
    const { open } = bench(here)
    here.plant({ 'plain/VERSION': '1', file: 'x', 'empty/': '' })
    for (const [path, state] of [
      ['plain', 'foreign'],
      ['file', 'foreign'],
      ['empty', 'absent'],
      ['none', 'absent'],
    ]) {
      expect(await (await open({ path: here.at(path ?? '') })).inspect()).toMatchObject({ state, tree: null })
    }
  })

  test('when a folder inside of a checkout is named, then the repository around it is not taken for it', async () => {
    await using here = await stepRoom()
    const { open } = bench(here)
    here.plant({ 'app/inner/x': '1' })
    expect(await (await open({ path: here.at('app/inner') })).inspect()).toMatchObject({ state: 'foreign' })
  })
})

describe('W4', () => {
  test('when the checkout is ahead of the newest commit, then that is in it already', async () => {
    await using here = await stepRoom()
    const { open, app, up } = bench(here)
    const opened = await open()
    const [newest] = await opened.releases()
    expect(await opened.contains(newest)).toBe(false)
    app.git('pull', '--quiet')
    expect(await opened.contains(newest)).toBe(false)
    app.commit('Mine', { mine: '1' })
    expect(await opened.contains(newest)).toBe(true)
    up.commit('Third', {})
    expect(await opened.contains((await opened.releases())[0])).toBe(false)
  })
})

test('when files are asked for, then each that an update would touch is told, with what is local', async () => {
  await using here = await stepRoom()
  const { open } = bench(here)
  writeFileSync(here.at('app/VERSION'), 'edited')
  const opened = await open({ preserve: ['new/**'] })
  const [newest] = await opened.releases()
  expect(await opened.files(newest)).toEqual([
    { path: 'VERSION', change: 'changed', local: 'edited' },
    { path: 'new/file.py', change: 'added', local: 'protected' },
  ])
})

/** Does something when that link has been read for the first time; what stood there is given when all is over. */
function onceRead(link: string, then: () => Promise<void>): () => Promise<string | null> {
  const { readlink } = fs.promises
  let seen: string | null = null
  const restore = (): void => {
    fs.promises.readlink = readlink
    syncBuiltinESMExports()
  }
  const patched = async (path: string): Promise<string> => {
    const text = await readlink(path)
    if (path !== link) return text
    restore()
    seen = text
    await then()
    return text
  }
  Object.assign(fs.promises, { readlink: patched })
  syncBuiltinESMExports()
  onTestFinished(restore)
  return async () => seen
}

interface Refused {
  readonly what: string
  readonly spoil: (here: StepRoom, bench: Bench) => void
  readonly strategy?: object
  readonly source?: object
  readonly data?: (here: StepRoom) => StrategyContext['data']
  readonly code: string
  readonly hint: string
}

const refused: readonly Refused[] = [
  {
    what: 'W3: a file was edited',
    spoil: (here) => writeFileSync(here.at('app/VERSION'), 'x'),
    code: 'E_LOCAL_CHANGES',
    hint: 'local_changes: stash',
  },
  {
    what: 'a file was staged',
    spoil: (here, { app }) => (here.plant({ 'app/x': '1' }), app.git('add', 'x')),
    code: 'E_LOCAL_CHANGES',
    hint: 'preserve',
  },
  {
    what: 'an untracked file is in the way',
    spoil: (here) => here.plant({ 'app/new/file.py': 'mine' }),
    code: 'E_LOCAL_CHANGES',
    hint: 'Move it elsewhere',
  },
  {
    what: 'W4: a commit was made there',
    spoil: (_, { app }) => app.commit('Mine', { mine: '1' }),
    code: 'E_LOCAL_CHANGES',
    hint: 'Push them',
  },
  {
    what: 'another branch is checked out',
    spoil: (_, { app }) => app.git('checkout', '--quiet', '-b', 'dev'),
    code: 'E_TARGET_FOREIGN',
    hint: 'source.ref',
    source: { ref: 'main' },
  },
  {
    what: 'a lock was left behind',
    spoil: (here) => writeFileSync(here.at('app/.git/index.lock'), ''),
    code: 'E_LOCKED',
    hint: 'fuser -v',
  },
  {
    what: 'a merge was begun',
    spoil: (here, { app }) => writeFileSync(here.at('app/.git/MERGE_HEAD'), `${app.head()}\n`),
    code: 'E_LOCAL_CHANGES',
    hint: 'status',
  },
  {
    what: 'only a part of it is checked out',
    spoil: (_, { app }) => app.git('config', 'core.sparseCheckout', 'true'),
    code: 'E_TARGET_FOREIGN',
    hint: 'sparse-checkout disable',
  },
  {
    what: 'C3: the database is in the repository',
    spoil: (_, { up }) => up.commit('Data', { 'data/app.db': 'rows of a developer' }),
    data: (here) => [{ type: 'sqlite', path: here.at('app/data/app.db') }],
    code: 'E_DATA_TRACKED',
    hint: 'Add data/app.db to preserve',
  },
  {
    what: 'C3: backups are in the repository',
    spoil: (_, { up }) => up.commit('Backups', { 'backups/latest.zip': 'old' }),
    data: (here) => [{ type: 'path', path: here.at('app/backups') }],
    code: 'E_DATA_TRACKED',
    hint: 'backups/**',
  },
  {
    what: 'slots are wanted where a checkout stands',
    spoil: () => {},
    strategy: { layout: 'slots' },
    code: 'E_TARGET_FOREIGN',
    hint: 'in-place',
  },
]

describe('before anything is touched', () => {
  test.each(refused)(
    'when $what, then it is refused with a way out',
    async ({ spoil, strategy, source, data, code, hint }) => {
      await using here = await stepRoom()
      const it = bench(here)
      spoil(here, it)
      const before = it.seen()
      const said = await (await it.open(strategy, source, data?.(here))).plan()
      expect(said).toMatchObject({ code, hint: expect.stringContaining(hint) })
      expect(it.seen()).toBe(before)
    },
  )

  test('C3: when the data is preserved, then it is not in the way', async () => {
    await using here = await stepRoom()
    const { open, up } = bench(here)
    up.commit('Data', { 'data.db': 'rows of a developer' })
    here.plant({ 'app/data.db': 'rows' })
    const opened = await open({ preserve: ['data.db'] }, {}, [{ type: 'sqlite', path: here.at('app/data.db') }])
    expect(await opened.plan()).toMatchObject({ stopped: [{ kind: 'git-checkout', preserve: ['data.db'] }] })
  })

  test('when prepare works beside, then the files that are preserved by name go along, and no folder', async () => {
    await using here = await stepRoom()
    const { open } = bench(here)
    here.plant({ 'app/.env': 'SECRET=1', 'app/uploads/large': 'x' })
    const opened = await open({ preserve: ['.env', 'uploads', 'uploads/**', 'none'], prepare: [['true']] })
    const tree = here.at('app/.git/belay/r-00000001/tree')
    expect(await opened.plan()).toMatchObject({
      before: [
        { kind: 'git-fetch' },
        { kind: 'git-worktree', path: tree },
        { kind: 'carry', patterns: ['.env'], to: tree },
      ],
      settle: [{ kind: 'rehome', tree, to: here.at('app') }],
      newTree: tree,
      migrateIn: here.at('app'),
    })
  })

  test('when the history was rewritten, then that is told, and the new one is taken without merging', async () => {
    await using here = await stepRoom()
    const { open, up, first } = bench(here)
    const opened = await open()
    await opened.releases()
    up.git('checkout', '--quiet', '--orphan', 'fresh')
    const other = up.commit('Anew', { VERSION: '9' })
    up.git('branch', '--force', 'main', other)
    up.git('checkout', '--quiet', 'main')
    expect(await opened.plan()).toMatchObject({
      warnings: [expect.stringContaining('rewritten')],
      stopped: [{ kind: 'git-checkout', from: first, to: other, branch: 'main' }],
    })
  })

  test('when HEAD is detached, it is shallow, or has large files, then it goes on and says so', async () => {
    await using here = await stepRoom()
    const { open, app, up, first } = bench(here)
    rmSync(app.dir, { recursive: true })
    up.git('branch', 'old', first)
    cloneOf(up, app.dir, '--depth=1', '--branch=old')
    app.git('checkout', '--quiet', '--detach')
    expect(await (await open({}, { ref: 'main' })).plan()).toMatchObject({
      warnings: [expect.stringContaining('detached')],
      stopped: [{ branch: null }],
    })
  })

  test('when git works in a folder of another user, then whom to be, or what to type, is said', async () => {
    await using here = await stepRoom()
    const { gitFailed } = await import('../../src/host/git/failures.ts')
    mkdirSync(here.at('x'))
    const { problem } = gitFailed('/srv/app', 128, "fatal: detected dubious ownership in repository at '/srv/app'\n")
    expect(problem).toMatchObject({
      code: 'E_PERMISSION',
      hint: expect.stringContaining('git config --global --add safe.directory /srv/app'),
    })
  })
})

describe('submodules', () => {
  test('when only the version that stands there has them, then the plan forward and the plan back look after them', async () => {
    await using here = await stepRoom()
    newRepository(here.at('lib')).commit('lib', { lib: '1' }, 1)
    const { open, up, app, first } = bench(here)
    up.git('submodule', '--quiet', 'add', here.at('lib'), 'lib')
    const third = up.commit('Third', { VERSION: '3' }, 3)
    app.git('pull', '--quiet')
    const opened = await open()
    expect(await opened.plan(first)).toMatchObject({ stopped: [{ kind: 'git-checkout', submodules: true }] })
    const record = { v: 1, at: '2026-01-01T00:00:00.000Z', from: first, to: third, branch: 'main', was: first }
    here.plant({ 'app/.git/belay/r-00000001/switch.json': JSON.stringify({ ...record, stash: null, exchanged: [] }) })
    const [kept] = (await opened.inspect()).kept
    expect(await opened.back(kept as KeptVersion)).toMatchObject({
      stopped: [{ kind: 'git-checkout', submodules: true }],
    })
  })
})

describe('slots', () => {
  const apply = async (here: StepRoom, phases: Awaited<ReturnType<Opened['plan']>>) => {
    if ('code' in phases) throw new Error(phases.message)
    const steps = [...phases.before, ...phases.stopped]
    for (const step of steps) await verbs(here, step).apply()
    return steps
  }

  test('when each version has a work tree of its own, then the link leads to it, and back, and undone nothing is left', async () => {
    await using here = await stepRoom()
    const { open, up, first } = bench(here)
    const opened = await open({ path: here.at('srv/app') })
    expect(await opened.inspect()).toMatchObject({ state: 'absent' })
    const steps = await apply(here, await opened.plan(first))
    expect(await opened.inspect()).toMatchObject({ state: 'slots', version: first.slice(0, 12), kept: [] })
    expect(readFileSync(here.at('srv/app/current/VERSION'), 'utf8')).toBe('1')
    const keeping = await open({ path: here.at('srv/app'), preserve: ['data.db'] })
    expect(await keeping.plan()).toMatchObject({ migrateIn: here.at(`srv/app/releases/${up.head().slice(0, 12)}`) })
    await apply(here, await opened.plan())
    expect(await opened.inspect()).toMatchObject({
      version: up.head().slice(0, 12),
      kept: [{ version: first.slice(0, 12), path: here.at(`srv/app/releases/${first.slice(0, 12)}`) }],
    })
    expect(readFileSync(here.at('srv/app/current/VERSION'), 'utf8')).toBe('2')
    const [kept] = (await opened.inspect()).kept
    if (kept === undefined) throw new Error('nothing is kept')
    await apply(here, await opened.back(kept))
    expect(readFileSync(here.at('srv/app/current/VERSION'), 'utf8')).toBe('1')
    for (const step of steps.toReversed()) await verbs(here, step).undo()
    expect(existsSync(here.at('srv/app/repo.git'))).toBe(false)
  })

  test('when the link is switched, and its tree taken away, while somebody looks, then the version is told that comes', async () => {
    await using here = await stepRoom()
    const { open, up, first } = bench(here)
    const opened = await open({ path: here.at('srv/app') })
    await apply(here, await opened.plan(first))
    const steps = await apply(here, await opened.plan())
    const link = here.at('srv/app/current')
    const newest = up.head().slice(0, 12)
    const undoneOnce = onceRead(link, async () => {
      for (const step of steps.toReversed()) await verbs(here, step).undo()
    })
    const found = await opened.inspect()
    expect(await undoneOnce()).toBe(`releases/${newest}`)
    expect(existsSync(here.at(`srv/app/releases/${newest}`))).toBe(false)
    expect(found).toMatchObject({ state: 'slots', version: first.slice(0, 12) })
  })
})
