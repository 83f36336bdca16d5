import { createHash } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type StepRoom, stepRoom, verbs } from '../../test/fakes/steps.ts'
import { check } from '../../test/fakes/plan.ts'
import { digestSchema } from '../core/model/names.ts'
import type { BackupRef, CheckStep, FetchChange, Step, StepKind, StepOf } from '../core/plan/step.ts'
import { makeTar } from '../host/archive/testing.ts'
import { blobId } from '../host/git-objects/blob-id.ts'
import { testServer } from '../host/http/testing.ts'
import { planned } from '../host/file-set/testing.ts'
import { look } from '../host/tree/testing.ts'

type Fields<K extends StepKind> = Omit<StepOf<K>, 'kind' | 'phase' | 'detail'>

/** What the contract of handlers is tried on, for each kind. `srv/` is what a step changes. */
interface Scenario<K extends StepKind> {
  readonly prepare?: (here: StepRoom) => Promise<unknown>
  /** What it is applied to, without kind, phase and words. */
  readonly step: (here: StepRoom) => Fields<K>
  /** What `observe` says before and after `apply`: what a question alone cannot tell is always absent. */
  readonly observed: readonly ['absent' | 'present', 'absent' | 'present']
  /** `nothing`: what it did lies in what another step takes away, or is not to be undone. */
  readonly undoes: 'all' | 'nothing'
  /** Where it is not the tree that changes. */
  readonly seen?: (here: StepRoom) => Promise<unknown>
}

const bytes = Buffer.from('the release')
const digest = digestSchema.parse(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)

function dataOf(here: StepRoom): BackupRef {
  return { component: 'app', data: { type: 'path', path: here.at('srv/data') }, dir: here.at('backups/app/one') }
}

async function backUp(here: StepRoom, id = 'one'): Promise<void> {
  here.plant({ 'srv/data/rows': 'first' })
  const ref = { ...dataOf(here), dir: here.at(`backups/app/${id}`) }
  const backup = await here.adapters.backup(ref.data)
  await backup.create({ ref, version: '1.0.0', run: `r-0000000${id.length}`, signal: here.context.signal })
}

const isRunning = async (here: StepRoom) => (await (await here.adapters.service(here.service())).inspect()).running

const serviceFields = (here: StepRoom) => ({ service: here.service(), wasRunning: true })

const noService = () => ({ service: { component: 'app', spec: { type: 'none' }, cwd: '/', user: null } })

const commandFields = (here: StepRoom, restore: Fields<'migrate'>['restore']) => ({
  argv: [process.execPath, '-e', 'require("node:fs").writeFileSync("data/rows", "second")'] as const,
  cwd: here.at('srv'),
  user: null,
  timeoutMs: 10_000,
  restore,
})

/** Their subject is an engine of containers: `test/contracts/image-steps.test.ts` tries them on a real one. */
type ImageKind = 'pull' | 'tag' | 'prune-images'

/** Theirs is a repository: `test/contracts/git-steps.test.ts`. */
type GitKind = 'git-fetch' | 'git-worktree' | 'git-checkout'

