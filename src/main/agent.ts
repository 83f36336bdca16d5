import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { runAgent } from '../agent/agent.ts'
import type { Loaded } from '../agent/ports.ts'
import { fail, type Problem, problemOf } from '../core/model/problem.ts'
import { systemClock } from '../host/clock.ts'
import type { LogLine } from '../host/log/log-file.ts'
import type { ReadConfig } from '../host/config/read-config.ts'
import { processInfo } from '../host/process/find.ts'
import { idleMemory } from './idle-memory.ts'
import { openNotify } from './notify.ts'
import type { AgentEnd, AgentNote, AgentNotes, Reloaded, Say } from '../ports/agent.ts'
import type { Engine } from '../ports/engine.ts'
import { type LogLevel, logRanks, type Settings } from '../protocol/settings.ts'
import { hasDied } from '../services/process/died.ts'
import { fileAgentNotes } from '../storage/agent-note.ts'
import { fileLastChecks } from '../storage/last-checks.ts'
import { fileLocks } from '../storage/locks.ts'
import { isOnTrial } from './on-trial.ts'
import { prepareStateDir } from '../storage/state-dir.ts'

/** One reading of the config, whole. */
export interface Opening {
  /** The config alone. */
  readonly read: ReadConfig
  readonly settings: Settings
  readonly stateDir: string
  /** Writes to the log file. */
  readonly log: (line: LogLine) => void
  readonly engine: () => Promise<Engine>
}

/**
 * The agent of a state folder. E_LOCKED: another one holds it, and the hint says who. The lock ends with its process,
 * also when that is killed.
 */
export async function agent(read: () => Promise<Opening>, say: Say, logLevel: LogLevel | null): Promise<AgentEnd> {
  const first = await read()
  const { stateDir } = first
  let [{ level }, log] = [first.settings.agent.log, first.log]
  prepareStateDir(stateDir)
  const clock = systemClock()
  const lock = await fileLocks(stateDir, clock).acquire(['agent'], 'belay agent').catch(refused)
  const notes = fileAgentNotes(stateDir)
  const rest = idleMemory()
  const opened = await loaded(first, rest)
  let { settings } = opened
  const tell: Say = (line) => {
    if (logRanks[line.level] < logRanks[logLevel ?? level]) return
    say(line)
    // Of its runs the engine writes by itself, whoever drives it.
    if (line.run === null) log({ ...line })
  }
  const notify = openNotify({ stateDir, clock, env: process.env, settings: () => settings, say: tell })
  notify.onWake(rest)
  try {
    return await runAgent(
      {
        load: async () => {
          const next = stayingIn(stateDir, await read())
          level = next.settings.agent.log.level
          log = next.log
          settings = next.settings
          return loaded(next, rest)
        },
        noted: noting(notes, first.settings.file),
        clock,
        share: (component) => shareOf(`${hostname()}\0${component}`),
        hasDied: (component) => hasDied(stateDir, component),
        keepForwards: async (loaded, signal) =>
          (await import('./forwards.ts')).keepForwards({ stateDir, clock, loaded, signal }),
        say: tell,
        notify,
        ready: async () => (await import('./on-trial.ts')).answer(stateDir),
        ...requests(),
        open: async (inside) =>
          (await import('./doors.ts')).openDoors({ read, inside, stateDir, clock, say: tell, rest }),
      },
      opened,
    )
  } finally {
    await notify[Symbol.asyncDispose]()
    notes.remove()
    lock.release()
  }
}

function refused(error: unknown): never {
  const { code, message, facts } = problemOf(error)
  if (code !== 'E_LOCKED') throw error
  throw fail(code, `Another agent runs on this state folder: ${message}`, {
    hint: 'One is enough. "belay reload" lets it read its config again; a second one needs a --state of its own.',
    retryable: true,
    facts,
  })
}

