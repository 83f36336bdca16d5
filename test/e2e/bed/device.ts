/**
 * One device: a container with real systemd as PID 1, its own boot id at every boot, and a file system that survives
 * power cuts. A power cut ends every process at one instant; what they had written stays, because the page cache is
 * the host's. Losing unsynced writes is not what this shows.
 */
import { createReadStream, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Content, type Result, type RunOptions, withFolderStream } from './command.ts'
import type { Engine } from './engine.ts'
import { type Door, forwardPort, type HttpAnswer, type HttpOptions, http } from './network.ts'

const bootTimeoutMs = 180_000
const shutdownTimeoutMs = 120_000
const execTimeoutMs = 180_000

export interface ExecOptions {
  /** A user of the device; root when absent. */
  readonly user?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly cwd?: string | undefined
  readonly input?: Content | undefined
  /** After this the program is killed inside the device, and `code` is 137; 180,000 when absent. */
  readonly timeoutMs?: number | undefined
}

export interface FileOptions {
  /** As chmod takes it. */
  readonly mode?: string | undefined
  /** As chown takes it. */
  readonly owner?: string | undefined
}

export class Device implements AsyncDisposable {
  readonly name: string
  readonly #engine: Engine
  readonly #id: string
  #ip = ''

  constructor(engine: Engine, name: string, id: string) {
    this.name = name
    this.#engine = engine
    this.#id = id
  }

  /** Its address in the devices' network; another one may come after each power-on. */
  get ip(): string {
    return this.#ip
  }

  /** Runs a program, without a shell. `code` is 137 when it was killed: by the time limit, or by a power cut under it. */
  exec(argv: readonly string[], options: ExecOptions = {}): Promise<Result> {
    const timeoutMs = options.timeoutMs ?? execTimeoutMs
    const flags = ['--user', options.user ?? 'root']
    if (options.input !== undefined) flags.push('--interactive')
    if (options.cwd !== undefined) flags.push('--workdir', options.cwd)
    for (const [key, value] of Object.entries(options.env ?? {})) flags.push('--env', `${key}=${value}`)
    const limited = ['timeout', '--signal=KILL', String(timeoutMs / 1_000), ...argv]
    return this.#docker(['exec', ...flags, this.#id, ...limited], {
      input: options.input,
      // Of the client: it is to say how the program in the device ended.
      timeoutMs: timeoutMs + 60_000,
    })
  }

  /** Runs a program that has to succeed; resolves with its standard output. */
  async must(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
    const result = await this.exec(argv, options)
    if (result.code === 0) return result.stdout
    throw new Error(`${this.name}: ${argv.join(' ')} ended with ${result.code}: ${result.stdout}\n${result.stderr}`)
  }

  /** Copies a file to the path `target`, or what a folder contains into the folder `target`; owned by root. */
  async copyIn(path: string, target: string): Promise<void> {
    const found = await stat(path)
    if (!found.isDirectory()) return this.writeFile(target, createReadStream(path), { mode: modeOf(found) })
    await this.must(['mkdir', '-p', target])
    await withFolderStream(path, async (input) => {
      await this.must(['tar', '--no-same-owner', '-C', target, '-x'], { input })
    })
  }

  /** Writes a file, and the folders above it. Not atomic: it is the test's hand, not Belay's. */
  async writeFile(path: string, content: Content, { mode, owner }: FileOptions = {}): Promise<void> {
    await this.must(['mkdir', '-p', dirname(path)])
    await this.must(['sh', '-c', 'cat >"$1"', 'write', path], { input: content })
    if (mode !== undefined) await this.must(['chmod', mode, path])
    if (owner !== undefined) await this.must(['chown', owner, path])
  }

  async readFile(path: string): Promise<string> {
    return this.must(['cat', path])
  }

  /** Takes the power away: every process ends at once, with SIGKILL. Folders of type tmpfs (/run, /tmp) are lost. */
  async powerCut(): Promise<void> {
    await this.#mustDocker(['kill', '--signal', 'KILL', this.#id])
    await this.#mustDocker(['wait', this.#id])
  }

  /** Boots after a power cut; resolves when systemd has started everything it wants to start. */
  async powerOn(): Promise<void> {
    await this.#mustDocker(['start', this.#id])
    await this.booted()
  }

  /** An orderly reboot: systemd stops its units, then boots anew. */
  async reboot(): Promise<void> {
    await this.exec(['systemctl', 'reboot'])
    await this.#mustDocker(['wait', this.#id], { timeoutMs: shutdownTimeoutMs })
    await this.powerOn()
  }

  /** Resolves with systemd's word for its state, `running`, or `degraded` when a unit has failed. */
  async booted(): Promise<string> {
    const deadline = Date.now() + bootTimeoutMs
    for (;;) {
      const { stdout } = await this.exec(['systemctl', 'is-system-running', '--wait'], { timeoutMs: bootTimeoutMs })
      const state = stdout.trim()
      if (state === 'running' || state === 'degraded') return this.#learnAddress().then(() => state)
      if (Date.now() > deadline) throw new Error(`${this.name} does not boot: ${state} ${await this.#consoleText()}`)
      await delay(20)
    }
  }

  /** One HTTP exchange with a port of the device. Rejects when nothing answers there (`code` ECONNREFUSED). */
  http(port: number, path: string, options?: HttpOptions): Promise<HttpAnswer> {
    return http(this.#engine.gateway, { host: this.#ip, port }, path, options)
  }

  /** A URL on the host that leads to a port of the device, for programs that take URLs. It survives reboots. */
  forward(port: number): Promise<Door> {
    return forwardPort(this.#engine.gateway, () => ({ host: this.#ip, port }))
  }

  /** What systemd's journal has of a unit, over all boots, oldest first. */
  journal(unit: string): Promise<string> {
    return this.must(['journalctl', '--no-pager', '--output=short-iso', '--unit', unit])
  }

  /** Its file system goes too. `await using device = …` does this at the end of the block. */
  async remove(): Promise<void> {
    await this.#mustDocker(['rm', '--force', '--volumes', this.#id])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove()
  }

  async #learnAddress(): Promise<void> {
    const format = '{{.NetworkSettings.IPAddress}}'
    this.#ip = (await this.#mustDocker(['inspect', '--format', format, this.#id])).trim()
  }

  async #consoleText(): Promise<string> {
    const { stdout, stderr } = await this.#docker(['logs', '--tail', '50', this.#id])
    return `${stdout}${stderr}`
  }

  #docker(argv: readonly string[], options?: RunOptions): Promise<Result> {
    return this.#engine.docker(argv, options)
  }

  async #mustDocker(argv: readonly string[], options?: RunOptions): Promise<string> {
    const result = await this.#docker(argv, options)
    if (result.code === 0) return result.stdout
    throw new Error(`docker ${argv.join(' ')} of ${this.name}: ${result.stderr}`)
  }
}

function modeOf(file: Stats): string {
  return (file.mode & 0o777).toString(8)
}
