import { commandFailed } from '../process/failures.ts'
import { type Identity, ownIdentity, resolveUser } from '../process/identity.ts'
import { type RunResult, run } from '../process/run.ts'
import { managerFailure, unitNotFound } from './failures.ts'
import type { Manager } from './scope.ts'
import { type Properties, type Shown, parseProperties, parseShow, shownProperties } from './show.ts'

const askTimeoutMs = 30_000
const outputBytesMax = 512 * 1024

/** The user manager listens on a socket in that user's runtime folder; sudo and cron do not tell where that is. */
async function environment(manager: Manager): Promise<Record<string, string>> {
  const base = { LC_ALL: 'C', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' }
  if (manager.scope === 'system') return base
  const runtime = `/run/user/${(await ownerOf(manager)).uid}`
  return { ...base, XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus` }
}

/** Whose units they are, for the folder of a user's units. */
export async function ownerOf(manager: Manager): Promise<Identity> {
  return manager.user === null ? ownIdentity() : resolveUser(manager.user)
}

async function call(
  program: 'systemctl' | 'journalctl',
  manager: Manager,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<RunResult> {
  const scope = manager.scope === 'user' ? ['--user'] : []
  return run({
    argv: [program, ...scope, '--no-pager', ...args],
    cwd: '/',
    env: await environment(manager),
    user: manager.scope === 'user' ? manager.user : null,
    outputBytesMax,
    ...options,
  })
}

/**
 * Runs systemctl. Any code of its own is returned; a manager that cannot be reached, or refuses, is thrown
 * (E_PLATFORM, E_PERMISSION), and so is a missing program (E_COMMAND_NOT_FOUND).
 */
export async function systemctl(
  manager: Manager,
  args: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<RunResult> {
  const result = await call('systemctl', manager, ['--no-ask-password', ...args], { timeoutMs, signal })
  const failure = result.code === 0 ? null : managerFailure(manager, result.stderr)
  if (failure !== null) throw failure
  return result
}

async function showText(
  manager: Manager,
  units: readonly string[],
  names: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const args = ['show', `--property=${names.join(',')}`, '--', ...units]
  return (await systemctl(manager, args, askTimeoutMs, signal)).stdout
}

/** What systemd knows of some units, in their order. */
export async function show(manager: Manager, units: readonly string[], signal: AbortSignal): Promise<readonly Shown[]> {
  return parseShow(await showText(manager, units, shownProperties, signal))
}

/** Some properties of some units, in their order. One that a kind of unit does not have is left out. */
export async function properties(
  manager: Manager,
  units: readonly string[],
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Properties[]> {
  return parseProperties(await showText(manager, units, names, signal))
}

/** A unit's files as systemd reads them, drop-ins after it; empty when there are none. */
export async function definition(manager: Manager, unit: string, signal: AbortSignal): Promise<string> {
  return (await systemctl(manager, ['cat', '--', unit], askTimeoutMs, signal)).stdout
}

export async function showOne(manager: Manager, unit: string, signal: AbortSignal): Promise<Shown> {
  const [shown] = await show(manager, [unit], signal)
  if (shown === undefined) throw unitNotFound(manager, unit, 'not-found')
  return shown
}

export async function reloadDefinitions(manager: Manager, signal: AbortSignal): Promise<void> {
  const result = await systemctl(manager, ['daemon-reload'], askTimeoutMs, signal)
  if (result.code !== 0) throw commandFailed('systemctl daemon-reload', result.code, result.signal, result.stderr)
}

/** The last lines of a unit, oldest first. */
export async function journal(
  manager: Manager,
  unit: string,
  since: { readonly ms: number; readonly linesMax: number },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const args = ['--quiet', '--output=cat', `--lines=${since.linesMax}`, `--since=@${Math.floor(since.ms / 1000)}`]
  const result = await call('journalctl', manager, [...args, `--unit=${unit}`], {
    timeoutMs: askTimeoutMs,
    signal,
  })
  return result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .slice(-since.linesMax)
    .map((line) => line.slice(0, 2000))
}
