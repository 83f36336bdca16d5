import { stat } from 'node:fs/promises'
import type { ContainerReading, EngineReading } from '../../core/detect/readings.ts'
import { askVersion, candidates } from '../compose/program.ts'
import { composeLabels, helloSchema, listedSchema } from '../containers/answers.ts'
import { askerAt } from '../containers/ask.ts'
import { endpointOf, type Environment, tlsDirOf } from '../containers/endpoint.ts'
import { usualPlaces } from '../containers/open.ts'
import { engineLimits } from '../containers/types.ts'
import { reading } from './read.ts'

const connectTimeoutMs = 1500
const answerTimeoutMs = 4000
const containersMax = 500
const filesMax = 10

/** Every place where an engine usually is, and the one that DOCKER_HOST names; those with no socket say ENOENT. */
export async function readEngines(environment: Environment, signal: AbortSignal): Promise<readonly EngineReading[]> {
  const named = environment['DOCKER_HOST'] ?? ''
  const places = [...(named === '' ? [] : [named]), ...usualPlaces('auto', environment)]
  return Promise.all(
    [...new Set(places)].map(async (address) => ({
      address,
      answer: await reading(() => ask(address, environment, signal)),
    })),
  )
}

async function ask(address: string, environment: Environment, signal: AbortSignal) {
  const endpoint = endpointOf(address, tlsDirOf(environment, environment['HOME'] ?? '/'))
  if (endpoint.kind === 'unix') await stat(endpoint.path)
  const limits = { ...engineLimits, connectTimeoutMs, answerTimeoutMs }
  const asker = askerAt({ endpoint, limits }, '')
  const hello = await asker.get('say what it is', { path: '/version', signal }, helloSchema)
  const name = (hello.Components ?? []).some(({ Name }) => /podman/i.test(Name)) ? 'podman' : 'docker'
  const filters = encodeURIComponent(JSON.stringify({ label: [composeLabels.project], status: ['running'] }))
  const path = `/v${hello.ApiVersion}/containers/json?limit=${containersMax}&filters=${filters}`
  const listed = await asker.get('list its containers', { path, signal }, listedSchema)
  return { name, version: hello.Version, containers: listed.slice(0, containersMax).flatMap(containerOf) } as const
}

function containerOf({ Labels }: { readonly Labels?: Readonly<Record<string, string>> | null | undefined }) {
  const labels = Labels ?? {}
  const [project, service] = [labels[composeLabels.project], labels[composeLabels.service]]
  if (project === undefined || service === undefined) return []
  const files = (labels[composeLabels.files] ?? '').split(',').filter((file) => file.startsWith('/'))
  const folder = labels[composeLabels.folder] ?? null
  return [{ project, service, folder, files: files.slice(0, filesMax) } satisfies ContainerReading]
}

/** The ways to call compose that work with the engines that answered. */
export async function readComposePrograms(
  engines: readonly EngineReading[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = engines.flatMap(({ address, answer }) =>
    'value' in answer ? candidates(answer.value.name).map((argv) => ({ argv, engine: address })) : [],
  )
  const unique = [...new Map(found.map((each) => [each.argv.join(' '), each])).values()]
  const asked = unique.map(async ({ argv, engine }) => {
    const project = { files: [], project: null, profiles: [], envFile: null, directory: '/', engine }
    const answer = await reading(() => askVersion(argv, project, signal))
    return 'value' in answer && answer.value !== null ? [argv.join(' ')] : []
  })
  return (await Promise.all(asked)).flat()
}
