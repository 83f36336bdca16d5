import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { freePort } from '../../../examples/demo/free-port.ts'
import { endStrays } from '../../../examples/demo/host.ts'
import type { DoctorDocument } from '../../../src/cli/render/doctor.ts'
import { serveReleases } from '../../../src/cli/release/server.ts'
import { packRelease, writeTree } from '../bed/archive.ts'

const belayProgram = resolve(import.meta.dirname, '../../../bin/belay')
const hungMs = 200_000

type Belay = ChildProcessByStdio<null, Readable, Readable>

export interface Patient {
  /** Of the release, besides VERSION. */
  readonly files: Readonly<Record<string, string>>
  readonly command: readonly string[]
  readonly traffic?: Readonly<Record<string, unknown>>
  readonly strategy?: Readonly<Record<string, unknown>>
  readonly component?: Readonly<Record<string, unknown>>
}

export interface Asked {
  readonly code: number
  readonly document: DoctorDocument
  readonly output: string
}

/** An application that is installed and served in `blue`, by a proxy that a program steers: here a file. */
export class Ward implements AsyncDisposable {
  readonly dir: string
  readonly app: string
  readonly state: string
  readonly ports: { readonly blue: number; readonly green: number }
  readonly #releases: Awaited<ReturnType<typeof serveReleases>>

  private constructor(dir: string, ports: Ward['ports'], releases: Awaited<ReturnType<typeof serveReleases>>) {
    this.dir = dir
    this.app = join(dir, 'app')
    this.state = join(dir, 'state')
    this.ports = ports
    this.#releases = releases
  }

  static async create(patient: Patient): Promise<Ward> {
    const dir = await realpath(await mkdtemp(join(tmpdir(), 'belay-doctor-')))
    await writeTree(join(dir, 'tree'), { VERSION: '1.0.0\n', ...patient.files })
    await writeTree(join(dir, 'published'), { 'readme.txt': '' })
    await packRelease(join(dir, 'tree'), 'flat', '1.0.0', join(dir, 'published', 'app-1.0.0.tar.gz'))
    const signal = new AbortController().signal
    const releases = await serveReleases({ dir: join(dir, 'published'), host: '127.0.0.1', port: 0, signal })
    const ward = new Ward(dir, { blue: await freePort(), green: await freePort() }, releases)
    await writeFile(join(dir, 'active'), 'blue')
    await ward.configure(patient)
    const installed = await ward.run(['update', 'app', '--yes'])
    if (installed.code === 0) return ward
    await ward[Symbol.asyncDispose]()
    throw new Error(installed.output)
  }

  async configure({ command, traffic = {}, strategy = {}, component = {} }: Patient): Promise<void> {
    const { blue, green } = this.ports
    const config = {
      version: 1,
      agent: { allow_http: ['127.0.0.1'] },
      components: {
        app: {
          source: { type: 'http', url: `${this.#releases.url}/feed.json`, asset: 'app-{version}.tar.gz' },
          strategy: {
            type: 'directory',
            path: this.app,
            layout: 'slots',
            service: { type: 'process', command, stop_timeout: '5s' },
            traffic: {
              type: 'command',
              active: ['cat', join(this.dir, 'active')],
              switch: ['sh', '-c', `printf %s "$1" >${this.dir}/active`, 'sh', '{slot}'],
              front: `http://127.0.0.1:${blue}/`,
              slots: { blue, green },
              ready: { path: '/', timeout: '1m' },
              verify: { times: 1 },
              drain: { requests: '30s', streams: '1m' },
              ...traffic,
            },
            ...strategy,
          },
          version: { file: 'VERSION' },
          checks: { before: [], after: [{ type: 'service_active', stable_seconds: 0 }] },
          ...component,
        },
      },
    }
    await writeFile(join(this.dir, 'belay.json'), JSON.stringify(config))
  }

  spawn(words: readonly string[], env: Readonly<Record<string, string>> = {}): Belay {
    const globals = ['-c', join(this.dir, 'belay.json'), '--state', this.state]
    return spawn(belayProgram, [...globals, ...words], {
      timeout: hungMs,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LANG: 'C', ...env },
    })
  }

  async run(words: readonly string[], env?: Readonly<Record<string, string>>) {
    const child = this.spawn(words, env)
    const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { code: child.exitCode ?? -1, output: `${out}${error}`, out }
  }

  async doctor(...words: readonly string[]): Promise<Asked> {
    const { code, out, output } = await this.run(['--json', 'doctor', ...words])
    if (out === '') throw new Error(output)
    return { code, output, document: JSON.parse(out) as DoctorDocument }
  }

  /** Everything that a trial must leave as it was. */
  async standing() {
    const entries = (await readdir(this.app)).toSorted()
    const links = await Promise.all(entries.map((name) => readlink(join(this.app, name)).catch(() => null)))
    const runs = await this.pids()
    const retiring = await readdir(join(this.state, 'retiring')).catch(() => [])
    return { entries, links, runs, retiring, blueEnv: await readFile(join(this.app, 'blue.env'), 'utf8') }
  }

  /** Of the processes that work in a release. */
  async pids(): Promise<readonly number[]> {
    const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const inside = await Promise.all(
      all.map(async (pid) => (await readlink(`/proc/${pid}/cwd`).catch(() => '')).startsWith(`${this.app}/releases/`)),
    )
    return all.filter((_, i) => inside[i]).map(Number)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endStrays(this.dir)
    await this.#releases.close()
    await rm(this.dir, { recursive: true, force: true })
  }
}
