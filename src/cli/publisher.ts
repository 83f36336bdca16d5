import { join, relative, resolve } from 'node:path'
import { fail } from '../core/model/problem.ts'
import type { Publisher } from '../ports/publisher.ts'
import type { Context } from './context.ts'

/** What every command of the publisher takes. */
export interface DeskFlags {
  readonly dir: string
  readonly keys?: string
  readonly passphraseFile?: string
}

export function publisherOf(context: Context, flags: DeskFlags): Promise<Publisher> {
  const dir = resolve(context.io.cwd, flags.dir)
  const keysDir = flags.keys === undefined ? join(dir, 'keys') : resolve(context.io.cwd, flags.keys)
  const passphrase = (fresh: boolean) => passphraseOf(context, flags, fresh)
  return context.ports.publisher({ dir, keysDir, passphrase })
}

/** Paths as they would be typed from here, where that is shorter. */
export const near =
  ({ io }: Context) =>
  (path: string): string => {
    const typed = relative(io.cwd, path)
    return typed !== '' && typed.length < path.length ? typed : path
  }

const variable = 'BELAY_RELEASE_PASSPHRASE'

/** From a file, the environment or a person: never from the command line, which every process of the host can read. */
async function passphraseOf(context: Context, flags: DeskFlags, fresh: boolean): Promise<string> {
  const { io, ports } = context
  if (flags.passphraseFile !== undefined) {
    const text = await ports.readText(resolve(io.cwd, flags.passphraseFile))
    return given(text?.split(/\r?\n/)[0], `the file ${flags.passphraseFile} is empty or absent`)
  }
  const set = io.env[variable]
  if (set !== undefined && set !== '') return set
  if (fresh) return typedTwice(context)
  return given(await io.askSecret('Passphrase: ', new AbortController().signal), 'no passphrase was given')
}

/** The new one of a change: typed twice, or the first line of a file. */
export async function newPassphraseOf(context: Context, file: string | undefined): Promise<string> {
  const { io, ports } = context
  if (file === undefined) return typedTwice(context)
  const text = await ports.readText(resolve(io.cwd, file))
  return given(text?.split(/\r?\n/)[0], `the file ${file} is empty or absent`)
}

async function typedTwice({ io }: Context): Promise<string> {
  const ask = (question: string) => io.askSecret(question, new AbortController().signal)
  const typed = given(await ask('New passphrase: '), 'no passphrase was given')
  // A person cannot see what was typed; a program that writes into a pipe typed nothing.
  if (io.canAsk && (await ask('The same again: ')) !== typed) {
    throw fail('E_USAGE', 'The two passphrases differ. Nothing was changed.', { hint: 'Try again.' })
  }
  return typed
}

function given(text: string | null | undefined, what: string): string {
  if (text !== null && text !== undefined && text !== '') return text
  throw fail('E_SECRET_MISSING', `${what}: the keys cannot be opened`, {
    hint: `Type it, name a file with --passphrase-file, or set ${variable}.`,
  })
}
