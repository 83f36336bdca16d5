import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { DatabaseSync } from 'node:sqlite'
import { serveReleases } from '../../../src/cli/release/server.ts'
import { componentNameSchema } from '../../../src/core/model/names.ts'
import { systemClock } from '../../../src/host/clock.ts'
import { type Belay, openBelay } from '../../../src/main/open.ts'
import { processServices } from '../../../src/services/process/index.ts'
import { type DatabaseServer, startPostgres } from '../../contracts/databases.ts'
import { freePort } from '../../../examples/demo/free-port.ts'
import { packReleases } from './app.ts'

const program = resolve(import.meta.dirname, '../../../bin/belay')

/** Where the application keeps its data. */
export interface Keeping {
  /** As sqlalchemy takes it. */
  readonly url: string
  /** As the config names it. */
  readonly data: Readonly<Record<string, unknown>>
  /** Schema and rows, as text that is the same for the same data. */
  dump(): Promise<string>
  /** What databases there are. */
  databases(): Promise<readonly string[]>
  close(): Promise<void>
}

export async function inSqlite(dir: string): Promise<Keeping> {
  const file = join(dir, 'app.db')
  return {
    url: `sqlite:///${file}`,
    data: { type: 'sqlite', path: file, optional: true },
    async dump() {
      using db = new DatabaseSync(file)
      const objects = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all()
      const tables = objects.filter(({ type }) => type === 'table').map(({ name }) => String(name))
      return JSON.stringify([objects, tables.map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1`).all())])
    },
    databases: async () => [],
    close: async () => {},
  }
}

export async function inPostgres(): Promise<Keeping> {
  const server: DatabaseServer = await startPostgres()
  await server.sql('postgres', 'CREATE DATABASE crm')
  return {
    url: `postgresql+psycopg2://postgres@/crm?host=${server.socket}`,
    data: { type: 'postgres', database: 'crm', host: server.socket },
    dump: () => server.dump('crm'),
    databases: async () => (await server.sql('postgres', 'SELECT datname FROM pg_database ORDER BY 1')).split('\n'),
    close: () => server.close(),
  }
}

/** 1.0.0, installed by belay and running. */
export class Site {
  readonly dir: string
  readonly port: number
  readonly keeping: Keeping
  private readonly releases: { readonly url: string; close(): Promise<void> }

  private constructor(dir: string, port: number, keeping: Keeping, releases: Site['releases']) {
    this.dir = dir
    this.port = port
    this.keeping = keeping
    this.releases = releases
  }

  static async create(
    keep: (dir: string) => Promise<Keeping>,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<Site> {
    const dir = await realpath(await mkdtemp(join(tmpdir(), 'belay-migrate-')))
    await packReleases(join(dir, 'releases'))
    const signal = new AbortController().signal
    const releases = await serveReleases({ dir: join(dir, 'releases'), host: '127.0.0.1', port: 0, signal })
    await mkdir(join(dir, 'srv'))
    const site = new Site(dir, await freePort(), await keep(dir), releases)
    await writeFile(site.configFile, JSON.stringify(site.config(more)))
    const report = await site.belay((belay) => belay.update('app', { to: '1.0.0' }))
    if (report.outcome !== 'committed') throw new Error(`1.0.0 was not installed: ${JSON.stringify(report.problem)}`)
    return site
  }

  get configFile(): string {
    return join(this.dir, 'belay.json')
  }

  get state(): string {
    return join(this.dir, 'state')
  }

  async configure(more: Readonly<Record<string, unknown>>): Promise<void> {
    await writeFile(this.configFile, JSON.stringify(this.config(more)))
  }

  private config(more: Readonly<Record<string, unknown>>) {
    const { url, data } = this.keeping
    const page = `http://127.0.0.1:${this.port}/`
    return {
      version: 1,
      agent: { allow_http: ['127.0.0.1'] },
      components: {
        app: {
          source: { type: 'http', url: `${this.releases.url}/feed.json`, asset: 'app-{version}.tar.gz' },
          strategy: {
            type: 'directory',
            path: join(this.dir, 'srv/app'),
            layout: 'slots',
            migrate: [['/usr/bin/alembic', '-x', `url=${url}`, 'upgrade', 'head']],
            service: {
              type: 'process',
              command: ['/usr/bin/python3', 'server.py', url, String(this.port)],
              stop_timeout: '30s',
            },
          },
          version: { file: 'VERSION' },
          data: [data],
          checks: {
            before: [],
            after: [{ type: 'health_endpoint', url: page, timeout_seconds: 60 }, { type: 'version_check' }],
          },
          backups: { path: [join(this.dir, 'backups')], ...more },
        },
      },
    }
  }

  async belay<T>(use: (belay: Belay) => Promise<T>): Promise<T> {
    const opened = await openBelay({ config: this.configFile, state: this.state })
    try {
      return await use(opened)
    } finally {
      await opened.close()
    }
  }

  /** The command line, as a person uses it, and the document that it prints. */
  async cli<T>(...words: readonly string[]): Promise<T> {
    const args = ['-c', this.configFile, '--state', this.state, ...words, '--json']
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    if (code !== 0) throw new Error(`belay ${words.join(' ')} ended with ${String(code)}: ${stdout}${stderr}`)
    return JSON.parse(stdout) as T
  }

  /** What the running service says. */
  async answer(): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.port}/`, { headers: { connection: 'close' } })
    return { status: response.status, ...((await response.json()) as object) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const component = componentNameSchema.parse('app')
    const spec = { type: 'process', command: ['app'] } as const
    const kind = processServices({ stateDir: this.state, clock: systemClock() })
    await kind
      .open(kind.config.parse(spec), { component, spec, cwd: '/', user: null })
      .stop(new AbortController().signal)
    await this.releases.close()
    await this.keeping.close()
    await rm(this.dir, { recursive: true, force: true })
  }
}
