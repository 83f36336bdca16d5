import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CheckoutReading } from '../../core/detect/readings.ts'
import { commandFailed } from '../process/failures.ts'
import { ask } from './ask.ts'

const statusTimeoutMs = 10_000

/**
 * A repository's own settings can name programs for git to run. git refuses one that belongs to somebody else, and of
 * ours none is asked: no monitor, no hooks, and nothing is written.
 */
const careful = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'status.submoduleSummary=false',
] as const
const environment = { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' }

/** The work tree around a folder, and how many of its files are changed; null: there is none. Errors: as `run`, E_COMMAND_FAILED. */
export async function readCheckout(cwd: string, signal: AbortSignal): Promise<CheckoutReading | null> {
  const path = workTree(cwd)
  if (path === null) return null
  const argv = ['git', ...careful, 'status', '--porcelain', '--ignore-submodules=all', '--no-renames'] as const
  const status = await ask([...argv], { cwd: path, timeoutMs: statusTimeoutMs, signal, env: environment })
  if (status.code !== 0) throw commandFailed('git', status.code, status.signal, status.stderr)
  return { path, changes: status.stdout.split('\n').filter((line) => line.trim() !== '').length }
}

/** In a work tree that git made besides, `.git` is a file. */
function workTree(cwd: string): string | null {
  for (let at = cwd; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (at === dirname(at)) return null
  }
}
