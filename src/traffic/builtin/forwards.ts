import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { problemOf } from '../../core/model/problem.ts'
import { askControl, type Command, readTarget, type Status } from '../../host/forward/control.ts'
import { type ForwardFolder, forwardFolder, forwardsFolder, type Target } from '../../host/forward/target.ts'
import { atomicWrite, fsyncDir } from '../../host/tree/durable.ts'
import { detachedForwards } from './detached.ts'
import { refused, silent } from './failures.ts'
import type { ForwardManager } from './manager.ts'
import { systemdForwards } from './systemd.ts'

const askMs = 5000
const startMs = 10_000
const pollMs = 20

export interface ForwardsOptions {
  /** Absolute. What a forwarder has lies in `traffic/NAME` in it. */
  readonly stateDir: string
  /** How a service manager starts Belay, the words of the command left out. */
  readonly program: readonly [string, ...string[]]
}

/** systemd where it runs and belay is root; elsewhere processes of their own. */
export function forwardManager({ program }: ForwardsOptions): ForwardManager {
  const systemd = process.getuid?.() === 0 && existsSync('/run/systemd/system')
  return systemd ? systemdForwards(program, '/etc/systemd/system') : detachedForwards(program)
}

/** On disk when this resolves. */
export async function writeTarget(folder: ForwardFolder, target: Target): Promise<void> {
  await mkdir(folder.dir, { recursive: true, mode: 0o700 })
  await atomicWrite(folder.target, JSON.stringify(target), { mode: 0o600 })
  await fsyncDir(forwardsFolder(folder.stateDir))
}

/** What runs, asked; one that has died is started first. E_TRAFFIC_UNREACHABLE, E_TRAFFIC_REFUSED. */
export async function tell(
  folder: ForwardFolder,
  manager: ForwardManager,
  command: Command,
  signal: AbortSignal,
): Promise<Status> {
  const status = await ask(folder, command)
  if (status !== null) return status
  const target = await readTarget(folder.target)
  if (target !== null) await manager.start(folder, target.listen)
  const until = performance.now() + startMs
  for (let last = false; ; ) {
    signal.throwIfAborted()
    const started = await ask(folder, command)
    if (started !== null) return started
    if (last) throw silent(folder.name, await manager.lastWords(folder))
    last = performance.now() > until || !(await manager.lives(folder))
    await sleep(pollMs)
  }
}

async function ask(folder: ForwardFolder, command: Command): Promise<Status | null> {
  try {
    return await askControl(folder.control, command, askMs)
  } catch (error) {
    throw refused(folder.name, problemOf(error).message)
  }
}

/** Components that have a forwarder, whether it runs or not. */
export async function forwardNames(stateDir: string): Promise<readonly string[]> {
  const names = await readdir(forwardsFolder(stateDir)).catch(() => [])
  return names.filter((name) => existsSync(forwardFolder(stateDir, name).target))
}

/** Starts a forwarder again that died; true when it had. For whoever looks after this host every few seconds. */
export async function reviveForward(options: ForwardsOptions, name: string, signal: AbortSignal): Promise<boolean> {
  const folder = forwardFolder(options.stateDir, name)
  if ((await ask(folder, { do: 'status' })) !== null) return false
  await tell(folder, forwardManager(options), { do: 'status' }, signal)
  return true
}

/** Ends a forwarder and removes all of it, for a component that has no traffic of this kind any more. Idempotent. */
export async function removeForward(options: ForwardsOptions, name: string): Promise<void> {
  const folder = forwardFolder(options.stateDir, name)
  await forwardManager(options).end(folder)
  await rm(folder.dir, { recursive: true, force: true })
}
