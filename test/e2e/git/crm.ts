/**
 * An application like the one of seed 002: a Python server run from a checkout, its SQLite database inside, written to
 * while it runs; dependencies in a virtual environment, migrations by a script. Its repository is served as a folder.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { componentNameSchema } from '../../../src/core/model/names.ts'
import { systemClock } from '../../../src/host/clock.ts'
import { cloneOf, newRepository, type Repository } from '../../../src/host/git/testing.ts'
import { look } from '../../../src/host/tree/testing.ts'
import { processServices } from '../../../src/services/process/index.ts'
import { answerAt, type Ended, EngineProcesses, type RunOptions } from '../../crash/support/engine-process.ts'
import { copyTree } from '../../crash/support/copy-tree.ts'
import { freePort } from '../../../examples/demo/free-port.ts'

const python = '/usr/bin/python3'

const server = `import http.server, json, os, sqlite3, sys, threading, time
here = os.path.dirname(os.path.abspath(__file__))
version = open(os.path.join(here, 'VERSION')).read().strip()
schema = int(open(os.path.join(here, 'SCHEMA')).read())
sys.path.insert(0, os.path.join(here, '.venv', 'lib'))
import dependency
database = os.path.join(here, 'data.db')

def tick():
    connection = sqlite3.connect(database, timeout=60)
    while True:
        with connection: connection.execute("insert into ticks values (?)", (version,))
        time.sleep(0.02)

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        connection = sqlite3.connect(database, timeout=60)
        columns = [row[1] for row in connection.execute('pragma table_info(customers)')]
        customers = [list(row) for row in connection.execute('select * from customers')]
        ticks = connection.execute('select count(*) from ticks').fetchone()[0]
        good = 'ill' not in version and len(columns) == schema
        body = {'version': version, 'dependency': dependency.version, 'columns': columns, 'customers': customers, 'ticks': ticks}
        self.send_response(200 if good else 503)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())
    def log_message(self, *_): pass

threading.Thread(target=tick, daemon=True).start()
http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
`

/** What pip does, as far as it matters here: it fills a folder of the environment, and may fail half-way. */
const install = `import os, sys
wanted = open('requirements.txt').read().strip()
target = os.path.join(os.path.dirname(os.path.dirname(sys.executable)), 'lib')
os.makedirs(target, exist_ok=True)
open(os.path.join(target, 'half'), 'w').write('x')
if wanted == 'broken': sys.exit('No matching distribution found for broken')
open(os.path.join(target, 'dependency.py'), 'w').write('version = %r\\n' % wanted)
`

const migrate = `import os, sqlite3, sys
sys.path.insert(0, os.path.join('.venv', 'lib'))
import dependency
version = open('VERSION').read().strip()
connection = sqlite3.connect('data.db', timeout=60)
columns = [row[1] for row in connection.execute('pragma table_info(customers)')]
if len(columns) < int(open('SCHEMA').read()):
    connection.execute('alter table customers add column mail text')
    connection.execute("update customers set mail = 'unknown'")
    connection.commit()
if 'unmigratable' in version: sys.exit('migration failed half-way')
`

/** `dependency`: what requirements.txt asks for. */
export function filesOf(version: string, schema: number, dependency: string): Record<string, string> {
  return {
    VERSION: `${version}\n`,
    SCHEMA: String(schema),
    'requirements.txt': `${dependency}\n`,
    'start_server.py': server,
    'install.py': install,
    'migrate.py': migrate,
    '.gitignore': '.venv/\n__pycache__/\ndata.db*\nuploads/\n.env\n',
    ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`app/part_${i}.py`, `# ${version} ${i}\n`.repeat(20)])),
  }
}

export interface Seen {
  readonly files: Readonly<Record<string, unknown>>
  readonly git: string
  readonly stash: string
  readonly answer: {
    readonly version: string
    readonly dependency: string
    readonly columns: readonly string[]
    readonly customers: unknown
  }
}

export class Crm implements AsyncDisposable {
  readonly dir: string
  readonly up: Repository
  readonly app: Repository
  readonly port: number
  private readonly processes = new EngineProcesses()

  private constructor(dir: string, port: number) {
    this.dir = dir
    this.port = port
    this.up = newRepository(join(dir, 'up'))
    this.up.commit('First version', filesOf('1.0.0', 2, 'one'), 1)
    this.app = cloneOf(this.up, join(dir, 'crm'))
  }

  /** Version 1.0.0 stands and runs, as its owner set it up by hand. */
  static async create(change: (strategy: Record<string, unknown>) => void = () => {}): Promise<Crm> {
    const dir = await realpath(await mkdtemp(join(tmpdir(), 'belay-crm-')))
    const crm = new Crm(dir, await freePort())
    const run = (...argv: string[]) => execFileSync(argv[0] ?? '', argv.slice(1), { cwd: crm.app.dir, stdio: 'pipe' })
    run(python, '-m', 'venv', '--without-pip', '.venv')
    run('.venv/bin/python', 'install.py')
    run(
      python,
      '-c',
      "import sqlite3; c = sqlite3.connect('data.db'); c.execute('create table customers (id integer, name text)'); c.execute('create table ticks (by text)'); c.execute(\"insert into customers values (1, 'Ada')\"); c.commit()",
    )
    mkdirSync(join(crm.app.dir, 'uploads'))
    writeFileSync(join(crm.app.dir, 'uploads/contract.pdf'), 'signed')
    writeFileSync(join(crm.app.dir, '.env'), 'SECRET=1')
    crm.configure(change)
    await crm.start()
    return crm
  }

