import { expect, test } from 'vitest'
import { belay } from '../../test/fakes/belay.ts'
import {
  checkReport,
  historyItem,
  runReport,
  type Script,
  scriptedEngine,
  statusReport,
} from '../../test/fakes/engine.ts'
import { componentName, runId } from '../../test/fakes/plan.ts'
import { fakeTerminal, portsWith } from '../../test/fakes/terminal.ts'
import { fail } from '../core/model/problem.ts'
import type { CliPorts } from './ports.ts'
import { runCli } from './program.ts'

test('when help is asked for then it starts with three examples and fits a screen', async () => {
  const { code, out } = await belay('--help')
  const lines = out.trimEnd().split('\n')
  expect(code).toBe(0)
  expect(lines[0]).toBe('Examples:')
  expect(lines.slice(1, 4).every((line) => line.startsWith('  belay '))).toBe(true)
  expect(lines.length).toBeLessThanOrEqual(40)
})

test('when help is read then it names the commands that exist and no others', async () => {
  const { out } = await belay('--help')
  const commands = out
    .slice(out.indexOf('Commands:'))
    .split('\n')
    .flatMap((line) => /^ {2}([a-z]+) {2,}/.exec(line)?.[1] ?? [])
  expect(commands.toSorted()).toEqual([
    'adopt',
    'agent',
    'backups',
    'check',
    'detect',
    'doctor',
    'forget',
    'history',
    'init',
    'notifications',
    'plan',
    'release',
    'reload',
    'resume',
    'rollback',
    'service',
    'show',
    'status',
    'token',
    'update',
    'user',
    'validate',
  ])
})

test('when the version is asked for then it is printed alone', async () => {
  expect(await belay('--version')).toMatchObject({ code: 0, out: '0.1.0\n', err: '' })
})

test.each([
  ['updat core', "belay: unknown command 'updat'. Did you mean update?"],
  ['check --forc', "belay: unknown option '--forc'. Did you mean --force?"],
  ['token lst', "belay: unknown command 'token lst'. Did you mean list?"],
  ['backups restor core', "belay: unknown command 'backups restor'. Did you mean restore?"],
  ['token list ci', "belay: too many arguments for 'list'. Expected 0 arguments but got 1: ci."],
  ['show', "belay: missing required argument 'RUN'."],
  [
    '--log-level loud status',
    "belay: option '--log-level <LEVEL>' argument 'loud' is invalid. Allowed choices are debug, info, warn, error.",
  ],
  ['history --limit 0', "belay: option '--limit <COUNT>' argument '0' is invalid. Give a number from 1 on."],
  ['update', 'belay: update was not told what to update.'],
  ['update core --all', 'belay: --all and names exclude each other.'],
  ['update --all --to 1.0.0', 'belay: --to is for one component.'],
  ['rollback core --keep-data --restore-data', 'belay: --restore-data and --keep-data exclude each other.'],
  ['status --watch --json', null],
])('when %s is typed then it is wrong usage, said once on standard error', async (words, first) => {
  const { code, out, err } = await belay(words)
  expect(code).toBe(2)
  if (first === null) return
  expect(err.split('\n')[0]).toBe(first)
  expect(out).toBe('')
})

test('when no command is given then the help is shown and the code is that of wrong usage', async () => {
  const { code, out, err } = await belay('')
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain('Examples:')
})

test('when usage is wrong and JSON was asked for then the error is the one document', async () => {
  const { code, out, err } = await belay('--json update')
  expect({ code, err }).toEqual({ code: 2, err: '' })
  expect(JSON.parse(out)).toEqual({
    error: {
      code: 'E_USAGE',
      message: 'update was not told what to update.',
      hint: 'Name components, or all of them: belay update --all',
    },
  })
})

test('when the engine cannot be opened then the problem and its code come out, in both forms', async () => {
  const ports = {
    open: () =>
      Promise.reject(fail('E_CONFIG_INVALID', 'belay.yaml:14:9 layot: unknown key', { hint: 'Did you mean layout?' })),
  }
  const plain = await belay('status', { ports })
  expect(plain).toMatchObject({
    code: 2,
    out: '',
    err: 'belay: belay.yaml:14:9 layot: unknown key\n  Did you mean layout?\n',
  })
  const json = await belay('status --json', { ports })
  expect(JSON.parse(json.out)).toEqual({
    error: { code: 'E_CONFIG_INVALID', message: 'belay.yaml:14:9 layot: unknown key', hint: 'Did you mean layout?' },
  })
})

test('when a component is locked then nothing was changed and the code is 1', async () => {
  const update = () => Promise.reject(fail('E_LOCKED', 'core is in use', { hint: 'Wait.' }))
  expect((await belay('update core', { script: { update } })).code).toBe(1)
})

test('when a rollback needs a choice about data then the code is 2 and the hint names both', async () => {
  const rollback = () =>
    Promise.reject(fail('E_DATA_CHOICE', 'a migration lies between', { hint: 'Say --restore-data or --keep-data.' }))
  const { code, err } = await belay('rollback core', { script: { rollback } })
  expect(code).toBe(2)
  expect(err).toContain('--restore-data or --keep-data')
})

test('when global options are given before or after the command then the opener gets them', async () => {
  const seen: unknown[] = []
  const engine = scriptedEngine({ statuses: [statusReport()] })
  const open: CliPorts['open'] = async (options) => (seen.push(options), engine)
  await belay('-c a.yaml --state /s --log-level debug status', { ports: { open } })
  await belay('status -c a.yaml --state /s --log-level debug', { ports: { open } })
  const expected = { config: 'a.yaml', state: '/s', logLevel: 'debug' }
  expect(seen).toEqual([expect.objectContaining(expected), expect.objectContaining(expected)])
  expect(engine.closed()).toBe(true)
})

