/**
 * A container engine of our own. It lives in fresh network, mount and process namespaces: it touches no firewall rule,
 * address or port of the host, two of them never collide, and when the test process ends, in whatever way, everything
 * in them ends with it. Its data folder stays in the cache, so that the next start finds the image there.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { cacheRoot, recipeHash } from './cache.ts'
import { must, type Result, type RunOptions, run } from './command.ts'
import { firstProcess, inNamespaces } from './namespaces.ts'
import { pinnedNode } from './requirements.ts'

const enginesMax = 16
const startTimeoutMs = 60_000
const stopTimeoutMs = 60_000
/** `flock -E`: another engine has this folder. */
const folderIsTaken = 75

type Child = ChildProcessByStdio<Writable, Readable, null>

export interface Engine {
  /** Where its sockets and logs are. */
  readonly folder: string
  /** The unix socket of `gateway.ts`. */
  readonly gateway: string
  /** Where a docker client finds it. */
  readonly host: string
  /** Runs the docker client against this engine; never rejects for an exit code. */
  docker(argv: readonly string[], options?: RunOptions): Promise<Result>
  /** The words that run a program among the engine's containers: in its network, process and mount namespaces. */
  inside(argv: readonly string[]): readonly string[]
  /** Ends dockerd by this signal and waits until another one answers. Containers stop, unless they are to restart. */
  restart(signal: 'TERM' | 'KILL'): Promise<void>
  /** Ends the engine and every process in it. Safe to call twice. */
  stop(): Promise<void>
}

/** Starts an engine in the first folder of the cache that no other run is using. */
export async function startEngine(): Promise<Engine> {
  for (let slot = 0; slot < enginesMax; slot++) {
    const folder = join(cacheRoot(), 'engines', String(slot))
    await mkdir(folder, { recursive: true })
    const engine = await startIn(folder)
    if (engine !== 'taken') return engine
  }
  throw new Error(`${enginesMax} engines are running already, in ${join(cacheRoot(), 'engines')}`)
}

type Client = Omit<Engine, 'inside' | 'restart' | 'stop'>

function clientOf(folder: string): Client {
  const socket = join(folder, 'docker.sock')
  // The longest path that a unix socket takes is 107 bytes.
  if (socket.length > 100) throw new Error(`${folder} is too long for a socket: set BELAY_TEST_CACHE to a shorter path`)
  const host = `unix://${socket}`
  const env = { DOCKER_CONFIG: join(folder, 'client'), DOCKER_HOST: host }
  return {
    folder,
    host,
    gateway: join(folder, 'gateway.sock'),
    docker: (argv, options = {}) => run(['docker', ...argv], { ...options, env: { ...options.env, ...env } }),
  }
}

/** A data folder that a crash spoiled is thrown away, once. */
async function startIn(folder: string, lastTry = false): Promise<Engine | 'taken'> {
  const engine = clientOf(folder)
  const child = launch(folder)
  const stop = (): Promise<void> => end(child)
  const code = await lockedOrExit(child)
  if (code === folderIsTaken) return 'taken'
  if (code === 'locked' && (await answers(engine, child))) {
    const first = await firstProcess(child.pid ?? 0)
    const inside = (argv: readonly string[]): readonly string[] => inNamespaces(first, argv)
    return { ...engine, inside, restart: (signal) => restart({ ...engine, inside }, child, signal), stop }
  }
  await stop()
  if (lastTry) throw new Error(`the container engine did not start (${code}): ${await lastLog(folder)}`)
  await rm(join(folder, 'data'), { recursive: true, force: true })
  return startIn(folder, true)
}

function launch(folder: string): Child {
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--propagation', 'slave']
  const here = import.meta.dirname
  const gateway = [pinnedNode(), join(here, 'gateway.ts'), join(folder, 'gateway.sock')]
  const inside = ['bash', join(here, 'engine.sh'), folder, `belay-bed-${recipeHash([folder])}`, ...gateway]
  const argv = ['-n', '-E', String(folderIsTaken), join(folder, 'lock'), 'unshare', ...namespaces, ...inside]
  // Its own session: Ctrl-C is for the test process, whose end closes the pipe that the engine waits on.
  return spawn('flock', argv, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
}

/** `engine.sh` prints a line once it holds the folder; sockets that answered before belong to somebody else. */
async function lockedOrExit(child: Child): Promise<'locked' | number> {
  const line = once(child.stdout, 'data').then(() => 'locked' as const)
  const code = once(child, 'exit').then(([exit]) => (exit as number | null) ?? -1)
  return Promise.race([line, code])
}

async function end(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.stdin.end()
  const patience = setTimeout(() => killGroup(child), stopTimeoutMs)
  await exited
  clearTimeout(patience)
}

function killGroup(child: Child): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
}

/** Waits for the old one to be gone, so that it is not the old one that answers. */
const restartScript = `old=$(cat "$1/dockerd.pid") && touch "$1/restart" && kill -s "$2" "$old"
while kill -0 "$old" 2>/dev/null; do sleep 0.02; done`

async function restart(engine: Client & Pick<Engine, 'inside'>, child: Child, signal: string): Promise<void> {
  await must(engine.inside(['sh', '-c', restartScript, 'restart', join(engine.folder, 'run'), signal]))
  if (!(await answers(engine, child))) throw new Error(`the engine did not come back: ${await lastLog(engine.folder)}`)
}

async function answers(engine: Client, child: Child): Promise<boolean> {
  const deadline = Date.now() + startTimeoutMs
  while (Date.now() < deadline && child.exitCode === null) {
    if ((await connects(engine.gateway)) && (await engine.docker(['version'])).code === 0) return true
    await delay(20)
  }
  return false
}

async function connects(path: string): Promise<boolean> {
  const socket = connect({ path })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function lastLog(folder: string): Promise<string> {
  const log = await readFile(join(folder, 'dockerd.log'), 'utf8').catch(() => 'it left no log')
  return log.slice(-3_000)
}
