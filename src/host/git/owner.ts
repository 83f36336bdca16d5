import { statOrNull } from '../tree/stat.ts'
import { ownIdentity, userName } from '../process/identity.ts'
import { type RunResult, runOrFail } from '../process/run.ts'
import type { Place } from './run.ts'

const timeoutMs = 120_000

/**
 * Whom git runs as in a folder: its owner, when belay is root. Another user's repository may name programs that git runs;
 * they then run with that user's rights, and whatever git writes belongs to that user. Without being root it is whoever
 * runs belay, and git itself refuses what is another's.
 */
export async function ownerFor(path: string): Promise<string | null> {
  if (process.getuid?.() !== 0) return null
  const found = await statOrNull(path)
  return found === null || found.uid === ownIdentity().uid ? null : userName(found.uid)
}

/**
 * Small programs on the owner's files, run as that owner: a path that was led elsewhere meanwhile leads no further than
 * its owner could go.
 */
export function filesAs(place: Place, signal: AbortSignal) {
  const run = (argv: readonly [string, ...string[]], input?: string): Promise<RunResult> =>
    runOrFail({
      argv,
      cwd: place.dir,
      user: place.user,
      signal,
      timeoutMs,
      env: { LC_ALL: 'C' },
      ...(input === undefined ? {} : { input }),
    })
  return {
    folder: async (path: string) => void (await run(['mkdir', '-p', '--', path])),
    copy: async (from: string, to: string) => void (await run(['cp', '-p', '--', from, to])),
    /** Fails where `to` exists. */
    link: async (from: string, to: string) => void (await run(['ln', '--', from, to])),
    /** One rename; a folder that is there already is not moved into. */
    move: async (from: string, to: string) => void (await run(['mv', '-f', '-T', '--', from, to])),
    /** A file or a whole folder; nothing there is fine. */
    remove: async (...paths: readonly string[]) => void (await run(['rm', '-rf', '--', ...paths])),
    /** Whole or not at all. */
    async write(path: string, text: string) {
      await run(['tee', '--', `${path}.new`], text)
      await run(['mv', '-f', '-T', '--', `${path}.new`, path])
    },
    run,
  }
}

export type FilesAs = ReturnType<typeof filesAs>
