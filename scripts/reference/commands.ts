import { Command } from 'commander'
import { addCommands } from '../../src/cli/command-tree.ts'
import type { ReferencePage } from './page.ts'
import { made } from './page.ts'

/** Every command with its arguments and options, from the command line itself. */
export function commandPages(): readonly ReferencePage[] {
  const program = new Command('belay').helpCommand(false)
  addCommands(
    program,
    () => {
      throw new Error('no command runs here')
    },
    () => {},
  )
  const parts = program.commands.flatMap((command) => partsOf(command, 'belay'))
  const about = 'What each does is in the guide; `belay COMMAND --help` says the same as this page.'
  return [{ path: 'commands.md', text: [made('src/cli'), '# Commands', '', about, '', ...parts].join('\n') }]
}

function partsOf(command: Command, before: string): readonly string[] {
  // What programs call by themselves is not for people.
  if (Reflect.get(command, '_hidden') === true) return []
  const words = `${before} ${command.name()}`
  if (command.commands.length > 0) return command.commands.flatMap((inner) => partsOf(inner, words))
  const names = command.registeredArguments.map((one) =>
    wordOf({ name: one.name(), required: one.required, variadic: one.variadic }),
  )
  const options = command.options
    .filter(({ hidden }) => !hidden)
    .map(({ flags, description }) => `| \`${flags}\` | ${cell(description)} |`)
  const table = options.length === 0 ? [] : ['| option | |', '|---|---|', ...options, '']
  const usage = [words, ...names.map((name) => name.replaceAll(/[<>]/g, ''))].join(' ')
  return [`## ${usage}`, '', sentence(command.description()), '', ...table]
}

function wordOf({ name, required, variadic }: { name: string; required: boolean; variadic: boolean }): string {
  const word = variadic ? `${name}...` : name
  return required ? word : `[${word}]`
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
