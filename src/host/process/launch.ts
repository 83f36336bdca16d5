import { environmentFor } from './environment.ts'
import { commandNotFound, folderMissing } from './failures.ts'
import { type Identity, ownIdentity, switchTo } from './identity.ts'
import { findProgram, isFolder } from './program.ts'

export type Argv = readonly [string, ...string[]]

export interface LaunchInput {
  readonly argv: Argv
  readonly cwd: string
  /** Added to the minimal environment, and wins over it. */
  readonly env?: Readonly<Record<string, string>>
  /** null or absent: the user that belay runs as. */
  readonly user?: string | null
}

/** What `spawn` needs to run a program as its user, without a shell. */
export interface Launch {
  readonly file: string
  readonly args: readonly string[]
  readonly options: {
    readonly cwd: string
    readonly env: Record<string, string>
    readonly uid?: number
    readonly gid?: number
  }
}

/**
 * Node's `uid` option drops every supplementary group (a service in `dialout` or `docker` would lose its device), so
 * setpriv(1) of util-linux sets them where it is there. Without it the program runs with its primary group alone:
 * fewer rights, never more.
 */
function asUser(
  argv: Argv,
  identity: Identity,
  setpriv: string | null,
): Pick<Launch, 'file' | 'args'> & { uid?: number; gid?: number } {
  const [file, ...args] = argv
  if (setpriv === null) return { file, args, uid: identity.uid, gid: identity.gid }
  const who = [`--reuid=${identity.uid}`, `--regid=${identity.gid}`, `--groups=${identity.groups.join(',')}`]
  return { file: setpriv, args: [...who, '--', file, ...args] }
}

/** Errors: E_PATH_INVALID (no such folder), E_COMMAND_NOT_FOUND, E_NOT_FOUND (no such user), E_PERMISSION. */
export async function prepareLaunch(input: LaunchInput): Promise<Launch> {
  const other = await switchTo(input.user ?? null)
  const env = environmentFor(process.env, other ?? ownIdentity(), input.env ?? {})
  const path = env['PATH'] ?? ''
  if (!(await isFolder(input.cwd))) throw folderMissing(input.cwd)
  if ((await findProgram(input.argv[0], input.cwd, path)) === null) throw commandNotFound(input.argv[0], input.cwd)
  const [file, ...args] = input.argv
  if (other === null) return { file, args, options: { cwd: input.cwd, env } }
  const { uid, gid, ...command } = asUser(input.argv, other, await findProgram('setpriv', '/', path))
  const ids = uid === undefined || gid === undefined ? {} : { uid, gid }
  return { ...command, options: { cwd: input.cwd, env, ...ids } }
}
