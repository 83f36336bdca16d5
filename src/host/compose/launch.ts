import { BelayError } from '../../core/model/problem.ts'
import { environmentFor } from '../process/environment.ts'
import { ownIdentity } from '../process/identity.ts'
import { run, type RunResult } from '../process/run.ts'
import { type ComposeProject, folderOf } from './project.ts'

export type Argv = readonly [string, ...string[]]

type Engine = Pick<ComposeProject, 'engine'>

/** Where engine, credentials and plugins are. Nothing of a compose project comes from our environment: it is in files. */
const passed = [
  'DOCKER_CONTEXT',
  'DOCKER_HOST',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'CONTAINER_HOST',
  'CONTAINERS_CONF',
  'CONTAINERS_STORAGE_CONF',
  'REGISTRY_AUTH_FILE',
  'XDG_RUNTIME_DIR',
  'SSH_AUTH_SOCK',
] as const

function given({ engine }: Engine): Record<string, string> {
  const result: Record<string, string> = {}
  for (const name of passed) {
    const value = process.env[name]
    if (value !== undefined && value !== '') result[name] = value
  }
  if (engine === '') return result
  const { DOCKER_CONTEXT: _, ...rest } = result
  return { ...rest, DOCKER_HOST: engine, CONTAINER_HOST: engine }
}

/** All variables that a compose program sees, and so puts into files. */
export function composeEnvironment(project: Engine): Readonly<Record<string, string>> {
  return environmentFor(process.env, ownIdentity(), given(project))
}

const askTimeoutMs = 30_000
const outputBytesMax = 8 * 1024 * 1024

export interface ComposeRun {
  readonly program: Argv
  readonly args: readonly string[]
  readonly project: ComposeProject
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly onStart?: () => void
}

/** Runs a compose program in its project's folder, said where everything is, and gives its result whatever its code. */
export function runCompose({ program, args, project, timeoutMs, signal, onStart }: ComposeRun): Promise<RunResult> {
  const [name, ...words] = program
  return run({
    argv: [name, ...words, ...flags(project), ...args],
    cwd: folderOf(project),
    env: given(project),
    timeoutMs,
    signal,
    outputBytesMax,
    ...(onStart === undefined ? {} : { onStart }),
  })
}

function flags({ files, project, profiles, envFile, directory }: ComposeProject): readonly string[] {
  return [
    ...(directory === null ? [] : ['--project-directory', directory]),
    ...files.flatMap((file) => ['-f', file]),
    ...(project === null ? [] : ['-p', project]),
    ...profiles.flatMap((profile) => ['--profile', profile]),
    ...(envFile === null ? [] : ['--env-file', envFile]),
  ]
}

/** Runs a program without a project, to ask for what it is. */
export function askCompose(
  [program, ...words]: Argv,
  args: readonly string[],
  project: ComposeProject,
  signal: AbortSignal,
): Promise<RunResult> {
  const argv = [program, ...words, ...args] as const
  return run({ argv, cwd: folderOf(project), env: given(project), timeoutMs: askTimeoutMs, signal })
}

/** null: there is no such program. */
export async function ifThere(running: Promise<RunResult>): Promise<RunResult | null> {
  try {
    return await running
  } catch (error) {
    if (error instanceof BelayError && error.problem.code === 'E_COMMAND_NOT_FOUND') return null
    throw error
  }
}
