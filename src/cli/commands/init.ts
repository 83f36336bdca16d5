import { resolve } from 'node:path'
import { BelayError, fail } from '../../core/model/problem.ts'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { type StarterFacts, waysOf } from '../init/facts.ts'
import { looksOf } from '../init/looks.ts'
import { factsFrom } from '../init/read.ts'
import { starterConfig } from '../init/starter.ts'
import { wrap } from '../terminal/width.ts'

export interface InitFlags {
  readonly from: readonly string[]
  readonly force?: boolean
}

/** `{"file","components":[name, …],"read_from":[file, …],"left_out":[{"service","file","why"}, …],"notes":[sentence, …]}`. */
export async function init(context: Context, flags: InitFlags): Promise<ExitCode> {
  const facts = await factsFrom(looksOf(context), flags.from)
  const file = resolve(context.io.cwd, context.options.config ?? 'belay.yaml')
  // Without files, what can be seen of this host is all that there is to go by.
  const host = flags.from.length > 0 ? null : await context.ports.detect(context.io.cwd)
  const text = starterConfig(facts, host)
  await validated(context, text, file, facts)
  const written = await context.ports.writeText(file, text, { overwrite: flags.force === true })
  if (!written) {
    throw fail('E_USAGE', `${file} is there already and was not touched.`, {
      hint: 'Overwrite it with --force, or write another file with -c FILE.',
      facts: { file },
    })
  }
  const components = [...facts.components, ...facts.containers].map((each) => each.name)
  const leftOut = facts.leftOut.map((each) => each.service)
  const notes = notesOf(facts)
  const document = { file, components, read_from: facts.readFrom, left_out: facts.leftOut, notes }
  answer(context, document, ({ look }) => [
    ...wrap(
      `${file} is written${components.length === 0 ? ' as an example to fill in' : `, with ${components.join(', ')}`}.`,
      look.columns,
      '',
    ),
    ...(leftOut.length === 0
      ? []
      : wrap(look.text(`Left out: ${leftOut.join(', ')}. The reasons are at the end of it.`), look.columns, '')),
    ...notes.flatMap((note) => wrap(look.text(`${note}.`), look.columns, '  look at      ')),
    `  read it      each choice has its reason beside it`,
    `  then         belay validate, and belay check`,
  ])
  return 0
}

/** What a person has to know, or to change; all of it stands in the file as well. */
function notesOf({ notes, components }: StarterFacts): readonly string[] {
  return [...notes, ...components.flatMap((each) => [...each.notes, ...(waysOf(each).chosen?.notes ?? [])])]
}

/** Whatever stood in those files: what is written is a config that belay takes, or nothing is written. */
async function validated(context: Context, text: string, file: string, { readFrom }: StarterFacts): Promise<void> {
  try {
    await (await context.ports.survey()).validate(text, file)
  } catch (error) {
    if (!(error instanceof BelayError) || error.problem.code !== 'E_CONFIG_INVALID') throw error
    const [first = error.problem.message] = Array.isArray(error.problem.facts['errors'])
      ? error.problem.facts['errors']
      : []
    throw fail('E_CONFIG_INVALID', `What ${readFrom.join(', ')} says makes no valid config: ${String(first)}.`, {
      hint: 'Nothing was written. Correct what that line comes from, or name fewer files with --from.',
      facts: error.problem.facts,
      cause: error,
    })
  }
}
