import { posix } from 'node:path'
import type { Spec } from '../../core/model/names.ts'
import { BelayError } from '../../core/model/problem.ts'
import type { Context } from '../context.ts'
import type { Survey } from '../ports.ts'

/** What readers of foreign files may look at. Nothing of it changes anything. */
export interface Looks {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** A file that a person named. null: there is none. BelayError where it cannot be read as text. */
  readText(path: string): Promise<string | null>
  /** A file that may be there: null also where it cannot be read. */
  peek(path: string): Promise<string | null>
  list(path: string): Promise<readonly string[] | null>
  changes(folder: string): Promise<number | null>
  /** Whether the source answers: `there`, `missing`, or why it could not be asked. */
  ask(source: Spec): Promise<Answered>
}

export type Answered = 'there' | 'missing' | { readonly failed: string }

/** A person waits, and the answer only makes a comment better. */
const askTimeoutMs = 8000

/** The survey is opened when it is first needed: to write an example asks nothing. */
export function looksOf(context: Context): Looks {
  const { io, ports } = context
  let opened: Promise<Survey> | null = null
  const survey = (): Promise<Survey> => (opened ??= ports.survey())
  return {
    cwd: io.cwd,
    env: io.env,
    readText: async (path) => withoutMark(await ports.readText(path)),
    peek: async (path) => withoutMark(await ports.readText(path).catch(() => null)),
    list: async (path) => (await survey()).list(path),
    changes: async (folder) => (await survey()).changes(folder),
    async ask(source) {
      try {
        const signal = AbortSignal.timeout(askTimeoutMs)
        const versions = await (await survey()).ask(source, allowedFor(source), signal)
        return versions.length > 0 ? 'there' : 'missing'
      } catch (error) {
        if (!(error instanceof BelayError)) throw error
        return error.problem.code === 'E_NOT_FOUND' ? 'missing' : { failed: error.problem.message }
      }
    },
  }
}

function withoutMark(text: string | null): string | null {
  return text?.replace(/^\ufeff/, '') ?? null
}

/** Plain http never leaves this host, so its own addresses need no leave of a person. */
export function isOwnHost(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

function allowedFor(source: Spec): readonly string[] {
  const texts = ['api', 'url'].flatMap((key) => (typeof source[key] === 'string' ? [source[key]] : []))
  return texts.flatMap((text) => {
    const url = URL.parse(text)
    return url !== null && isOwnHost(url.hostname) ? [url.hostname] : []
  })
}

export async function isThere(looks: Looks, path: string): Promise<boolean> {
  return (await looks.list(posix.dirname(path)))?.includes(posix.basename(path)) ?? false
}

/** Those of the paths below a folder that are there, in the order asked. */
export async function thoseThere(looks: Looks, folder: string, names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(names.map((name) => isThere(looks, posix.join(folder, name))))
  return names.filter((_, at) => found[at])
}
