/**
 * Records the golden journals: what real runs of this version write, finished and cut off in the middle. By hand, once
 * for each release, before it is tagged:
 *
 *   node_modules/.bin/node test/contracts/record-journals.ts
 *
 * It writes `test/fixtures/journals/<version>/<name>.json`, the entries of one run, and `schema.sql` beside them, the
 * tables that they lie in. A folder that is there already is refused: what a released version wrote never changes.
 * (While a version is not released yet, remove its folder and record anew.) Then say in `journals.golden.test.ts` what
 * each of them leads to.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { componentNameSchema } from '../../src/core/model/names.ts'
import type { Outcome } from '../../src/core/model/release.ts'
import type { StepKind } from '../../src/core/plan/step.ts'
import type { Entry, Recorded } from '../../src/core/run/entry.ts'
import { fold, type RunState } from '../../src/core/run/fold.ts'
import { allKinds } from '../../src/main/kinds.ts'
import { version } from '../../src/main/version.ts'
import { wire } from '../../src/main/wire.ts'
import type { Engine, RunReport } from '../../src/ports/engine.ts'
import type { Journal } from '../../src/ports/journal.ts'
import { parseConfigValue } from '../../src/protocol/config/parse.ts'
import { type Change, type Layout, publishReleases, World } from '../crash/support/world.ts'

const app = componentNameSchema.parse('app')
const folder = join(import.meta.dirname, '../fixtures/journals', version)

/** What was appended at once, and everything up to it: a crash right after leaves just this. */
interface Append {
  readonly entries: readonly Recorded[]
  readonly last: Entry
  readonly state: RunState
}

type Where = (append: Append) => boolean

interface Take {
  /** The file that the whole run goes to, and how it must end. */
  readonly name: string
  readonly ends: Outcome
  /** Files of the same run, cut off after the first append that fits. */
  readonly cuts?: Readonly<Record<string, Where>>
  /** Called after each append, as something that happens to the machine in the middle of the run. */
  readonly meanwhile?: (append: Append) => void | Promise<void>
  readonly start: (engine: Engine, world: World) => Promise<RunReport | undefined>
}

const kindOf = ({ last, state }: Append): StepKind | null =>
  'step' in last ? (state.steps[last.step]?.kind ?? null) : null

/** The nth intent of a step of this kind, counted from 0. */
function intent(kind: StepKind, nth = 0): Where {
  let left = nth
  return (append) => append.last.t === 'intent' && kindOf(append) === kind && left-- === 0
}
const undone =
  (kind: StepKind): Where =>
  (append) =>
    append.last.t === 'undone' && kindOf(append) === kind
const opened: Where = ({ last }) => last.t === 'opened'
const cleanup: Where = ({ last, state }) => last.t === 'intent' && last.step === state.plan.commitAfter + 1
const wayBackChecked: Where = ({ last, state }) => last.t === 'intent' && last.step >= state.plan.steps.length

async function record(world: World, { name, ends, cuts = {}, meanwhile, start }: Take): Promise<void> {
  const appends: Append[] = []
  let all: readonly Recorded[] = []
  const tapped = (journal: Journal): Journal => ({
    ...journal,
    async append(run, ...entries) {
      const recorded = await journal.append(run, ...entries)
      all = all.length > 0 ? [...all, ...recorded] : await journal.read(run)
      const last = all.at(-1)?.entry
      if (last === undefined) throw new Error('something was appended')
      const append = { entries: all, last, state: fold(all) }
      appends.push(append)
      await meanwhile?.(append)
      return recorded
    },
  })
  const config: unknown = JSON.parse(await readFile(world.configFile, 'utf8'))
  const settings = parseConfigValue(config, world.dir, await allKinds())
  const engine = await wire({ settings, stateDir: world.state, env: process.env, wrapJournal: tapped })
  try {
    const report = await start(engine, world)
    if (report?.outcome !== ends)
      throw new Error(`${name} ended ${report?.outcome}: ${JSON.stringify(report?.problem)}`)
  } finally {
    engine.close()
  }
  await keep(world, name, all)
  for (const [cut, where] of Object.entries(cuts)) {
    const append = appends.find(where)
    if (append === undefined) throw new Error(`${name} never came to ${cut}`)
    await keep(world, cut, append.entries)
  }
}

/** One entry a line, and nothing of this machine in it. */
async function keep(world: World, name: string, entries: readonly Recorded[]): Promise<void> {
  const lines = entries.map((entry) => JSON.stringify({ ...entry, boot: '00000000-0000-4000-8000-000000000001' }))
  const text = `[\n${lines.join(',\n')}\n]\n`
    .replaceAll(world.dir, '/srv')
    .replaceAll(process.execPath, '/usr/bin/node')
    .replaceAll(`127.0.0.1:${world.port}`, '127.0.0.1:5000')
    .replaceAll(`"APP_PORT":"${world.port}"`, '"APP_PORT":"5000"')
    .replaceAll(releases.url, 'http://127.0.0.1:8000')
  await writeFile(join(folder, `${name}.json`), text)
}

async function keepSchema(world: World): Promise<void> {
  const database = new DatabaseSync(join(world.state, 'journal.db'), { readOnly: true })
  const made = database.prepare('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid').all()
  const { user_version: schema } = database.prepare('PRAGMA user_version').get() ?? {}
  database.close()
  const text = [...made.map(({ sql }) => `${String(sql)};`), `PRAGMA user_version = ${String(schema)};`]
  await writeFile(join(folder, 'schema.sql'), `${text.join('\n')}\n`)
}

