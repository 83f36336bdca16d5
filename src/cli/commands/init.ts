import { basename, resolve } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import type { ComposeFile } from '../init/compose/facts.ts'
import { looksLikeCompose } from '../init/compose/looks.ts'
import { dunebuggerFacts, isDunebuggerConf } from '../init/dunebugger.ts'
import { joinFacts, type StarterFacts } from '../init/facts.ts'
import { parseIni } from '../init/ini.ts'
import { starterConfig } from '../init/starter.ts'
import { isUnit, unitFacts, unitFolders } from '../init/unit.ts'
import { usage } from '../names.ts'
import { wrap } from '../terminal/width.ts'

export interface InitFlags {
  readonly from: readonly string[]
  readonly force?: boolean
}

/** `{"file","components":[name, …],"read_from":[file, …],"left_out":[{"service","file","why"}, …]}`. */
export async function init(context: Context, flags: InitFlags): Promise<ExitCode> {
  const facts = await factsFrom(context, flags.from)
  const file = resolve(context.io.cwd, context.options.config ?? 'belay.yaml')
  const written = await context.ports.writeText(file, starterConfig(facts), { overwrite: flags.force === true })
  if (!written) {
    throw fail('E_USAGE', `${file} is there already and was not touched.`, {
      hint: 'Overwrite it with --force, or write another file with -c FILE.',
      facts: { file },
    })
  }
  const components = [...facts.components, ...facts.containers].map((each) => each.name)
  const leftOut = facts.leftOut.map((each) => each.service)
  const document = { file, components, read_from: facts.readFrom, left_out: facts.leftOut }
  answer(context, document, ({ look }) => [
    ...wrap(
      `${file} is written${components.length === 0 ? ' as an example to fill in' : `, with ${components.join(', ')}`}.`,
      look.columns,
      '',
    ),
    ...(leftOut.length === 0
      ? []
      : wrap(look.text(`Left out: ${leftOut.join(', ')}. The reasons are at the end of it.`), look.columns, '')),
    `  read it      each choice has its reason beside it`,
    `  then         belay validate, and belay check`,
  ])
  return 0
}

async function factsFrom(context: Context, names: readonly string[]): Promise<StarterFacts> {
  const found: StarterFacts[] = []
  const compose: ComposeFile[] = []
  for (const name of names) {
    const { file, text } = await find(context, name)
    if (/\.ya?ml$/i.test(file) || looksLikeCompose(text)) compose.push(await composeFile(context, file, text))
    else found.push(iniFacts(file, text))
  }
  const { factsOfCompose } = await import('../init/compose/files.ts')
  return joinFacts([...found, factsOfCompose(compose)])
}

async function composeFile(context: Context, file: string, text: string): Promise<ComposeFile> {
  const { openComposeFile } = await import('../init/compose/files.ts')
  const opened = await openComposeFile(file, text, (path) => context.ports.readText(path))
  if (opened.text.services.length > 0) return opened
  throw usage(`${file} has no services:, so it is no compose file.`, 'Leave it out, or name another file.')
}

async function find(context: Context, name: string): Promise<{ readonly file: string; readonly text: string }> {
  for (const file of candidates(context.io.cwd, name)) {
    const text = await context.ports.readText(file)
    if (text !== null) return { file, text }
  }
  throw fail('E_NOT_FOUND', `${name} does not exist.`, {
    hint: 'Name a file, or a systemd unit of this host.',
    facts: { file: name },
  })
}

function iniFacts(file: string, text: string): StarterFacts {
  const ini = parseIni(text)
  if (isUnit(ini)) return unitFacts(ini, file)
  if (isDunebuggerConf(ini)) return dunebuggerFacts(ini, file)
  throw usage(
    `${file} is neither a compose file, a systemd unit nor a dunebugger.conf with an [Updater] section.`,
    'Leave it out, or name another file.',
  )
}

/** A file, or the bare name of a unit. */
function candidates(cwd: string, name: string): readonly string[] {
  const file = resolve(cwd, name)
  if (basename(name) !== name) return [file]
  const unit = name.endsWith('.service') ? name : `${name}.service`
  return [file, ...unitFolders.map((folder) => `${folder}/${unit}`)]
}
