import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '../../examples/demo/free-port.ts'
import { endStrays } from '../../examples/demo/host.ts'
import { type ApplicationSize, packApplication } from './archive.ts'
import { line } from './line.ts'

export const belayProgram = resolve(import.meta.dirname, '../../bin/belay')

const stops = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Ran {
  readonly code: number
  readonly ms: number
  readonly stdout: string
}

/** A folder with a server of releases and a component that belay keeps in it; `ports[0]` is the component's. What runs in the folder ends with it. */
export interface Lab extends AsyncDisposable {
  readonly dir: string
  readonly releases: string
  readonly url: string
  readonly ports: readonly [number, number]
  /** Words of the command line before the command. */
  readonly globals: readonly string[]
  publish(version: string, size: ApplicationSize, level: number): Promise<void>
  /** Throws when it ends with another code than 0. */
  belay(...args: readonly string[]): Promise<Ran>
}

/** `bytesPerSecond`: how fast the server of releases is reached. */
interface LabOptions {
  readonly base?: string
  readonly bytesPerSecond?: number
}

export async function openLab({ base = tmpdir(), bytesPerSecond = Infinity }: LabOptions = {}): Promise<Lab> {
  const dir = await mkdtemp(join(base, 'belay-bench-'))
  const releases = join(dir, 'published')
  await mkdir(releases)
  const { server, url: near } = await serve(releases)
  const far = bytesPerSecond === Infinity ? null : await line(near, bytesPerSecond)
  const url = far?.url ?? near
  const ports = [await freePort(), await freePort()] as const
  await writeFile(join(dir, 'belay.yaml'), config(dir, url, ports[0]))
  const globals = ['-c', join(dir, 'belay.yaml'), '--state', join(dir, 'state')]
  const program = await readFile(join(import.meta.dirname, 'server.mjs'), 'utf8')
  const putAway = async () => {
    far?.server.closeAllConnections()
    far?.server.close()
    server.kill('SIGINT')
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
    await endStrays(dir)
    await rm(dir, { recursive: true, force: true, maxRetries: 3 })
    for (const name of stops) process.removeListener(name, stopped)
  }
  // Stays until all is away: a terminal and npm may both pass the same signal on.
  const stopped = () => void putAway().finally(() => process.exit(1))
  for (const name of stops) process.on(name, stopped)
  return {
    dir,
    releases,
    url,
    ports,
    globals,
    publish: async (version, size, level) => {
      await packApplication(version, program, size, releases, level)
    },
    belay: (...args) => run(belayProgram, [...globals, ...args]),
    [Symbol.asyncDispose]: putAway,
  }
}

function config(dir: string, url: string, port: number): string {
  return `version: 1
agent: { allow_http: [ 127.0.0.1 ] }
components:
  app:
    source: { type: http, url: "${url}/feed.json", asset: "app-{version}.tar.gz" }
    strategy:
      type: directory
      path: ${dir}/belay
      service: { type: process, command: [ ${process.execPath}, server.mjs ], env: { APP_PORT: ${port} } }
    version: { file: VERSION }
    checks:
      after:
        - { type: health_endpoint, url: "http://127.0.0.1:${port}/health", timeout_seconds: 10 }
        - { type: version_check }
`
}

async function serve(folder: string): Promise<{ readonly server: ChildProcess; readonly url: string }> {
  const args = ['release', 'serve', folder, '--port', '0', '--json']
  const server = spawn(belayProgram, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: server.stdout })) {
    return { server, url: (JSON.parse(line) as { readonly url: string }).url }
  }
  throw new Error('belay release serve ended before it served anything')
}

/** Runs to the end; what it says on standard error is shown only when it fails. */
export async function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const startedAt = performance.now()
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  await once(child, 'close')
  const ms = performance.now() - startedAt
  const ran = { code: child.exitCode ?? 128, ms, stdout: stdout() }
  if (ran.code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${ran.code}:\n${stderr()}${stdout()}`)
  return ran
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const parts: Buffer[] = []
  stream.on('data', (part: Buffer) => parts.push(part))
  return () => Buffer.concat(parts).toString()
}