const update = checkReport({ update_available: true, latest: '1.1.0', relation: 'older' })
const broken = checkReport({ error: { code: 'E_NETWORK', message: 'no', hint: null } })

test.each([
  ['check core --json', { core: update }, 0],
  ['check core --json --exit-code', { core: update }, 10],
  ['check --json --exit-code', { core: update, remote: broken }, 1],
  ['check --json', { core: broken }, 1],
])('when %s is run then its document is that of the contract', async (words, checks, code) => {
  const result = await belay(words, { script: { names: Object.keys(checks), checks } })
  expect(result.code).toBe(code)
  expect(JSON.parse(result.out)).toEqual({ components: checks })
})

const open = historyItem({ outcome: 'unfinished', closed: null, phase: 'applying' })
const unfinished = statusReport({ unfinished: { run: runId('r-7f3c12ab'), phase: 'applying' } })

test.each(['check', 'plan core', 'history', 'backups', 'backups list core'])(
  'when a run is unfinished then %s says so and resumes nothing',
  async (words) => {
    const script: Script = { checks: { core: checkReport() }, history: [open], statuses: [unfinished] }
    const { code, err } = await belay(words, { script })
    expect(code).toBe(0)
    expect(err).toBe('core: unfinished run r-7f3c12ab (applying), run belay resume\n')
  },
)

test.each([
  ['status', { components: [statusReport()] }],
  ['history', { runs: [historyItem()] }],
  ['backups', { backups: [] }],
  ['backups create core', { backups: [] }],
  ['backups prune', { pruned: [] }],
])('when %s is asked by a program then its document is whole', async (words, document) => {
  const { code, out } = await belay(`${words} --json`, {
    script: { statuses: [statusReport()], history: [historyItem()] },
  })
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual(document)
})

test.each([
  [[], 0, 'Nothing was unfinished.\n'],
  [[runReport()], 0, 'core is at 1.1.0 and verified, down 1.4 s.\n  way back belay rollback core\n'],
  [[runReport({ outcome: 'rolled-back' })], 3, null],
  [[runReport({ outcome: 'stuck' })], 4, null],
])('when a resume finds %# then its code and words follow', async (runs, code, text) => {
  const result = await belay('resume', { script: { resume: async () => ({ runs, deferred: false }) } })
  expect(result.code).toBe(code)
  if (text !== null) expect(result.out).toBe(text)
})

test('when the host boots then resume is told so and what is left is named', async () => {
  let asked = false
  const resume: Script['resume'] = async ({ boot }) => {
    asked = boot
    return { runs: [], deferred: true }
  }
  const { code, out } = await belay('resume --boot', { script: { resume } })
  expect({ code, asked }).toEqual({ code: 0, asked: true })
  expect(out).toBe('The rest needs services running. It follows when they do: belay resume\n')
})

test('when the config is valid then validate counts, and when not it lists every error on a line of its own', async () => {
  const components = new Map([[componentName('core'), {}]])
  const loadSettings = async () => ({ file: 'belay.yaml', components }) as never
  expect(await belay('validate', { ports: { loadSettings } })).toMatchObject({
    code: 0,
    out: 'belay.yaml is valid: 1 component.\n',
  })
  const errors = ['belay.yaml:2:1 a: unknown key', 'belay.yaml:3:1 b: unknown key']
  const wrong = () => Promise.reject(fail('E_CONFIG_INVALID', errors.join('\n'), { facts: { errors } }))
  expect(await belay('validate', { ports: { loadSettings: wrong } })).toMatchObject({
    code: 2,
    out: '',
    err: `${errors.join('\n')}\n`,
  })
  const json = await belay('validate --json', { ports: { loadSettings: wrong } })
  expect(JSON.parse(json.out)).toMatchObject({ valid: false, errors, error: { code: 'E_CONFIG_INVALID' } })
})

test('when a status is watched on a terminal then the picture is drawn over itself until Ctrl-C', async () => {
  const screen = fakeTerminal({ columns: 80 })
  let asked = 0
  const base = scriptedEngine({ statuses: [statusReport()] })
  const engine = {
    ...base,
    status: async (names: Parameters<typeof base.status>[0]) => {
      asked += 1
      if (asked === 3) screen.interrupt()
      return base.status(names)
    },
  }
  const { watchStatus } = await import('./watch-status.ts')
  const { contextOf } = await import('./context.ts')
  const context = contextOf(screen.io, portsWith(engine), {
    config: null,
    state: null,
    logLevel: null,
    json: false,
    color: false,
  })
  expect(await watchStatus(context, engine, engine.components(), { detailed: false, everyMs: 1 })).toBe(0)
  expect(screen.out().split('\u001b[3A\u001b[J')).toHaveLength(3)
  expect(screen.out()).toContain('Ctrl-C ends it')
})

test('when releases are served then the address is told and Ctrl-C ends it', async () => {
  const screen = fakeTerminal()
  const seen: unknown[] = []
  const serveReleases: CliPorts['serveReleases'] = async ({ signal, ...rest }) => {
    seen.push(rest)
    queueMicrotask(() => screen.interrupt())
    return { url: 'http://127.0.0.1:9000', close: async () => void seen.push(signal.aborted) }
  }
  const code = await runCli(
    ['release', 'serve', 'out', '--port', '9000'],
    screen.io,
    portsWith(null, { serveReleases }),
  )
  expect(code).toBe(0)
  expect(seen).toEqual([{ dir: '/site/out', host: '127.0.0.1', port: 9000 }, true])
  expect(screen.out()).toContain('at http://127.0.0.1:9000')
  expect(screen.out()).toContain('source: { type: http, url: "http://127.0.0.1:9000/feed.json" }')
})
