import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'

export interface BundleFlags {
  readonly out?: string
}

/** `{"bundle":{"file","bytes"}}`. */
export async function supportBundle(context: Context, { out }: BundleFlags): Promise<ExitCode> {
  const bundle = await context.ports.supportBundle(context.options, out ?? null)
  answer(context, { bundle }, ({ look }) => [
    look.text(`${bundle.file} has the logs, the journal, the config and what this host is; secrets are left out.`),
    look.text('Look into it before you give it away: tar tzf lists it.'),
  ])
  return 0
}
