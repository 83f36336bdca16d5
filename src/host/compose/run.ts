import { type BelayError, fail } from '../../core/model/problem.ts'
import type { RunResult } from '../process/run.ts'
import { parseDocument } from 'yaml'
import { type AskedConfig, askConfig } from './ask-config.ts'
import { type Argv, runCompose } from './launch.ts'
import { type ComposeModel, modelSchema } from './model.ts'
import { askVersion, type ComposeProgram, findCompose, nameOf, noCompose } from './program.ts'
import type { ComposeProject } from './project.ts'
import { wordsOf } from './said.ts'

/** Compose itself waits for services that others need healthy. */
const upTimeoutMs = 30 * 60_000
const aliasesMax = 1000

/**
 * The project as compose itself resolves it: what it would refuse it refuses now. `program`: the one found before.
 * Errors: E_COMMAND_NOT_FOUND, E_COMPOSE_INVALID in compose's own words, those of running a program.
 */
export async function composeConfig(
  project: ComposeProject,
  signal: AbortSignal,
  program: ComposeProgram | null = null,
): Promise<ComposeModel> {
  for (const { argv, result } of askConfig(project, signal, program === null ? undefined : [program.argv])) {
    const said = await result
    if (said === null) continue
    const found = program ?? told(argv, said) ?? (await whatItIs(argv, said, project, signal))
    if (found !== null) return read(found, said, project)
  }
  throw noCompose(project.engine)
}

/**
 * The same from programs that were asked before all was known of the project (its name, its engine's address). null: the
 * one that counts refused, which may be due to what it was not told.
 */
export async function composeConfigOf(
  asked: AskedConfig,
  project: ComposeProject,
  signal: AbortSignal,
): Promise<ComposeModel | null> {
  for (const { argv, result } of asked) {
    const said = await result
    if (said === null) continue
    const found = told(argv, said)
    if (found !== null) return read(found, said, project)
    if ((await whatItIs(argv, said, project, signal)) !== null) return null
  }
  return null
}

/**
 * What a right answer tells of its program: `docker compose` names the project, docker-compose of Python does not. One in
 * Python takes half a second to begin, so it is not asked twice. null: it must be asked. Podman's are told by their version.
 */
function told(argv: Argv, { code, stdout }: RunResult): ComposeProgram | null {
  if (code !== 0 || argv[0]?.startsWith('podman')) return null
  return { argv, version: null, generation: /^name:/m.test(stdout) ? 'v2' : 'v1' }
}

/** What `docker` itself ends with where it has no such plugin; compose never does. */
const noSuchCommand = 125

/** Its version, from a program whose answer did not tell what it is. */
async function whatItIs(
  argv: Argv,
  { code }: RunResult,
  project: ComposeProject,
  signal: AbortSignal,
): Promise<ComposeProgram | null> {
  return argv[0] === 'docker' && code === noSuchCommand ? null : askVersion(argv, project, signal)
}

async function read(program: ComposeProgram, result: RunResult, project: ComposeProject): Promise<ComposeModel> {
  const { lines, warnings } = await wordsOf(result.stderr, project)
  if (result.code !== 0) throw invalid(project, program, lines.length > 0 ? lines : warnings)
  if (result.truncated) throw invalid(project, program, ['the resolved file is too large'])
  try {
    const parsed = parseDocument(result.stdout, { version: '1.2', logLevel: 'silent' }).toJS({
      maxAliasCount: aliasesMax,
    })
    return { program, warnings, ...modelSchema.parse(parsed) }
  } catch (cause) {
    throw fail('E_COMPOSE_INVALID', `what "${nameOf(program)}" says of the file cannot be read`, {
      hint: 'Use a current version of "docker compose".',
      facts: { files: [...project.files] },
      // Its message may hold what is in the file, and that secrets.
      cause: cause instanceof Error ? cause.name : null,
    })
  }
}

function invalid(project: ComposeProject, program: ComposeProgram, lines: readonly string[]): BelayError {
  const name = program.argv.join(' ')
  const files = project.files.join(', ')
  return fail('E_COMPOSE_INVALID', `${name} rejects ${files}: ${lines.join(' ').slice(0, 2000)}`, {
    hint: `Correct the file; "${name} ${project.files.map((file) => `-f ${file}`).join(' ')} config" shows whether it is right.`,
    facts: { files: [...project.files], program: name, version: program.version, lines: [...lines] },
  })
}

/**
 * Brings services up as their files say, in the order of `depends_on` and no others with them: what differs from its
 * file is stopped and replaced, what does not is left. No image is pulled or built.
 * Errors: E_COMMAND_NOT_FOUND, E_SERVICE_START with compose's last words, those of running a program.
 */
export async function composeUp(
  project: ComposeProject,
  services: readonly string[],
  signal: AbortSignal,
  options: { readonly program?: ComposeProgram | null; readonly stopSeconds?: number | null } = {},
): Promise<void> {
  const program = options.program ?? (await findCompose(project, signal))
  const { stopSeconds = null } = options
  const args = [
    'up',
    '-d',
    '--no-deps',
    '--no-build',
    // The first generation knows no such word, and pulls only what is not there.
    ...(program.generation === 'v2' ? ['--pull', 'never'] : []),
    ...(stopSeconds === null ? [] : ['--timeout', String(stopSeconds)]),
    ...services,
  ]
  const result = await runCompose({ program: program.argv, args, project, timeoutMs: upTimeoutMs, signal })
  if (result.code === 0) return
  const { lines } = await wordsOf(`${result.stdout}\n${result.stderr}`, project)
  throw notUp(program, services, lines)
}

function notUp(program: ComposeProgram, services: readonly string[], lines: readonly string[]): BelayError {
  const name = program.argv.join(' ')
  const outdated = program.generation === 'v1' && lines.some((line) => line.includes('ContainerConfig'))
  return fail(
    'E_SERVICE_START',
    `${name} could not bring up ${services.join(', ')}: ${lines.at(-1) ?? 'it does not say why'}`,
    {
      hint: outdated
        ? `${nameOf(program)} is too old for this engine: install "docker compose".`
        : 'Its words are in the report: "belay show" has them.',
      facts: { services: [...services], program: name, version: program.version, lines: [...lines] },
    },
  )
}
