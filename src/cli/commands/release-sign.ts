import { resolve } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import type { Publisher, SignReport } from '../../ports/publisher.ts'
import { canConfirm, confirm } from '../confirm.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { usage } from '../names.ts'
import { type DeskFlags, near, publisherOf } from '../publisher.ts'
import { signLines, type SignWay } from '../render/release-sign.ts'

export interface SignFlags extends DeskFlags {
  readonly version?: string
  readonly channel: string
  readonly floor?: number
  readonly minAgent?: string
  readonly notes?: string
  readonly prerelease?: boolean
  readonly reboot?: boolean
  readonly migration?: boolean
  readonly renew: readonly string[]
  readonly export?: string
  readonly import?: string
  readonly yes?: boolean
}

/** `{"signing":SignReport}` */
export async function releaseSign(context: Context, file: string | undefined, flags: SignFlags): Promise<ExitCode> {
  const signing = await signed(context, await publisherOf(context, flags), file, flags)
  answer(context, { signing }, (reader) => signLines(signing, near(context), reader, wayOf(file, flags)))
  return 0
}

function wayOf(file: string | undefined, { export: to }: SignFlags): SignWay | null {
  if (file !== undefined) return { file, at: 'keys' }
  return to === undefined ? null : { file: to, at: 'home' }
}

async function signed(
  context: Context,
  publisher: Publisher,
  file: string | undefined,
  flags: SignFlags,
): Promise<SignReport> {
  const { cwd } = context.io
  const ways = [file, flags.export, flags.import, flags.version].filter((way) => way !== undefined)
  if (ways.length > 1) {
    throw usage('sign was told to do several things at once.', 'Give a FILE, --version, --export or --import: one.')
  }
  if (file !== undefined) {
    return await publisher.signFile(resolve(cwd, file), (shown) => agreed(context, shown, flags.yes === true))
  }
  if (flags.export !== undefined) return await publisher.exportSigning(resolve(cwd, flags.export))
  if (flags.import !== undefined) return await publisher.importSigning(resolve(cwd, flags.import))
  return await publisher.sign({
    channel: flags.channel,
    version: flags.version ?? null,
    floor: flags.floor ?? null,
    minAgent: flags.minAgent ?? null,
    renew: flags.renew,
    notes: flags.notes === undefined ? null : await notesIn(context, flags.notes),
    prerelease: flags.prerelease === true,
    reboot: flags.reboot === true,
    migration: flags.migration === true,
  })
}

/** Who signs a file that came from elsewhere sees what it says before a key is opened. */
async function agreed(context: Context, shown: readonly string[], yes: boolean): Promise<boolean> {
  const { lines, reader } = context.talk
  const { look } = reader()
  lines.print(['This is what you would sign:', ...shown.map((line) => `  ${look.text(line)}`)])
  if (yes) return true
  if (canConfirm(context)) return await confirm(context, 'Sign it? [Y/n] ')
  throw usage('Nobody is here to say whether that is right.', 'Read it, then run the command again with --yes.')
}

async function notesIn({ io, ports }: Context, path: string): Promise<string> {
  const text = await ports.readText(resolve(io.cwd, path))
  if (text !== null) return text
  throw fail('E_NOT_FOUND', `there is no file ${path}`, { hint: 'Name the file with the release notes.' })
}
