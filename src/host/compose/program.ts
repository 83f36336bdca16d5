import { fail } from '../../core/model/problem.ts'
import { type Argv, askCompose, ifThere } from './launch.ts'
import type { ComposeProject } from './project.ts'

/**
 * A compose program as it answered when it was asked. `generation`: how it lays files over each other; `v1` is
 * docker-compose of Python, and podman-compose, which took after it.
 */
export interface ComposeProgram {
  readonly argv: Argv
  /** null: it did what it was told, and was not asked. */
  readonly version: string | null
  readonly generation: 'v1' | 'v2'
}

const byDocker: readonly Argv[] = [['docker', 'compose'], ['docker-compose']]
const byPodman: readonly Argv[] = [['podman', 'compose'], ['podman-compose']]

/** `docker-compose 1.29.2`. */
export function nameOf({ argv, version }: ComposeProgram): string {
  return [...argv, ...(version === null ? [] : [version])].join(' ')
}

/** Those that may be there, the one that its engine's users would call first. */
export function candidates(engine: string): readonly Argv[] {
  return engine.includes('podman') ? [...byPodman, ...byDocker] : byDocker
}

/** podman-compose that cannot print what it resolved, and stops services that were not named. */
const tooOld = /^(?:0|1\.0)\./

/** null: it is not there, or a docker without the plugin. A name tells nothing: `docker-compose` is of either generation. */
export async function askVersion(
  argv: Argv,
  project: ComposeProject,
  signal: AbortSignal,
): Promise<ComposeProgram | null> {
  const said = await ifThere(askCompose(argv, ['version'], project, signal))
  if (said?.code !== 0) return null
  const podman = /podman-compose\w* version:?\s+([\d.]+)/.exec(said.stdout)?.[1]
  if (podman !== undefined) return tooOld.test(podman) ? null : { argv, version: podman, generation: 'v1' }
  const version = /\d+\.\d+\.\d+[^\s,]*/.exec(said.stdout)?.[0]
  return version === undefined ? null : { argv, version, generation: version.startsWith('1.') ? 'v1' : 'v2' }
}

/** Asks for each until one answers. Errors: E_COMMAND_NOT_FOUND. */
export async function findCompose(project: ComposeProject, signal: AbortSignal): Promise<ComposeProgram> {
  for (const argv of candidates(project.engine)) {
    const found = await askVersion(argv, project, signal)
    if (found !== null) return found
  }
  throw noCompose(project.engine)
}

export function noCompose(engine: string): Error {
  const tried = candidates(engine).map((argv) => `"${argv.join(' ')}"`)
  return fail('E_COMMAND_NOT_FOUND', `there is no compose program: none of ${tried.join(', ')} answers`, {
    hint: engine.includes('podman')
      ? 'Install podman-compose 1.1 or newer, or docker-compose.'
      : 'Install the plugin "docker compose" (package docker-compose-plugin, or docker-compose of newer Debians), or docker-compose.',
    facts: { tried: candidates(engine).map((argv) => argv.join(' ')) },
  })
}
