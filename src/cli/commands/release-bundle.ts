import { resolve } from 'node:path'
import type { BundleRequest } from '../../ports/bundles.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { usage } from '../names.ts'
import { bytes } from '../../protocol/words/units.ts'

export interface ReleaseBundleFlags {
  readonly repo?: string
  readonly product?: string
  readonly channel: string
  readonly version?: string
  readonly platform: readonly string[]
  readonly out: string
}

/** `{"bundle":{"file","bytes","source","version","platforms","files"}}`. */
export async function releaseBundle(
  context: Context,
  name: string | undefined,
  flags: ReleaseBundleFlags,
): Promise<ExitCode> {
  const { cwd } = context.io
  const signal = new AbortController()
  const off = context.io.onInterrupt(() => signal.abort())
  try {
    const bundle = await context.ports.makeBundle(context.options, {
      of: subject(name, flags, cwd),
      version: flags.version ?? null,
      platforms: flags.platform,
      out: resolve(cwd, flags.out),
      told: (file) => context.talk.lines.print([`${file.path}  ${bytes(file.bytes)}`]),
      signal: signal.signal,
    })
    answer(context, { bundle }, ({ look }) => [
      look.text(`${bundle.file} holds ${bundle.version} of ${bundle.source} for ${bundle.platforms.join(', ')}:`),
      look.text(`${bundle.files.length} files, ${bytes(bundle.bytes)}. What is in it: tar tvf`),
      look.text('On the other host: belay update NAME --from FILE'),
    ])
    return 0
  } finally {
    off()
  }
}

function subject(name: string | undefined, flags: ReleaseBundleFlags, cwd: string): BundleRequest['of'] {
  const { repo, product, channel } = flags
  if (name !== undefined && repo === undefined) return { component: name }
  if (name === undefined && repo !== undefined) return { repo: resolve(cwd, repo), product: product ?? null, channel }
  throw usage(
    'release bundle was not told whose release it is to carry.',
    'Name a component of the config, or a folder that belay release publish wrote: --repo DIR.',
  )
}