async function inWorld(layout: Layout, change: Change, use: (world: World) => Promise<void>): Promise<void> {
  const world = await World.create(layout, releases.url, { change })
  try {
    await use(world)
  } finally {
    await world.remove()
  }
}

const update = (to: string) => (engine: Engine) => engine.update(app, { to })

/** Slots whose releases all read the same data, with a soak. */
const plain: Change = (config) => {
  const component = config.components.app
  const strategy = { ...component.strategy, migrate: [] }
  return { ...config, components: { app: { ...component, strategy, policy: { soak: '1s' } } } }
}

async function recordSlots(world: World): Promise<void> {
  await record(world, {
    name: 'install-committed',
    ends: 'committed',
    cuts: { 'install-cut-in-start': intent('start') },
    start: update('1.0.0'),
  })
  const abort = new AbortController()
  await record(world, {
    name: 'update-cancelled',
    ends: 'failed',
    meanwhile: ({ last, state }) => {
      if (last.t === 'intent' && state.steps[last.step]?.kind === 'prepare') abort.abort()
    },
    start: (engine) => engine.update(app, { to: '1.0.1', signal: abort.signal }),
  })
  await record(world, {
    name: 'update-slots-committed',
    ends: 'committed',
    cuts: {
      'update-slots-cut-opened': opened,
      'update-slots-cut-in-unpack': intent('unpack'),
      'update-slots-cut-in-prepare': intent('prepare'),
      'update-slots-cut-in-stop': intent('stop'),
      'update-slots-cut-in-switch': intent('link'),
      'update-slots-cut-after-switch': intent('start'),
      'update-slots-cut-in-soak': intent('soak'),
      'update-slots-cut-after-commit': cleanup,
    },
    start: update('1.0.1'),
  })
  await record(world, {
    name: 'rollback-committed',
    ends: 'committed',
    cuts: { 'rollback-cut-in-switch': intent('link') },
    start: (engine) => engine.rollback(app, {}),
  })
}

async function recordInPlace(world: World): Promise<void> {
  await world.run('update 1.0.0')
  await world.editPreserved('edited')
  await record(world, {
    name: 'update-in-place-committed',
    ends: 'committed',
    cuts: {
      'update-in-place-cut-in-last-backup': intent('backup', 1),
      'update-in-place-cut-in-migrate': intent('migrate'),
      'update-in-place-cut-in-first-rename': intent('rename', 0),
      'update-in-place-cut-between-renames': intent('rename', 1),
      'update-in-place-cut-after-switch': intent('start'),
      'update-in-place-cut-after-commit': cleanup,
    },
    start: update('1.1.0'),
  })
  await record(world, {
    name: 'update-rolled-back',
    ends: 'rolled-back',
    cuts: {
      'update-cut-in-undo': undone('start'),
      'update-cut-between-undone-renames': undone('rename'),
      'update-cut-in-check-of-way-back': wayBackChecked,
    },
    start: update('1.2.0-broken'),
  })
  await record(world, {
    name: 'rollback-data-committed',
    ends: 'committed',
    cuts: { 'rollback-data-cut-in-restore': intent('restore') },
    start: (engine) => engine.rollback(app, { data: 'restore' }),
  })
  await record(world, {
    name: 'restore-committed',
    ends: 'committed',
    cuts: { 'restore-cut-in-restore': intent('restore') },
    async start(engine) {
      const backup = (await engine.backups([app])).find(({ version }) => version === '1.0.0')
      return engine.restoreBackup(app, backup?.id ?? '')
    },
  })
}

/** The data is spoiled while the run goes back: the old version does not pass its checks, and a person has to mend it. */
async function recordStuck(world: World): Promise<void> {
  const data = join(world.dir, 'data.json')
  const good = await readFile(data, 'utf8')
  await world.run('update 1.0.0')
  await record(world, {
    name: 'update-stuck',
    ends: 'stuck',
    meanwhile: (append) =>
      undone('stop')(append) ? writeFile(data, JSON.stringify({ schema: 99, rows: [] })) : undefined,
    start: update('1.2.0-broken'),
  })
  await writeFile(data, good)
  await record(world, {
    name: 'update-stuck-and-resumed',
    ends: 'rolled-back',
    start: async (engine) => (await engine.resume({ boot: false })).runs[0],
  })
}

async function recordAdoption(world: World): Promise<void> {
  await world.run('update 1.0.0')
  await world.configure(releases.url, (config) => {
    const component = config.components.app
    return { ...config, components: { app: { ...component, strategy: { ...component.strategy, layout: 'slots' } } } }
  })
  await record(world, {
    name: 'adopt-committed',
    ends: 'committed',
    cuts: { 'adopt-cut-between-renames': intent('rename', 1), 'adopt-cut-in-link': intent('link') },
    start: (engine) => engine.adopt(app, {}),
  })
  await record(world, {
    name: 'forget-committed',
    ends: 'committed',
    cuts: { 'forget-cut-in-rename': intent('rename') },
    start: (engine) => engine.forget(app, {}),
  })
}

await mkdir(join(folder, '..'), { recursive: true })
await mkdir(folder)
const releases = await publishReleases()
try {
  await inWorld('slots', plain, async (world) => {
    await recordSlots(world)
    await keepSchema(world)
  })
  await inWorld('in-place', (config) => config, recordInPlace)
  await inWorld('slots', (config) => config, recordStuck)
  await inWorld('in-place', (config) => config, recordAdoption)
} finally {
  await releases.close()
}
