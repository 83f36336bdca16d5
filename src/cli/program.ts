import { Command, CommanderError, Option } from 'commander'
import { type BelayError, fail, problem, problemOf } from '../core/model/problem.ts'
import { addCommands } from './command-tree.ts'
import { contextOf, type Context, type GlobalOptions, refuse } from './context.ts'
import { type ExitCode, exitOfProblem } from './exit-code.ts'
import { LeftBehind } from './left-behind.ts'
import type { CliIo, CliPorts } from './ports.ts'

/**
 * The command line: `argv` are the words after the program's name. Resolves with the exit code and never rejects; the
 * caller ends the process with it, because a person may have left a run that is still under way.
 */
export async function runCli(argv: readonly string[], io: CliIo, ports: CliPorts): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = build(io, ports, (result) => {
    code = result
  })
  try {
    await program.parseAsync(withValue(argv), { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    return complain(argv, io, ports, program, error)
  }
}

/**
 * `--version` alone is belay's own. Publishers name the version of a release with it; as one word with its value it can be
 * nothing else.
 */
function withValue(argv: readonly string[]): string[] {
  const at = argv.indexOf('--version', argv.indexOf('release') + 1)
  const value = argv[at + 1]
  if (!argv.includes('release') || at === -1 || value === undefined) return [...argv]
  return [...argv.slice(0, at), `--version=${value}`, ...argv.slice(at + 2)]
}

/** An error may come before the options are known, so the words themselves tell what the answer must be. */
function complain(argv: readonly string[], io: CliIo, ports: CliPorts, program: Command, error: unknown): ExitCode {
  const { color } = program.opts<GlobalOptions>()
  const context = contextOf(io, ports, { ...noOptions, color, json: argv.includes('--json') })
  if (error instanceof CommanderError && error.code === 'commander.help') {
    if (!context.json) return 2
    refuse(context, fail('E_USAGE', 'No command was given.', { hint: 'See belay --help.' }).problem)
    return 2
  }
  if (error instanceof LeftBehind) {
    refuse(context, leftBehind)
    return 4
  }
  const refused = error instanceof CommanderError ? usageOf(error).problem : problemOf(error)
  refuse(context, refused)
  return exitOfProblem(refused)
}

const leftBehind = problem('E_INTERRUPTED', 'Left as it is. The journal knows how far it came.', {
  hint: 'Run belay resume to finish or undo it.',
})

const noOptions = { config: null, state: null, logLevel: null }

/** `error: unknown option '--fo'\n(Did you mean --force?)` in our tone. */
function usageOf(error: CommanderError): BelayError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const message = [`${first.replace(/\.$/, '')}.`, ...rest.map((line) => line.replace(/^\((.*)\)$/, '$1'))].join(' ')
  return fail('E_USAGE', message, { hint: 'See belay --help, or belay COMMAND --help.' })
}

interface RawGlobals {
  readonly config?: string
  readonly state?: string
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error'
  readonly color: boolean
  readonly json?: boolean
}

const examples = `Examples:
  belay check                     ask the sources what is new
  belay plan core                 see what an update would do, changing nothing
  belay update core               do it; a failed update is undone by itself
`

function build(io: CliIo, ports: CliPorts, done: (code: ExitCode) => void): Command {
  const program = new Command('belay')
  const context = (): Context => {
    const raw = program.opts<RawGlobals>()
    return contextOf(io, ports, {
      config: raw.config ?? null,
      state: raw.state ?? null,
      logLevel: raw.logLevel ?? null,
      color: raw.color,
      json: raw.json === true,
    })
  }
  program
    .usage('[options] COMMAND        (more about one: belay COMMAND --help)')
    .addHelpText('before', examples)
    .option('-c, --config <FILE>', 'the config (default: $BELAY_CONFIG, ./belay.yaml, /etc/belay/belay.yaml)')
    .option('--state <DIR>', 'where belay keeps its journal and backups (default: $BELAY_STATE)')
    .addOption(new Option('--log-level <LEVEL>', 'how much to log').choices(['debug', 'info', 'warn', 'error']))
    .option('--no-color', 'plain text, as with NO_COLOR')
    .option('--json', 'one JSON document on standard output')
    .version(ports.version, '-V, --version', 'print the version of belay')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name(), showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
  addCommands(program, context, done)
  return program
}
