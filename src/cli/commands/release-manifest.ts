import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { ComponentType } from '../../core/manifest/manifest.ts'
import { fail } from '../../core/model/problem.ts'
import type { ManifestFacts } from '../../ports/manifest-tools.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { usage } from '../names.ts'

export interface ManifestFlags {
  readonly version: string
  readonly tag?: string
  readonly type?: ComponentType
  readonly component?: string
  readonly artifact?: string
  readonly url?: string
  readonly path?: string
  readonly backups?: string
  readonly service?: string
  readonly image?: string
  readonly requirements?: string
  readonly migrations?: string
  readonly health?: string
  readonly minRemote?: string
  readonly space?: number
  readonly out?: string
  readonly force?: boolean
}

/** With a file: what is wrong with it (1 when something is). Without: writes one, to `--out` or to standard output. */
export async function releaseManifest(
  context: Context,
  file: string | undefined,
  flags: ManifestFlags,
): Promise<ExitCode> {
  return file === undefined ? make(context, flags) : validate(context, file, flags)
}

/** `{"manifest":TEXT}`, or `{"file"}` with `--out`. */
async function make(context: Context, flags: ManifestFlags): Promise<ExitCode> {
  const tools = await context.ports.manifestTools()
  const facts = await factsOf(context, flags)
  const format = flags.out?.toLowerCase().endsWith('.json') === true ? 'json' : 'yaml'
  const text = tools.generate(facts, format)
  const faults = tools.validate(Buffer.from(text), `update-manifest.${format}`, facts)
  if (faults.length > 0) throw refused(`What was said does not make a manifest: ${faults[0]}`, faults)
  if (flags.out === undefined) {
    answer(context, { manifest: text }, () => text.trimEnd().split('\n'))
    return 0
  }
  const out = resolve(context.io.cwd, flags.out)
  const written = await context.ports.writeText(out, text, { overwrite: flags.force === true })
  if (!written) throw usage(`${out} exists already.`, 'Choose another name, or write over it with --force.')
  answer(context, { file: out }, ({ look }) => [look.text(`${out} is the update manifest of ${flags.version}.`)])
  return 0
}

/** `{"manifest":{"file","valid","reasons"}}`. */
async function validate(context: Context, given: string, flags: ManifestFlags): Promise<ExitCode> {
  const file = resolve(context.io.cwd, given)
  const text = await context.ports.readText(file)
  if (text === null) throw usage(`There is no file ${file}.`, 'Name a manifest, or leave it out to have one made.')
  const tools = await context.ports.manifestTools()
  const reasons = tools.validate(Buffer.from(text), basename(file), await factsOf(context, flags))
  const valid = reasons.length === 0
  const said = valid
    ? [`${file} is a manifest of ${flags.version}, and hosts would take it.`]
    : [`Hosts would refuse ${file}:`, ...reasons]
  answer(context, { manifest: { file, valid, reasons } }, ({ look }) => said.map((line) => look.text(line)))
  return valid ? 0 : 1
}

function refused(message: string, reasons: readonly string[]) {
  return fail('E_USAGE', message, { hint: 'Correct what is named.', facts: { reasons } })
}

async function factsOf(context: Context, flags: ManifestFlags): Promise<ManifestFacts> {
  const { artifact } = flags
  const path = artifact === undefined ? null : resolve(context.io.cwd, artifact)
  return {
    version: flags.version,
    tag: flags.tag ?? null,
    type: flags.type ?? (flags.image === undefined ? 'application' : 'container'),
    component: flags.component ?? null,
    artifact: path === null ? null : { name: basename(path), url: flags.url ?? null, sha256: await sha256Of(path) },
    path: flags.path ?? null,
    backups: flags.backups ?? null,
    service: flags.service ?? null,
    image: flags.image ?? null,
    requirements: flags.requirements ?? null,
    migrations: flags.migrations ?? null,
    health: flags.health ?? null,
    minRemote: flags.minRemote ?? null,
    minimumMb: flags.space ?? (flags.image === undefined ? 1000 : 500),
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}