const scenarios: { readonly [K in Exclude<StepKind, ImageKind | GitKind>]: Scenario<K> } = {
  check: {
    step: () => ({ ...(check('before', 'x') as CheckStep), check: { type: 'memory', minimum_mb: 1 }, service: null }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  download: {
    step: (here) => ({
      digest,
      statedBy: 'api',
      bytesMax: 1000,
      source: { type: 'http', url: here.at('') },
      artifact: { name: 'a.tar.gz', url: '', bytes: bytes.length, digest },
      to: here.at('srv/run/artifact'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  unpack: {
    prepare: async (here) => {
      here.plant({ 'srv/app/': '' })
      writeFileSync(here.at('a.tar'), await makeTar([{ name: 'VERSION', content: '2' }]))
    },
    step: (here) => ({
      archiveName: 'a.tar',
      user: null,
      archive: here.at('a.tar'),
      to: here.at('srv/app/2'),
      building: here.at('srv/app/.building'),
      failed: here.at('failed/2'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  carry: {
    prepare: async (here) => here.plant({ 'old/config/mine': 'edited', 'old/bin': 'x', 'srv/config/mine': 'shipped' }),
    step: (here) => ({ from: here.at('old'), to: here.at('srv'), patterns: ['config/**'] }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  prepare: {
    prepare: async (here) => here.plant({ 'srv/data/rows': 'first' }),
    step: (here) => commandFields(here, []),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  migrate: {
    prepare: async (here) => backUp(here),
    step: (here) => commandFields(here, [{ backup: dataOf(here), aside: here.at('backups/app/aside') }]),
    observed: ['absent', 'absent'],
    undoes: 'all',
  },
  backup: {
    prepare: async (here) => here.plant({ 'srv/data/rows': 'first' }),
    step: (here) => ({
      version: '1',
      copies: [here.at('usb')],
      backup: dataOf(here),
    }),
    observed: ['absent', 'present'],
    undoes: 'nothing',
    seen: async (here) => look(here.dir),
  },
  restore: {
    prepare: async (here) => {
      await backUp(here)
      writeFileSync(here.at('srv/data/rows'), 'written since')
    },
    step: (here) => ({
      restore: { backup: dataOf(here), aside: here.at('backups/app/aside') },
    }),
    observed: ['absent', 'absent'],
    undoes: 'all',
  },
  rehome: {
    prepare: async (here) =>
      here.plant({ 'srv/new/e/pyvenv.cfg': '', 'srv/new/e/bin/pip': `#!${here.at('srv/new')}/e` }),
    step: (here) => ({ tree: here.at('srv/new'), to: here.at('srv/app') }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  'keep-folder': {
    prepare: async (here) => here.plant({ 'srv/app/.venv/lib/one': '1' }),
    step: (here) => ({ path: here.at('srv/app/.venv'), kept: here.at('srv/app/.venv~r-1') }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'bring-back': {
    prepare: async (here) => here.plant({ 'srv/app/.venv/lib/two': '2' }),
    step: (here) => ({ path: here.at('srv/app/.venv'), kept: here.at('srv/app/.venv~r-1') }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  sync: {
    prepare: async (here) => here.plant({ 'srv/tree/file': 'x' }),
    step: (here) => ({ path: here.at('srv/tree') }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  stop: {
    prepare: async (here) => (await here.adapters.service(here.service())).start(here.context.signal),
    step: serviceFields,
    observed: ['absent', 'present'],
    undoes: 'all',
    seen: isRunning,
  },
  start: { step: serviceFields, observed: ['absent', 'present'], undoes: 'all', seen: isRunning },
  // Nothing forward: that they are there is always so, and only their undo acts.
  revive: {
    prepare: async (here) => (await here.adapters.service(here.service())).start(here.context.signal),
    step: serviceFields,
    observed: ['present', 'present'],
    undoes: 'nothing',
    seen: isRunning,
  },
  protect: {
    prepare: async (here) => backUp(here),
    step: (here) => ({ restore: [{ backup: dataOf(here), aside: here.at('backups/app/aside') }] }),
    observed: ['present', 'present'],
    undoes: 'nothing',
  },
  link: {
    prepare: async (here) => here.plant({ 'srv/current': '-> releases/1' }),
    step: (here) => ({
      to: 'releases/2',
      from: 'releases/1',
      link: here.at('srv/current'),
      temporary: here.at('srv/.current~r'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  rename: {
    prepare: async (here) => here.plant({ 'srv/app/VERSION': '1' }),
    step: (here) => ({
      from: here.at('srv/app'),
      to: here.at('srv/.app.belay/1'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
    // The folder that the tree went to stays.
    seen: async (here) => Object.keys(look(here.at('srv'))).filter((name) => name.endsWith('VERSION')),
  },
  write: {
    prepare: async (here) => here.plant({ 'srv/unit.conf': 'before' }),
    step: (here) => ({
      content: 'after',
      previous: 'before',
      mode: 0o644,
      path: here.at('srv/unit.conf'),
      temporary: here.at('srv/.belay~r'),
      reload: here.service(),
    }),
    observed: ['absent', 'absent'],
    undoes: 'all',
  },
  edit: {
    prepare: async (here) => here.plant({ 'srv/app/compose.yml': 'services:\n  web: {image: "web:1"} # pinned\n' }),
    step: (here) => ({
      path: here.at('srv/app/compose.yml'),
      place: { kind: 'yaml', service: 'web' },
      from: '"web:1"',
      to: '"web:2"',
      temporary: here.at('srv/app/.compose.yml~r'),
      saved: here.at('run/compose.yml'),
      inPlace: false,
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  mkdir: {
    step: (here) => ({
      paths: [here.at('srv/app'), here.at('srv/app/releases')],
    }),
    observed: ['absent', 'absent'],
    undoes: 'all',
  },
  guard: { step: noService, observed: ['absent', 'absent'], undoes: 'nothing' },
  unguard: { step: noService, observed: ['absent', 'absent'], undoes: 'nothing' },
  soak: {
    step: () => ({ ms: 1000 }),
    observed: ['present', 'present'],
    undoes: 'nothing',
  },
  remove: {
    prepare: async (here) => here.plant({ 'srv/old/file': 'x' }),
    step: (here) => ({ path: here.at('srv/old') }),
    observed: ['absent', 'present'],
    undoes: 'nothing',
  },
  files: {
    prepare: async (here) => {
      here.plant({ 'srv/VERSION': '1', 'srv/gone': 'x', 'srv/installed.json': 'one', 'set/record.json': 'two' })
      chmodSync(here.at('srv/installed.json'), 0o600)
      const wishes = { VERSION: '2', gone: null, 'new/deep': 'y' }
      await planned(here.dir, wishes, { root: here.at('srv'), set: here.at('set') })
    },
    step: (here) => ({
      root: here.at('srv'),
      set: here.at('set'),
      saved: here.at('saved/20261121_080000~r-00000001'),
      versions: { from: '1', to: '2' },
      owner: null,
      helper: null,
      optional: [],
      edited: 'refuse',
      record: here.at('srv/installed.json'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'tree-diff': {
    prepare: async (here) =>
      here.plant({ 'app/VERSION': '1', 'app/data/mine': 'x', 'new/VERSION': '2', 'new/data/mine': 'y' }),
    step: (here) => ({
      from: here.at('new'),
      root: here.at('app'),
      set: here.at('srv/set'),
      protect: ['.git'],
      keep: ['data/**'],
      helper: false,
      optional: [],
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'fetch-files': {
    prepare: async (here) => here.plant({ 'app/VERSION': '1', 'app/gone': 'x' }),
    step: (here) => ({
      source: { type: 'http', url: 'http://127.0.0.1:1' },
      commit: '1'.repeat(40),
      root: here.at('app'),
      set: here.at('srv/run/set'),
      archive: null,
      changes: [
        {
          path: 'VERSION',
          from: { sha256: createHash('sha256').update('1').digest('hex') },
          to: {
            mode: '100644',
            blob: blobId(bytes, 'sha1'),
            file: { name: 'VERSION', url: '', bytes: null, digest: null },
          },
          crlf: false,
        },
      ],
      attributes: [],
      record: { path: here.at('installed.json'), base: null, files: [] },
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'gather-files': {
    prepare: async (here) => here.plant({ 'kept/files/VERSION': 'the release', 'kept/record.json': '{}' }),
    step: (here) => ({
      root: here.at('app'),
      set: here.at('srv/run/set'),
      changes: [
        {
          change: {
            path: 'VERSION',
            from: null,
            to: { kind: 'file', sha256: digest.slice('sha256:'.length), bytes: bytes.length, mode: 0o644 },
          },
          content: here.at('kept/files/VERSION'),
        },
      ],
      record: here.at('kept/record.json'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'copy-backup': {
    prepare: (here) => backUp(here),
    step: (here) => ({ backup: dataOf(here), copies: [here.at('usb')] }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
    seen: async (here) => look(here.dir),
  },
  'prune-backups': {
    prepare: async (here) => {
      await backUp(here, 'one')
      await backUp(here, 'three')
    },
    step: (here) => ({
      component: 'app',
      keep: 1,
      places: [here.at('backups'), here.at('not/there')],
    }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
    seen: async (here) => Object.keys(look(here.at('backups'))).filter((name) => name.endsWith('backup.json')).length,
  },
}

/** The room with its scenario set up, and the step, whose download points at a server that gives the bytes. */
async function staged(kind: keyof typeof scenarios) {
  const scenario = scenarios[kind] as Scenario<StepKind>
  const here = await stepRoom()
  here.plant({ 'srv/': '' })
  await scenario.prepare?.(here)
  const server = await testServer((_request, response) => response.end(bytes))
  const step = { ...scenario.step(here), kind, phase: 'before', detail: 'x' } as Step
  const served =
    step.kind === 'download'
      ? { ...step, source: { type: 'http', url: server.url }, artifact: { ...step.artifact, url: `${server.url}/a` } }
      : step.kind === 'fetch-files'
        ? {
            ...step,
            source: { type: 'http', url: server.url },
            changes: step.changes.map((one) => fetchedFrom(one, server.url)),
          }
        : step
  return {
    ...verbs(here, served),
    seen: () => scenario.seen?.(here) ?? Promise.resolve(look(here.at('srv'))),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await here[Symbol.asyncDispose]()
    },
  }
}

function fetchedFrom(change: FetchChange, url: string): FetchChange {
  return { ...change, to: change.to === null ? null : { ...change.to, file: { ...change.to.file, url: `${url}/a` } } }
}

describe.each(Object.entries(scenarios) as [keyof typeof scenarios, Scenario<StepKind>][])(
  '%s',
  (kind, { observed, undoes }) => {
    test('when it is applied again after a crash, then it ends as if applied once, and observe says so', async () => {
      await using it = await staged(kind)
      expect(await it.observe()).toBe(observed[0])
      await it.apply()
      const once = await it.seen()
      expect(await it.observe()).toBe(observed[1])
      await it.apply()
      expect(await it.seen()).toEqual(once)
    })

    test('when it is undone without ever having been applied, then nothing changes', async () => {
      await using it = await staged(kind)
      const before = await it.seen()
      await it.undo()
      expect(await it.seen()).toEqual(before)
    })

    test('when it is undone, once and twice, then what it did is gone', async () => {
      await using it = await staged(kind)
      const before = await it.seen()
      await it.apply()
      const applied = await it.seen()
      await it.undo()
      expect(await it.seen()).toEqual(undoes === 'all' ? before : applied)
      await it.undo()
      expect(await it.seen()).toEqual(undoes === 'all' ? before : applied)
    })
  },
)
