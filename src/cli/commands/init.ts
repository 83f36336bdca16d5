import { basename, resolve } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { dunebuggerFacts, isDunebuggerConf } from '../init/dunebugger.ts'
import { joinFacts, type StarterFacts } from '../init/facts.ts'
import { parseIni } from '../init/ini.ts'
import { starterConfig } from '../init/starter.ts'
import { isUnit, unitFacts, unitFolders } from '../init/unit.ts'
import { usage } from '../names.ts'

export interface InitFlags {
  readonly from: readonly string[]
  readonly force?: boolean
}

/** `{"file","components":[name, …],"read_from":[file, …]}`. */
export async function init(context: Context, flags: InitFlags): Promise<ExitCode> {
  const found: StarterFacts[] = []
  for (const name of flags.from) found.push(await factsFrom(context, name))
  const facts = joinFacts(found)
  const file = resolve(context.io.cwd, context.options.config ?? 'belay.yaml')
  const written = await context.ports.writeText(file, starterConfig(facts), { overwrite: flags.force === true })
  if (!written) {
    throw fail('E_USAGE', `${file} is there already and was not touched.`, {
      hint: 'Overwrite it with --force, or write another file with -c FILE.',
      facts: { file },
    })
  }
  const components = facts.components.map((each) => each.name)
  answer(context, { file, components, read_from: facts.readFrom }, () => [
    `${file} is written${components.length === 0 ? ' as an example to fill in' : `, with ${components.join(', ')}`}.`,
    `  read it      each choice has its reason beside it`,
    `  then         belay validate, and belay check`,
  ])
  return 0
}

async function factsFrom(context: Context, name: string): Promise<StarterFacts> {
  for (const file of candidates(context.io.cwd, name)) {
    const text = await context.ports.readText(file)
    if (text === null) continue
    const ini = parseIni(text)
    if (isUnit(ini)) return unitFacts(ini, file)
    if (isDunebuggerConf(ini)) return dunebuggerFacts(ini, file)
    throw usage(
      `${file} is neither a systemd unit nor a dunebugger.conf with an [Updater] section.`,
      'Leave it out, or name another file.',
    )
  }
  throw fail('E_NOT_FOUND', `${name} does not exist.`, {
    hint: 'Name a file, or a systemd unit of this host.',
    facts: { file: name },
  })
}

/** A file, or the bare name of a unit. */
function candidates(cwd: string, name: string): readonly string[] {
  const file = resolve(cwd, name)
  if (basename(name) !== name) return [file]
  const unit = name.endsWith('.service') ? name : `${name}.service`
  return [file, ...unitFolders.map((folder) => `${folder}/${unit}`)]
}
