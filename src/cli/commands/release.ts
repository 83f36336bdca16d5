import { resolve } from 'node:path'
import type { Profile } from '../../core/publish/profile.ts'
import type { BuildOptions, Publisher, PublishReport } from '../../ports/publisher.ts'
import { bytes } from '../../protocol/words/units.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { usage } from '../names.ts'
import { type DeskFlags, near, newPassphraseOf, publisherOf } from '../publisher.ts'
import { buildLines, initLines, lintLines, publishLines, verifyLines } from '../render/release.ts'
import { signLines } from '../render/release-sign.ts'

export interface InitFlags extends DeskFlags {
  readonly product: string
  readonly profile: Profile
  readonly channel: readonly string[]
  readonly url?: string
}

/** `{"init":InitReport}` */
export async function releaseInit(context: Context, flags: InitFlags): Promise<ExitCode> {
  const publisher = await publisherOf(context, flags)
  const { product, profile, url = null } = flags
  const channels = flags.channel.length === 0 ? ['stable'] : [...new Set(flags.channel)]
  const init = await publisher.init({ product, profile, channels, url })
  answer(context, { init }, (reader) => initLines(init, profile, near(context), reader))
  return 0
}

export interface BuildFlags extends DeskFlags {
  readonly version: string
  readonly channel: string
  readonly platform?: string
}

/** `{"build":BuildReport}` */
export async function releaseBuild(context: Context, tree: string, flags: BuildFlags): Promise<ExitCode> {
  const { version, channel, platform = null } = flags
  const epochSeconds = epochOf(context.io.env['SOURCE_DATE_EPOCH'])
  const progress = packing(context)
  const options = { tree: resolve(context.io.cwd, tree), version, channel, platform, epochSeconds, progress }
  const build = await interrupted(context, async (signal) => (await publisherOf(context, flags)).build(options, signal))
  context.talk.lines.live(null)
  answer(context, { build }, (reader) => buildLines(build, options, near(context), reader))
  return 0
}

/** One line that fills in on a terminal, else a plain one each half minute. */
function packing({ talk, io }: Context): BuildOptions['progress'] {
  let toldAt = io.now()
  return (done, ofBytes) => {
    const line = `packed ${bytes(done)} of ${bytes(ofBytes)}`
    talk.lines.live(line)
    if (talk.reader().look.columns !== null || io.now() - toldAt < plainEveryMs) return
    toldAt = io.now()
    talk.lines.print([line])
  }
}

const plainEveryMs = 30_000

/** The convention of reproducible builds: the time of every file in the archive. */
function epochOf(text: string | undefined): number {
  if (text === undefined || text === '') return 0
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw usage('SOURCE_DATE_EPOCH is no number of seconds.', 'Unset it, or set it as in: git log -1 --format=%ct')
}

export interface RotateFlags extends DeskFlags {
  readonly replace: readonly string[]
}

/** `{"signing":SignReport}` */
export async function releaseRotate(context: Context, role: string, flags: RotateFlags): Promise<ExitCode> {
  const signing = await (await publisherOf(context, flags)).rotate({ role, replace: flags.replace })
  answer(context, { signing }, (reader) => signLines(signing, near(context), reader))
  return 0
}

export interface PublishFlags extends DeskFlags {
  readonly to?: string
}

/** `{"published":PublishReport}` */
export const releasePublish = (context: Context, flags: PublishFlags): Promise<ExitCode> =>
  publishing(context, flags, (publisher, to) => publisher.publish(to))

/** `{"published":PublishReport}` */
export const releaseRefresh = (context: Context, flags: PublishFlags): Promise<ExitCode> =>
  publishing(context, flags, (publisher, to) => publisher.refresh(to))

async function publishing(
  context: Context,
  flags: PublishFlags,
  work: (publisher: Publisher, to: string | null) => Promise<PublishReport>,
): Promise<ExitCode> {
  const to = flags.to === undefined ? null : resolve(context.io.cwd, flags.to)
  const published = await work(await publisherOf(context, flags), to)
  answer(context, { published }, (reader) => publishLines(published, near(context), reader))
  return 0
}

export interface PassphraseFlags extends DeskFlags {
  readonly newPassphraseFile?: string
}

/** `{"changed":[name, …]}` */
export async function releasePassphrase(
  context: Context,
  names: readonly string[],
  flags: PassphraseFlags,
): Promise<ExitCode> {
  const publisher = await publisherOf(context, flags)
  const changed = await publisher.changePassphrase(names, () => newPassphraseOf(context, flags.newPassphraseFile))
  answer(context, { changed }, ({ look }) => [
    look.text(`${changed.join(', ')}: only the new passphrase opens them now.`),
  ])
  return 0
}

export interface LintFlags extends DeskFlags {
  readonly strict?: boolean
}

/** `{"findings":[Finding, …]}`; 1 where something must be done. */
export async function releaseLint(context: Context, flags: LintFlags): Promise<ExitCode> {
  const { findings } = await (await publisherOf(context, flags)).lint()
  answer(context, { findings }, (reader) => lintLines(findings, reader))
  const bad = flags.strict === true ? ['error', 'warning'] : ['error']
  return findings.some(({ severity }) => bad.includes(severity)) ? 1 : 0
}

export interface VerifyFlags extends DeskFlags {
  readonly root?: string
}

/** `{"verified":VerifyReport}`; 1 where a channel has run out. */
export async function releaseVerify(
  context: Context,
  where: string | undefined,
  flags: VerifyFlags,
): Promise<ExitCode> {
  const { cwd } = context.io
  const place = where === undefined || /^https?:/.test(where) ? (where ?? null) : resolve(cwd, where)
  const root = flags.root === undefined ? null : resolve(cwd, flags.root)
  const verified = await interrupted(context, async (signal) =>
    (await publisherOf(context, flags)).verify(place, root, signal),
  )
  answer(context, { verified }, (reader) => verifyLines(verified, near(context), reader))
  return verified.expired.length === 0 ? 0 : 1
}

async function interrupted<T>(context: Context, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const forget = context.io.onInterrupt(() => stop.abort())
  try {
    return await work(stop.signal)
  } finally {
    forget()
  }
}
