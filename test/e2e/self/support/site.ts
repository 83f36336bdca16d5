/** A host whose Belay runs in a container of a compose project, and is a component of its own config. */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { must, type Result } from '../../bed/command.ts'
import type { ComposeProject } from '../../bed/compose.ts'
import type { ContainerBed } from '../../bed/containers.ts'
import { pinnedNode } from '../../bed/requirements.ts'
import { over, type Row } from './host.ts'
import { type Fault, killFile, writeBelay } from './program.ts'

const service = 'belay'
const program = '/app/dist/belay.js'

export class BelaySite implements AsyncDisposable {
  readonly #bed: ContainerBed
  readonly project: ComposeProject
  readonly #image: string

  private constructor(bed: ContainerBed, project: ComposeProject, image: string) {
    this.#bed = bed
    this.project = project
    this.#image = image
  }

  /** The first of the versions runs; the others are published. */
  static async create(
    bed: ContainerBed,
    built: string,
    versions: readonly (readonly [string, Fault])[],
  ): Promise<BelaySite> {
    const project = await bed.project('docker-compose')
    const site = new BelaySite(bed, project, `${bed.registry.host}/self-${randomBytes(4).toString('hex')}/belay`)
    try {
      for (const [version, fault] of versions) await site.#publish(built, version, fault)
      for (const folder of ['state', 'test']) await mkdir(site.#at(folder), { mode: 0o700, recursive: true })
      await writeFile(site.#at('belay.json'), site.#config())
      await project.write('docker-compose.yml', site.#compose(versions[0]?.[0] ?? ''))
      await project.compose(['up', '-d'])
      await site.oneAgentOf(versions[0]?.[0] ?? '', 'at first')
      return site
    } catch (error) {
      await project.remove()
      throw error
    }
  }

  #at(name: string): string {
    return join(dirname(this.project.folder), name)
  }

  get #globals(): readonly string[] {
    return ['-c', this.#at('belay.json'), '--state', this.#at('state')]
  }

  /** Programs of the host are its base: what is special to a version is a few megabytes. */
  #compose(version: string): string {
    const all = dirname(this.project.folder)
    return `version: "3.7"
services:
  ${service}:
    image: ${this.#image}:${version}
    restart: unless-stopped
    network_mode: host
    command: ${JSON.stringify([...this.#globals, 'agent'])}
    environment: { HOME: ${all}, PATH: /usr/bin:/bin, SECRET: "kept $$ quiet" }
    volumes:
      - /usr:/usr:ro
      - ${pinnedNode()}:/node:ro
      - ${this.#bed.engine.host.slice('unix://'.length)}:/var/run/docker.sock
      - ${all}:${all}
      - ${this.#at('test')}:${dirname(killFile)}
`
  }

  #config(): string {
    return JSON.stringify({
      version: 1,
      agent: { allow_http: ['127.0.0.1'], check: { after_start: '0s', jitter: '0s' } },
      components: {
        belay: {
          source: { type: 'oci', image: this.#image },
          strategy: { type: 'compose', file: this.project.path(), service },
          checks: {
            before: [{ type: 'service_running' }],
            after: [
              { type: 'container_running', stable_seconds: 2, timeout_seconds: 6 },
              { type: 'version_check', timeout_seconds: 3 },
            ],
          },
        },
      },
    })
  }

  /** When there is another version than that, it is brought back. */
  async bringTo(version: string): Promise<void> {
    if ((await this.project.read()).includes(`image: ${this.#image}:${version}\n`)) return
    await this.update(version)
    await this.ended(`back at ${version}`)
    await this.oneAgentOf(version, `back at ${version}`)
  }

  async #publish(built: string, version: string, fault: Fault): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'belay-image-'))
    try {
      await writeBelay(built, join(folder, 'app'), version, fault)
      await mkdir(join(folder, 'tmp'))
      await must(['ln', '-s', 'usr/bin', join(folder, 'bin')])
      await must(['ln', '-s', 'usr/lib', join(folder, 'lib')])
      await must(['ln', '-s', 'usr/lib64', join(folder, 'lib64')])
      await must(['tar', '-C', folder, '-cf', join(folder, '../', `${version}.tar`), '.'])
      const name = `${this.#image}:${version}`
      const changes = [
        `ENTRYPOINT ["/node","${program}"]`,
        `LABEL org.opencontainers.image.version=${version}`,
        'ENV OF_IMAGE=' + version,
      ].flatMap((change) => ['--change', change])
      const tar = join(folder, '../', `${version}.tar`)
      for (const argv of [
        ['import', ...changes, tar, name],
        ['push', '--quiet', name],
        ['rmi', name],
      ]) {
        const { code, stderr } = await this.#bed.engine.docker(argv)
        if (code !== 0) throw new Error(`docker ${argv.join(' ')}: ${stderr}`)
      }
      await rm(tar)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** As a person does it: in the container that runs, which the update will end. */
  async update(to: string): Promise<Result> {
    return this.exec(['update', 'belay', '--to', to, '--yes', '--json'])
  }

  async exec(argv: readonly string[]): Promise<Result> {
    const container = (await this.project.containers(service)).find(({ State }) => State.Running)
    const words = ['exec', container?.Id ?? '', '/node', program, ...this.#globals, ...argv]
    return this.#bed.engine.docker(words, { timeoutMs: 120_000 })
  }

  /** From outside: reading the journal needs no agent. */
  async history(): Promise<readonly Row[]> {
    const { stdout } = await this.#bed.belay(this.project, [...this.#globals, 'history', 'belay', '--json'])
    return stdout.startsWith('{') ? (JSON.parse(stdout) as { runs: Row[] }).runs : []
  }

  async show(run: string): Promise<{ readonly problem: { readonly message: string } | null }> {
    const { stdout } = await this.#bed.belay(this.project, [...this.#globals, 'show', run, '--json'])
    return (JSON.parse(stdout) as { run: { problem: { message: string } | null } }).run
  }

  async ended(at: string): Promise<Row> {
    const newest = async () => (await this.history())[0]?.outcome ?? 'unfinished'
    await expect.poll(newest, { timeout: 120_000, interval: 250, message: at }).toMatch(over)
    const [row] = await this.history()
    if (row === undefined) throw new Error('there is no run')
    return row
  }

  async drivers(): Promise<readonly string[]> {
    const { stdout } = await this.#bed.engine.docker(['ps', '--all', '--quiet', '--filter', 'label=belay.driver'])
    return stdout.split('\n').filter((id) => id !== '')
  }

  /** One container runs, of that version; the agent in it answers; nothing of a driver is left. */
  async oneAgentOf(version: string, at: string): Promise<void> {
    const running = async () =>
      (await this.project.containers(service)).map(({ Config, State }) => [Config.Image, State.Running])
    await expect
      .poll(running, { timeout: 60_000, interval: 100, message: at })
      .toEqual([[`${this.#image}:${version}`, true]])
    const answers = async () => (await this.exec(['reload', '--json'])).code
    await expect.poll(answers, { timeout: 60_000, interval: 100, message: at }).toBe(0)
    await expect.poll(() => this.drivers(), { timeout: 60_000, interval: 100, message: at }).toEqual([])
    expect(await this.project.read(), at).toContain(`image: ${this.#image}:${version}\n`)
    expect(await must(['find', this.#at('state'), '-path', '*/self/*']), at).toBe('')
  }

  async killAt(point: string): Promise<void> {
    await rm(this.#at('test/kill.done'), { force: true })
    await writeFile(this.#at('test/kill'), `--here ${point}`)
  }

  async killed(at: string): Promise<void> {
    const found = () => readFile(this.#at('test/kill.done'), 'utf8').catch(() => null)
    await expect.poll(found, { timeout: 60_000, interval: 50, message: at }).not.toBeNull()
  }

  async records(): Promise<number> {
    return Number(await readFile(this.#at('test/kill.count'), 'utf8'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of await this.drivers()) await this.#bed.engine.docker(['rm', '--force', id])
    await this.project.remove()
  }
}
