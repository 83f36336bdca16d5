/** Podman's service, with storage and settings of its own, in the namespaces of the bed's engine. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Result, run } from '../e2e/bed/command.ts'
import type { Engine } from '../e2e/bed/engine.ts'
import { signalInside } from '../e2e/bed/namespaces.ts'

const startTimeoutMs = 60_000

export interface Podman extends AsyncDisposable {
  readonly host: string
  cli(argv: readonly string[]): Promise<Result>
}

/** `registries`: hosts that it may speak plain http to. */
export async function startPodman(engine: Engine, registries: readonly string[]): Promise<Podman> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-podman-'))
  const env = await settings(folder, registries)
  const words = ['env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), 'podman']
  const socket = join(folder, 'podman.sock')
  const log = await open(join(folder, 'service.log'), 'a')
  const [program = '', ...argv] = engine.inside([...words, 'system', 'service', '--time=0', `unix://${socket}`])
  const child = spawn(program, argv, { stdio: ['ignore', log.fd, log.fd] })
  await log.close()
  const cli = (more: readonly string[]): Promise<Result> => run(engine.inside([...words, ...more]))
  const close = async (): Promise<void> => {
    await cli(['rm', '--all', '--force', '--time', '0'])
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      await signalInside(child, 'SIGTERM')
      await exited
    }
    // Storage is mounted where the engine's processes live.
    await run(
      engine.inside([
        'sh',
        '-c',
        'umount -R "$1" 2>/dev/null; rm -rf --one-file-system "$1"',
        'clean',
        join(folder, 'root'),
      ]),
    )
    await rm(folder, { recursive: true, force: true })
  }
  for (const deadline = Date.now() + startTimeoutMs; !existsSync(socket); await delay(20)) {
    if (child.exitCode === null && Date.now() < deadline) continue
    const said = await readFile(join(folder, 'service.log'), 'utf8')
    await close()
    throw new Error(`podman does not serve: ${said.slice(-2000)}`)
  }
  return { host: `unix://${socket}`, cli, [Symbol.asyncDispose]: close }
}

/** With cgroup v1, crun refuses and no service manager is there; limits must fit those of this process. */
async function settings(folder: string, registries: readonly string[]): Promise<Record<string, string>> {
  const file = (name: string): string => join(folder, name)
  await mkdir(file('root'))
  await writeFile(
    file('containers.conf'),
    `[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "${file('networks')}"
`,
  )
  await writeFile(
    file('storage.conf'),
    `[storage]
driver = "overlay"
graphroot = "${file('root')}"
runroot = "${file('run')}"
`,
  )
  const insecure = registries.map((host) => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`).join('')
  await writeFile(file('registries.conf'), `unqualified-search-registries = ["docker.io"]\n${insecure}`)
  await writeFile(file('policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}')
  return {
    CONTAINERS_CONF: file('containers.conf'),
    CONTAINERS_STORAGE_CONF: file('storage.conf'),
    CONTAINERS_REGISTRIES_CONF: file('registries.conf'),
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
  }
}
