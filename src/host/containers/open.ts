import { homedir } from 'node:os'
import { BelayError, type Problem } from '../../core/model/problem.ts'
import { helloSchema, type Hello } from './answers.ts'
import { askerAt } from './ask.ts'
import { engineClient } from './client.ts'
import { contextEndpoint } from './context.ts'
import { type Endpoint, endpointOf, type Environment, tlsDirOf } from './endpoint.ts'
import { anotherEngine, answerInvalid, noEngine } from './failures.ts'
import { type ContainerEngine, type EngineLimits, engineLimits } from './types.ts'

export type EngineChoice = 'auto' | 'docker' | 'podman'

export interface OpenOptions {
  /** Its address, as DOCKER_HOST spells it: asked for nowhere else. */
  readonly host?: string
  readonly engine?: EngineChoice
  readonly environment?: Environment
  readonly limits?: Partial<EngineLimits>
  readonly signal?: AbortSignal
}

/** What is spoken here: any newer engine can do it. */
const apiWanted = '1.41'
/** Docker 1.12: an older one cannot tell a container's health. */
const apiMin = '1.24'
const helloTimeoutMs = 10_000

/**
 * Finds an engine and agrees on a version of its API with it. Looked at in order: DOCKER_HOST, the current docker
 * context (where one of them is set, nothing else), the sockets of Docker, CONTAINER_HOST, the sockets of Podman.
 * Errors: E_ENGINE_UNREACHABLE with what was tried, E_ENGINE_ANSWER.
 */
export async function openEngine(options: OpenOptions = {}): Promise<ContainerEngine> {
  const { engine = 'auto', environment = process.env, signal = new AbortController().signal } = options
  const limits = { ...engineLimits, ...options.limits }
  const tls = tlsDirOf(environment, environment['HOME'] ?? homedir())
  const open = (endpoint: Endpoint) => greet(endpoint, limits, signal)
  if (options.host !== undefined && options.host !== '') return open(await sameAgain(options.host, environment, tls))
  const named = engine === 'podman' ? null : await namedEndpoint(environment, tls)
  if (named !== null) return open(named)
  const tried: Problem[] = []
  for (const address of usualPlaces(engine, environment)) {
    const found = await open(endpointOf(address, null)).catch((error: unknown) => {
      if (error instanceof BelayError && error.problem.code === 'E_ENGINE_UNREACHABLE') return error.problem
      throw error
    })
    if ('code' in found) tried.push(found)
    // The socket of one may be served by the other (podman-docker).
    else if (engine === 'auto' || found.name === engine) return found
    else tried.push(anotherEngine(found.host, found.name).problem)
  }
  throw noEngine(engine, tried)
}

/** An address that was found before: it may be that of the context, which alone knows its certificates. */
async function sameAgain(host: string, environment: Environment, tls: string | null): Promise<Endpoint> {
  const endpoint = endpointOf(host, tls)
  if (endpoint.kind === 'unix' || endpoint.tls !== null) return endpoint
  const chosen = await contextEndpoint(environment).catch(() => null)
  return chosen?.address === endpoint.address ? chosen : endpoint
}

async function namedEndpoint(environment: Environment, tls: string | null): Promise<Endpoint | null> {
  const host = environment['DOCKER_HOST'] ?? ''
  return host === '' ? contextEndpoint(environment) : endpointOf(host, tls)
}

/** Exported for its test: a machine has its own engines. */
export function usualPlaces(engine: EngineChoice, environment: Environment): readonly string[] {
  const runtime = environment['XDG_RUNTIME_DIR'] ?? ''
  const own = (path: string) => (runtime.startsWith('/') ? [`unix://${runtime}/${path}`] : [])
  const docker = ['unix:///var/run/docker.sock', ...own('docker.sock')]
  const podman = [
    ...[environment['CONTAINER_HOST'] ?? ''].filter((host) => host !== ''),
    ...own('podman/podman.sock'),
    'unix:///run/podman/podman.sock',
  ]
  // On a host with podman-docker alone, the name "podman" finds it at Docker's place, too.
  return engine === 'podman' ? [...podman, ...docker] : engine === 'docker' ? docker : [...docker, ...podman]
}

async function greet(endpoint: Endpoint, limits: EngineLimits, signal: AbortSignal): Promise<ContainerEngine> {
  const wire = { endpoint, limits }
  const at = endpoint.address
  const timeoutMs = Math.min(helloTimeoutMs, limits.answerTimeoutMs)
  const hello = await askerAt(wire, '').find('say what it is', { path: '/version', timeoutMs, signal }, helloSchema)
  if (hello === null) throw answerInvalid(at, 'does not say what it is')
  const api = agreedApi(hello)
  if (api === null) {
    throw answerInvalid(at, `speaks version ${hello.ApiVersion} of the API, and belay needs ${apiMin} or later`)
  }
  const podman = (hello.Components ?? []).some(({ Name }) => /podman/i.test(Name))
  return engineClient(askerAt(wire, `/v${api}`), at, hello, podman ? 'podman' : 'docker')
}

/** The newest that both speak; null: none. */
export function agreedApi({
  ApiVersion: max,
  MinAPIVersion: min = apiMin,
}: Pick<Hello, 'ApiVersion' | 'MinAPIVersion'>) {
  if (older(max, apiMin)) return null
  if (older(max, apiWanted)) return max
  return older(apiWanted, min) ? min : apiWanted
}

function older(a: string, b: string): boolean {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number)
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number)
  return aMajor < bMajor || (aMajor === bMajor && aMinor < bMinor)
}
