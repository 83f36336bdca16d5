import { existsSync } from 'node:fs'
import { fail } from '../../core/model/problem.ts'
import { composeUp } from '../../host/compose/run.ts'
import { graceSecondsDefault } from '../../host/containers/grace.ts'
import { openEngine } from '../../host/containers/open.ts'
import type { Container, ContainerEngine } from '../../host/containers/types.ts'
import type { Service, ServiceKind } from '../../ports/service.ts'
import { type ComposeServiceConfig, composeServiceSchema } from './schema.ts'
import { stateOf } from './state.ts'

/** Looking must end, whatever the engine does. */
const answerTimeoutMs = 30_000
const never = new AbortController().signal

/** The services of a compose project: compose starts them, the engine is asked and stops them. */
export function composeServices(): ServiceKind<ComposeServiceConfig> {
  return {
    kind: 'compose',
    config: composeServiceSchema,
    resource: ({ engine, project }) => `project:${engine}/${project}`,
    describe: ({ project, services }) => `compose ${project} ${services.join(', ')}`,
    open,
    // Nothing to guard: an engine starts again the container that was there, which is whole.
    guard: null,
  }
}

interface Seen {
  readonly engine: ContainerEngine
  readonly containers: readonly Container[]
}

function open(config: ComposeServiceConfig): Service {
  const look = async (signal: AbortSignal): Promise<Seen> => {
    const { project, services } = config
    const engine = await openEngine({ host: config.engine, limits: { answerTimeoutMs }, signal })
    const found = await Promise.all(services.map((service) => engine.containers(project, service, signal)))
    return { engine, containers: found.flat() }
  }
  const graceSeconds = config.stop_grace_ms === null ? null : Math.ceil(config.stop_grace_ms / 1000)
  return {
    replaces: true,
    async inspect() {
      const state = stateOf(config.services, (await look(never)).containers, config.files)
      // Without containers it may still be brought up, as long as its files are there.
      return { ...state, found: state.found || config.files.every((file) => existsSync(file)) }
    },
    async start(signal) {
      const { files, project, profiles, engine: host } = config
      const scene = { files, project, profiles, envFile: config.env_file, directory: null, engine: host }
      const program = config.program ?? null
      await composeUp(scene, config.services, signal, { stopSeconds: graceSeconds, program })
    },
    async stop(signal) {
      const { engine, containers } = await look(signal)
      // Those that restart by themselves too: an exited one may be on its way back.
      const alive = containers.filter(({ state }) => state !== 'created' && state !== 'dead')
      await Promise.all(alive.map(({ id }) => engine.stop(id, graceSeconds, signal)))
      const left = (await look(signal)).containers.find(({ state }) => state === 'running' || state === 'restarting')
      if (left !== undefined) {
        throw fail('E_SERVICE_STOP', `the container ${left.name} does not end (${left.state})`, {
          hint: `Stop it by hand: docker stop ${left.name}.`,
          facts: { container: left.name, state: left.state },
          retryable: true,
        })
      }
      if (config.fresh === true) await Promise.all(containers.map(({ id }) => engine.remove(id, signal)))
    },
    async patienceMs() {
      if (config.stop_grace_ms !== null) return config.stop_grace_ms
      const { containers } = await look(never)
      const seconds = containers.map(({ stopTimeoutSeconds }) => stopTimeoutSeconds ?? graceSecondsDefault)
      return 1000 * (seconds.length === 0 ? graceSecondsDefault : Math.max(...seconds))
    },
    reload: async () => {},
    relocation: async () => null,
    async logs(sinceMs, linesMax) {
      const { engine, containers } = await look(never)
      const named = containers.length > 1
      const lines = containers.map(async ({ id, service }) => {
        const own = await engine.logs(id, sinceMs, linesMax, never)
        return own.map(({ atMs, text }) => ({ atMs, text: named ? `${service}: ${text}` : text }))
      })
      const all = (await Promise.all(lines)).flat().toSorted((a, b) => a.atMs - b.atMs)
      return all.slice(-linesMax).map(({ text }) => text)
    },
  }
}
