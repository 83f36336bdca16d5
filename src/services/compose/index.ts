import { fail } from '../../core/model/problem.ts'
import { composeUp } from '../../host/compose/run.ts'
import { openEngine } from '../../host/containers/open.ts'
import type { Container } from '../../host/containers/types.ts'
import type { Service, ServiceKind } from '../../ports/service.ts'
import { type ComposeServiceConfig, composeServiceSchema } from './schema.ts'
import { stateOf } from './state.ts'

/** Looking must end, whatever the engine does. */
const lookMsMax = 30_000

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

function open(config: ComposeServiceConfig): Service {
  const engineFor = (signal: AbortSignal) => openEngine({ host: config.engine, signal })
  const containers = async (signal: AbortSignal): Promise<readonly Container[]> => {
    const { project, services } = config
    const engine = await engineFor(signal)
    return (await Promise.all(services.map((service) => engine.containers(project, service, signal)))).flat()
  }
  const graceSeconds = config.stop_grace_ms === null ? null : Math.ceil(config.stop_grace_ms / 1000)
  return {
    replaces: true,
    inspect: async () => stateOf(config.services, await containers(AbortSignal.timeout(lookMsMax)), config.files),
    async start(signal) {
      const { files, project, profiles, engine: host } = config
      const scene = { files, project, profiles, envFile: config.env_file, directory: null, engine: host }
      await composeUp(scene, config.services, signal, { stopSeconds: graceSeconds })
    },
    async stop(signal) {
      // Those that restart by themselves too: an exited one may be on its way back.
      const alive = (await containers(signal)).filter(({ state }) => state !== 'created' && state !== 'dead')
      const engine = await engineFor(signal)
      await Promise.all(alive.map(({ id }) => engine.stop(id, graceSeconds, signal)))
      const left = (await containers(signal)).find(({ state }) => state === 'running' || state === 'restarting')
      if (left === undefined) return
      throw fail('E_SERVICE_STOP', `the container ${left.name} does not end (${left.state})`, {
        hint: `Stop it by hand: docker stop ${left.name}.`,
        facts: { container: left.name, state: left.state },
        retryable: true,
      })
    },
    reload: async () => {},
    relocation: async () => null,
    async logs(sinceMs, linesMax) {
      const signal = AbortSignal.timeout(lookMsMax)
      const [engine, found] = [await engineFor(signal), await containers(signal)]
      const named = found.length > 1
      const lines = found.map(async ({ id, service }) => {
        const own = await engine.logs(id, sinceMs, linesMax, signal)
        return own.map(({ atMs, text }) => ({ atMs, text: named ? `${service}: ${text}` : text }))
      })
      const all = (await Promise.all(lines)).flat().toSorted((a, b) => a.atMs - b.atMs)
      return all.slice(-linesMax).map(({ text }) => text)
    },
  }
}
