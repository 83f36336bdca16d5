import { dirname } from 'node:path'
import { type RunResult, run } from '../process/run.ts'
import { gitFailed, tooMuchSaid } from './failures.ts'
import { offline, type RemoteAccess } from './remote.ts'

const timeoutMsDefault = 120_000
const outputBytesMaxDefault = 64 * 1024 * 1024

/** A repository, and whom git runs as there; `user` null: whoever runs belay. */
export interface Place {
  readonly dir: string
  readonly user: string | null
}

export interface GitOptions {
  readonly signal: AbortSignal
  readonly access?: RemoteAccess
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  readonly timeoutMs?: number
  /** For messages; default: the folder. */
  readonly about?: string
  readonly onLine?: (line: string) => void
}

/**
 * Nothing of a repository that belay was told to look at is run: no hooks, no file monitor, no credential helper, no
 * maintenance in the background. What git itself needs there (filters of large files) runs as the owner.
 */
const settings: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.askPass=',
  'core.sshCommand=ssh -o BatchMode=yes',
  'credential.helper=',
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
  'advice.detachedHead=false',
  'log.showSignature=false',
  'init.defaultBranch=main',
  'fetch.recurseSubmodules=false',
]

/** Argument list and environment of one call. A repository is looked for in the place itself, never in a folder above. */
export function gitCommand(
  place: Place,
  args: readonly string[],
  { access = offline, env = {} }: Pick<GitOptions, 'access' | 'env'>,
): { readonly argv: readonly [string, ...string[]]; readonly env: Readonly<Record<string, string>> } {
  const config = [...settings, ...access.config].flatMap((setting) => ['-c', setting])
  return {
    argv: ['git', '--no-pager', '--literal-pathspecs', ...config, ...args],
    env: {
      LC_ALL: 'C',
      LANGUAGE: '',
      GIT_TERMINAL_PROMPT: '0',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_CEILING_DIRECTORIES: dirname(place.dir),
      GIT_AUTHOR_NAME: 'belay',
      GIT_AUTHOR_EMAIL: 'belay@localhost',
      GIT_COMMITTER_NAME: 'belay',
      GIT_COMMITTER_EMAIL: 'belay@localhost',
      ...access.env,
      ...env,
    },
  }
}

/** Runs git in a repository and gives what came of it, whatever its code. Errors: as `run` of `host/process`. */
export async function git(place: Place, args: readonly string[], options: GitOptions): Promise<RunResult> {
  const { signal, input, timeoutMs = timeoutMsDefault, onLine } = options
  return run({
    ...gitCommand(place, args, options),
    cwd: place.dir,
    user: place.user,
    signal,
    timeoutMs,
    outputBytesMax: outputBytesMaxDefault,
    ...(input === undefined ? {} : { input }),
    ...(onLine === undefined ? {} : { onLine }),
  })
}

/** What it writes, whole. Any code but 0 is thrown as what it means. */
export async function gitText(place: Place, args: readonly string[], options: GitOptions): Promise<string> {
  const result = await git(place, args, options)
  const about = options.about ?? place.dir
  if (result.code !== 0) throw gitFailed(about, result.code, result.stderr)
  if (result.truncated) throw tooMuchSaid(about)
  return result.stdout
}

/** The one line that it writes; null when it says no (code 1) or nothing. */
export async function gitLine(place: Place, args: readonly string[], options: GitOptions): Promise<string | null> {
  const result = await git(place, args, options)
  if (result.code === 0) return result.stdout.trim() === '' ? null : result.stdout.trim()
  if (result.code === 1) return null
  throw gitFailed(options.about ?? place.dir, result.code, result.stderr)
}

/** Fields that are separated by NUL, without the last, empty one. */
export function fieldsOf(text: string): readonly string[] {
  const fields = text.split('\0')
  if (fields.at(-1)?.trim() === '') fields.pop()
  return fields
}
