/**
 * Real places to look around in: containers of every kind that this machine can make, each with a real engine or manager.
 * All of them live in the namespaces of the bed's engine and end with it.
 */
import { chmod, lchown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { DetectDocument } from '../../src/cli/render/detect-document.ts'
import { recipeHash } from '../e2e/bed/cache.ts'
import { must, type Result, run } from '../e2e/bed/command.ts'
import { type Engine, startEngine } from '../e2e/bed/engine.ts'
import { ensureImage } from '../e2e/bed/image.ts'
import { repository } from '../e2e/bed/requirements.ts'
import { type Podman, startPodman } from './container-engine.podman.ts'

const bootTimeoutMs = 100_000
const firstOutsideUid = 100_000
const uidCount = 65_536

/** Somewhere that programs can be run, with this checkout at /opt/belay. */
export interface Place {
  run(argv: readonly string[]): Promise<Result>
}

export const checkout = '/opt/belay'

/** What systemd needs to be the first process of a container. */
const systemdFlags = [
  ['--stop-signal', 'SIGRTMIN+3'],
  ['--cap-add', 'SYS_ADMIN'],
  ['--security-opt', 'seccomp=unconfined'],
  ['--tmpfs', '/run'],
  ['--tmpfs', '/tmp'],
  ['--volume', '/sys/fs/cgroup:/sys/fs/cgroup:rw'],
  ['--cgroupns', 'host'],
  ['--env', 'container=docker'],
].flat()

export class Places implements AsyncDisposable {
  readonly engine: Engine
  readonly #image: string
  readonly #folder: string
  readonly #group: string
  #podman: Promise<Podman> | null = null
  /** For places that leave it as it is. */
  #plainTree: Promise<string> | null = null
  #machines = 0

  constructor(engine: Engine, image: string, folder: string) {
    this.engine = engine
    this.#image = image
    this.#folder = folder
    this.#group = `belay-bed-${recipeHash([engine.folder])}`
  }

  static async open(): Promise<Places> {
    const engine = await startEngine()
    const folder = await mkdtemp(join(tmpdir(), 'belay-places-'))
    // The root of an unprivileged container is nobody here, and must come through.
    await chmod(folder, 0o711)
    return new Places(engine, await ensureImage(engine), folder)
  }

  /** `flags` of `docker run`. */
  async docker(flags: readonly string[] = []): Promise<Place> {
    const all = [
      'run',
      '--detach',
      '--cgroup-parent',
      `/${this.#group}/docker`,
      '--volume',
      `${repository}:${checkout}:ro`,
    ]
    const created = await this.engine.docker([...all, ...flags, this.#image, 'sleep', '600'])
    if (created.code !== 0) throw new Error(created.stderr)
    return { run: (argv) => this.engine.docker(['exec', created.stdout.trim(), ...argv]) }
  }

  async dockerWithSystemd(): Promise<Place> {
    const flags = [
      ...systemdFlags,
      '--volume',
      `${repository}:${checkout}:ro`,
      '--cgroup-parent',
      `/${this.#group}/docker`,
    ]
    const created = await this.engine.docker(['run', '--detach', ...flags, this.#image, '/sbin/init'])
    if (created.code !== 0) throw new Error(created.stderr)
    return booted({ run: (argv) => this.engine.docker(['exec', created.stdout.trim(), ...argv]) })
  }

  async podman(flags: readonly string[], argv: readonly string[]): Promise<Place> {
    this.#podman ??= this.#startPodman()
    const podman = await this.#podman
    const all = ['run', '--detach', '--network', 'none', '--volume', `${repository}:${checkout}:ro`, ...flags]
    const created = await podman.cli([...all, 'belay.local/place', ...argv])
    if (created.code !== 0) throw new Error(created.stderr)
    const id = created.stdout.trim()
    return { run: (words) => podman.cli(['exec', id, ...words]) }
  }

  async podmanWithSystemd(): Promise<Place> {
    return booted(await this.podman(['--systemd=always'], ['/sbin/init']))
  }

  async #startPodman(): Promise<Podman> {
    const podman = await startPodman(this.engine, [])
    this.#plainTree ??= this.tree()
    const tree = await this.#plainTree
    const tar = join(this.#folder, 'place.tar')
    await must(['tar', '-C', tree, '-cf', tar, '.'])
    const loaded = await podman.cli(['import', tar, 'belay.local/place'])
    if (loaded.code !== 0) throw new Error(loaded.stderr)
    return podman
  }

  /** A root file system of its own, without what Docker leaves in one. */
  async tree(): Promise<string> {
    const tree = join(this.#folder, `tree-${this.#machines++}`)
    await mkdir(tree)
    const created = await this.engine.docker(['create', this.#image, 'true'])
    const id = created.stdout.trim()
    const pipe = 'docker --host "$1" export "$2" | tar -x -C "$3"'
    await must(['sh', '-c', pipe, 'export', this.engine.host, id, tree])
    await this.engine.docker(['rm', id])
    await rm(join(tree, '.dockerenv'), { force: true })
    return tree
  }

  /** One program at a time, each in a container that it is the first process of. */
  async nspawn(tree?: string): Promise<Place> {
    this.#plainTree ??= this.tree()
    const root = tree ?? (await this.#plainTree)
    return { run: (argv) => run(this.#nspawnWords(root, ['--pipe', ...argv])) }
  }

  async nspawnWithSystemd(): Promise<Place> {
    const root = await this.tree()
    const name = basename(root)
    const booting = run(this.#nspawnWords(root, ['--boot', '--console=pipe']))
    void booting.catch(() => {})
    const leader = await this.#leaderOf(name)
    return booted({
      run: (argv) =>
        run(this.engine.inside(['nsenter', '-t', leader, '-m', '-u', '-i', '-n', '-p', '-r', '-w', ...argv])),
    })
  }

  /** A control group of its own: without one, all machines would share a folder that systemd makes. */
  #nspawnWords(root: string, more: readonly string[]): readonly string[] {
    const script = `group=$1; shift
for c in systemd memory pids; do
  d=/sys/fs/cgroup/$c; [ -d "$d" ] || continue
  mkdir -p "$d/$group" && echo $$ >"$d/$group/cgroup.procs"
done
exec "$@"`
    const name = basename(root)
    const flags = ['--register=no', '--keep-unit', '--quiet', '-M', name, '-D', root, '--private-network']
    const bind = `--bind-ro=${repository}:${checkout}`
    const words = ['systemd-nspawn', ...flags, bind, ...more]
    return this.engine.inside(['sh', '-c', script, 'group', `${this.#group}-${name}`, ...words])
  }

  async #leaderOf(name: string): Promise<string> {
    // Its first child only makes the namespaces, and is gone when systemd is there.
    const script = 'for p in $(pgrep -f "^systemd-nspawn.*-M $1 "); do pgrep -P "$p" -x systemd; done | head -n 1'
    for (const deadline = Date.now() + bootTimeoutMs; Date.now() < deadline; await delay(50)) {
      const pid = (await run(this.engine.inside(['sh', '-c', script, 'leader', name]))).stdout.trim()
      if (pid !== '') return pid
    }
    throw new Error(`${name} does not start`)
  }

  async lxc({ privileged }: { readonly privileged: boolean }): Promise<Place> {
    const root = await this.tree()
    const name = basename(root)
    await rm(join(root, 'etc/systemd/system/sys-kernel-debug.mount'), { force: true })
    await must(['ln', '-s', '/dev/null', join(root, 'etc/systemd/system/sys-kernel-debug.mount')])
    if (!privileged) await shift(root)
    const folder = join(this.#folder, 'lxc')
    await mkdir(join(folder, name), { recursive: true })
    await chmod(folder, 0o711)
    await chmod(join(folder, name), 0o711)
    await writeFile(join(folder, name, 'config'), lxcConfig(root, `${this.#group}/${name}`, privileged))
    const ids = join(folder, 'subids')
    await writeFile(ids, `root:${firstOutsideUid}:${uidCount}\n`)
    const script = 'mount --bind "$1" /etc/subuid; mount --bind "$1" /etc/subgid; shift; exec "$@"'
    const log = join(folder, name, 'log')
    const start = ['lxc-start', '-P', folder, '-n', name, '-d', '-l', 'INFO', '-o', log]
    await must(this.engine.inside(['unshare', '--mount', 'sh', '-c', script, 'lxc', ids, ...start]))
    return booted({ run: (argv) => run(this.engine.inside(['lxc-attach', '-P', folder, '-n', name, '--', ...argv])) })
  }

  /** Another root folder, and nothing else of its own. */
  async chroot(): Promise<Place> {
    this.#plainTree ??= this.tree()
    const root = await this.#plainTree
    const script = `mkdir -p "$1${checkout}" && mount --bind "$2" "$1${checkout}" && mount -t proc proc "$1/proc" && cd / && root=$1 && shift 2 && exec chroot "$root" "$@"`
    return { run: (argv) => run(['unshare', '--mount', 'sh', '-c', script, 'chroot', root, repository, ...argv]) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#podman)?.[Symbol.asyncDispose]()
    await this.engine.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** `group`: its control group, which goes with the engine. */
function lxcConfig(root: string, group: string, privileged: boolean): string {
  const map = privileged ? [] : ['u', 'g'].map((kind) => `lxc.idmap = ${kind} 0 ${firstOutsideUid} ${uidCount}`)
  return [
    `lxc.uts.name = ${basename(root)}`,
    `lxc.cgroup.dir = ${group}`,
    `lxc.rootfs.path = dir:${root}`,
    'lxc.net.0.type = empty',
    'lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed',
    'lxc.autodev = 1',
    'lxc.signal.halt = SIGRTMIN+4',
    'lxc.apparmor.profile = unconfined',
    `lxc.mount.entry = ${repository} ${checkout.slice(1)} none bind,ro,create=dir 0 0`,
    ...map,
    '',
  ].join('\n')
}

/** Gives a tree to the root of a container whose users are others here. */
async function shift(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await shift(path)
    else await lchown(path, firstOutsideUid, firstOutsideUid)
  }
  await lchown(folder, firstOutsideUid, firstOutsideUid)
}

async function booted(place: Place): Promise<Place> {
  for (const deadline = Date.now() + bootTimeoutMs; ; await delay(50)) {
    const { stdout, stderr } = await place.run(['systemctl', 'is-system-running', '--wait'])
    if (/^(?:running|degraded)$/.test(stdout.trim())) return place
    if (Date.now() > deadline) throw new Error(`it does not boot: ${stdout} ${stderr}`)
  }
}

export const belayInside: string = join(checkout, 'bin/belay')

export function belay(place: Place, argv: readonly string[]): Promise<Result> {
  return place.run([belayInside, ...argv])
}

/** What `belay detect --json` prints. */
export type Host = DetectDocument

export async function detected(place: Place): Promise<Host> {
  return hostOf(await belay(place, ['detect', '--json']))
}

export function hostOf({ code, stdout, stderr }: Result): Host {
  if (code !== 0) throw new Error(`belay detect ended with ${code}: ${stderr}`)
  return JSON.parse(stdout) as Host
}