  configure(change: (strategy: Record<string, unknown>) => void = () => {}): void {
    const strategy: Record<string, unknown> = {
      type: 'git',
      path: this.app.dir,
      prepare: [
        [python, '-m', 'venv', '--without-pip', '.venv'],
        ['.venv/bin/python', 'install.py'],
      ],
      migrate: [['.venv/bin/python', 'migrate.py']],
      service: {
        type: 'process',
        command: ['.venv/bin/python', 'start_server.py'],
        env: { PORT: this.port },
        stop_timeout: '1s',
      },
    }
    change(strategy)
    const url = `http://127.0.0.1:${this.port}/`
    const app = {
      source: { type: 'git', url: this.up.dir, ref: 'main' },
      strategy,
      data: [{ type: 'sqlite', path: join(this.app.dir, 'data.db') }],
      checks: {
        before: [{ type: 'permissions' }],
        after: [
          { type: 'service_active', stable_seconds: 0, timeout_seconds: 3 },
          { type: 'health_endpoint', url, timeout_seconds: 3 },
          { type: 'version_check' },
        ],
      },
      backups: { path: [join(this.dir, 'backups')] },
    }
    writeFileSync(this.configFile, JSON.stringify({ version: 1, components: { app } }))
  }

  get configFile(): string {
    return join(this.dir, 'belay.json')
  }

  get state(): string {
    return join(this.dir, 'state')
  }

  publish(version: string, schema: number, dependency: string, minute = 2): string {
    return this.up.commit(`Version ${version}`, filesOf(version, schema, dependency), minute)
  }

  /** The engine in a process of its own. */
  run(command: string, options: RunOptions = {}): Promise<Ended> {
    return this.processes.run(this, command, options)
  }

  /** The checkout on disk, what git says of it, and what the service answers. */
  async seen(): Promise<Seen> {
    const { ticks: _, ...answer } = await this.answer()
    const volatile = /^(?:\.git|\.venv|__pycache__|data\.db.*)$/
    const mine = readdirSync(this.app.dir).filter((name) => !volatile.test(name))
    return {
      files: Object.fromEntries(mine.map((name) => [name, lookAt(join(this.app.dir, name))])),
      git: `${readFileSync(join(this.app.dir, '.git/HEAD'), 'utf8')}${this.app.head()}\n${this.app.git('status', '--porcelain')}\n${this.app.git('ls-files', '--stage')}`,
      stash: this.app.git('stash', 'list', '--format=%gs').replaceAll(/r-[0-9a-f]+/g, 'RUN'),
      answer,
    }
  }

  async answer(): Promise<Seen['answer'] & { readonly ticks: number }> {
    return (await answerAt(this.port)) as Seen['answer'] & { ticks: number }
  }

  /** Nothing of ours that a killed run began may be left in the repository. */
  leftovers(): readonly string[] {
    const locks = Object.keys(look(join(this.app.dir, '.git'))).filter((name) => name.endsWith('.lock'))
    const trees =
      this.app
        .git('worktree', 'list', '--porcelain')
        .match(/^worktree .*/gm)
        ?.slice(1) ?? []
    return [...locks, ...trees]
  }

  /** Sets aside what there is now, for `putBack`. */
  async keep(): Promise<void> {
    await this.stop()
    await copyTree(this.dir, this.kept)
    await this.start()
  }

  /** Everything as it was at `keep`, under the same paths, its service running. */
  async putBack(): Promise<void> {
    this.processes.kill()
    await this.stop()
    await rm(this.dir, { recursive: true })
    await copyTree(this.kept, this.dir)
    await this.start()
  }

  private get kept(): string {
    return `${this.dir}.kept`
  }

  private stop(): Promise<void> {
    return this.service().stop(new AbortController().signal)
  }

  async start(): Promise<void> {
    await this.service().start(new AbortController().signal)
    await this.answer()
  }

  private service() {
    const component = componentNameSchema.parse('app')
    const { strategy } = JSON.parse(readFileSync(this.configFile, 'utf8')).components.app
    const kind = processServices({ stateDir: this.state, clock: systemClock() })
    const ref = { component, spec: strategy.service, cwd: this.app.dir, user: null }
    return kind.open(kind.config.parse(strategy.service), ref)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.processes.kill()
    if (existsSync(this.configFile)) await this.stop()
    for (const dir of [this.dir, this.kept]) await rm(dir, { recursive: true, force: true })
  }
}

/** Of a file its mode and content, of a folder all that is in it. The database's own files come and go while one looks. */
function lookAt(path: string): unknown {
  const mode = (statSync(path).mode & 0o777).toString(8)
  return statSync(path).isDirectory() ? look(path) : `${mode} ${readFileSync(path, 'utf8')}`
}
