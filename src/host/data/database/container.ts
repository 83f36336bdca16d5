import { fail } from '../../../core/model/problem.ts'
import { composeLabels } from '../../containers/answers.ts'
import { lastLines } from '../../process/tail.ts'
import { type Argv, prepareLaunch } from '../../process/launch.ts'
import { onThisMachine, type ProgramPlace, runLaunched } from './program.ts'

const askTimeoutMs = 60_000

export interface ContainerPlace {
  /** Its name, or that of its service in the compose file. */
  readonly name: string
  readonly engine: 'auto' | 'docker' | 'podman'
  /** Where the engine is (DOCKER_HOST). */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A user inside of it; null: the image's own. */
  readonly user: string | null
}

/**
 * Programs inside a running container, by the engine's own program. Values of the environment are handed over by name:
 * they are in no argument. Errors: E_NOT_FOUND (none runs, or several), E_COMMAND_NOT_FOUND, E_ENGINE_UNREACHABLE.
 */
export async function inContainer(place: ContainerPlace, signal: AbortSignal): Promise<ProgramPlace> {
  const env = engineEnvironment(place.environment)
  for (const program of place.engine === 'auto' ? ['docker', 'podman'] : [place.engine]) {
    const id = await findContainer(program, place, env, signal)
    if (id === null) continue
    const user = place.user === null ? [] : ['--user', place.user]
    return {
      describe: `container ${place.name}`,
      container: id,
      run: async (input) => {
        const names = Object.keys(input.env).flatMap((name) => ['--env', name])
        const argv: Argv = [program, 'exec', '--interactive', ...user, ...names, id, ...input.argv]
        const launch = await prepareLaunch({ argv, cwd: '/', env: { ...env, ...input.env } })
        return runLaunched(launch, { ...input, argv })
      },
    }
  }
  throw fail('E_NOT_FOUND', `no container ${place.name} is running`, {
    hint: 'Name one that "docker ps" shows, or its service in the compose file; and make sure that it runs.',
    facts: { container: place.name },
  })
}

function engineEnvironment(own: ContainerPlace['environment']): Readonly<Record<string, string>> {
  const passed = ['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'CONTAINER_HOST', 'XDG_RUNTIME_DIR']
  return Object.fromEntries(passed.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])))
}

/** null: this program is not there although another may be, or its engine runs no such container. */
async function findContainer(
  program: string,
  { name, engine }: ContainerPlace,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string | null> {
  const filters = [`name=^/?${name.replaceAll('.', '\\.')}$`, `label=${composeLabels.service}=${name}`]
  for (const filter of filters) {
    const argv: Argv = [program, 'ps', '--quiet', '--no-trunc', '--filter', filter]
    const ask = onThisMachine(null).run({ argv, env, timeoutMs: askTimeoutMs, signal })
    const answer = engine === 'auto' && program === 'docker' ? await ask.catch(() => null) : await ask
    if (answer === null) return null
    if (answer.code !== 0) {
      if (engine === 'auto' && program === 'docker') return null
      throw fail('E_ENGINE_UNREACHABLE', `${program} does not answer: ${lastLines(answer.stderr, 1, 500).join('')}`, {
        hint: `See what "${program} ps" says.`,
        retryable: true,
        facts: { program },
      })
    }
    const ids = answer.stdout.split('\n').filter((line) => line !== '')
    if (ids.length > 1) {
      throw fail('E_NOT_FOUND', `several running containers are meant by ${name}`, {
        hint: 'Write the name of the one that is meant, as "docker ps" shows it.',
        facts: { container: name, ids },
      })
    }
    if (ids[0] !== undefined) return ids[0]
  }
  return null
}