/** What journal, locks and backups are in cannot change under a process that holds them. */
function stayingIn(stateDir: string, opening: Opening): Opening {
  if (opening.stateDir === stateDir) return opening
  throw fail('E_CONFIG_INVALID', `the state folder is ${stateDir} until the agent is started again`, {
    hint: 'Put agent.state back, or restart the agent.',
    facts: { errors: [`${opening.settings.file ?? 'config'}: agent.state cannot change while the agent runs`] },
  })
}

async function loaded({ settings, stateDir, engine: open }: Opening, rest: () => void): Promise<Loaded> {
  const provisional = isOnTrial(stateDir)
  const { auditedPolicy } = await import('./audited.ts')
  const record = async () => (await import('./access-tools.ts')).recordIn(stateDir, 'agent')()
  const engine = auditedPolicy(await open(), record, (text) => process.stderr.write(text))
  engine.subscribe(({ t }) => {
    if (t === 'closed') rest()
  })
  rest()
  const components = [...settings.components.values()]
  const services = components.filter(({ strategy }) => typeIn(strategy['service']) === 'process')
  return {
    settings,
    engine,
    lastChecks: fileLastChecks(stateDir),
    provisional,
    ownServices: services.map(({ name }) => name),
    ownForwards: components.filter(({ strategy }) => typeIn(strategy['traffic']) === 'builtin').map(({ name }) => name),
  }
}

function typeIn(spec: unknown): unknown {
  return typeof spec === 'object' && spec !== null ? Reflect.get(spec, 'type') : null
}

function noting(notes: AgentNotes, config: string | null): (problem: Problem | null) => void {
  const { pid } = process
  const startTicks = processInfo(pid)?.startTicks ?? null
  let loads = 0
  return (problem) => notes.write({ pid, startTicks, config, loads: ++loads, problem })
}

/** A part of 1, the same for one text always, spread evenly. */
function shareOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}

/** A terminal that hangs up wants it to end; a service manager, or `belay reload`, wants the config to be read again. */
function requests() {
  const onTerminal = process.stdin.isTTY
  return {
    onStop(listener: () => void) {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener)
      if (onTerminal) process.on('SIGHUP', listener)
    },
    onReload(listener: () => void) {
      if (!onTerminal) process.on('SIGHUP', listener)
    },
  }
}

const answerMsMax = 30_000
const lookMs = 50

/**
 * Lets the agent of this state folder read its config again, and tells what came of it. The request is a signal to the
 * process that holds the agent's lock: one that only has its pid by now is never signalled. E_AGENT_ABSENT,
 * E_CONFIG_INVALID, E_PERMISSION, E_TIMEOUT.
 */
export async function reload({ stateDir }: Pick<Opening, 'stateDir'>): Promise<Reloaded> {
  const notes = fileAgentNotes(stateDir)
  const before = notes.read()
  const held = (await fileLocks(stateDir, systemClock()).holder('agent')) !== null
  if (!held || before === null || !isAlive(before)) throw noAgent(stateDir)
  if (process.platform === 'win32') {
    throw fail('E_PLATFORM', 'A process cannot be told to read its config again on Windows.', {
      hint: 'Restart the agent.',
    })
  }
  process.kill(before.pid, 'SIGHUP')
  for (let waitedMs = 0; waitedMs < answerMsMax; waitedMs += lookMs) {
    const now = notes.read()
    if (now?.pid !== before.pid) throw noAgent(stateDir)
    if (now.loads > before.loads) {
      if (now.problem === null) return { pid: now.pid, config: now.config }
      const { code, message, hint, facts } = now.problem
      throw fail(code, message, { hint, facts })
    }
    await setTimeout(lookMs)
  }
  throw fail('E_TIMEOUT', `The agent (process ${before.pid}) does not answer.`, {
    hint: 'Look at its log, and restart it when it hangs.',
  })
}

function isAlive({ pid, startTicks }: AgentNote): boolean {
  return startTicks === null || processInfo(pid)?.startTicks === startTicks
}

function noAgent(stateDir: string): Error {
  return fail('E_AGENT_ABSENT', `No agent runs on the state folder ${stateDir}.`, {
    hint: 'Every command reads the config anew. Start an agent with "belay agent", or name its folder with --state.',
  })
}
