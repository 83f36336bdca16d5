import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { resolveUser } from '../../src/host/process/identity.ts'
import { onThisMachine, type ProgramResult } from '../../src/host/data/database/program.ts'
import type { Argv } from '../../src/host/process/launch.ts'

/** Database servers of a test's own: in a temporary folder, on a socket in it, as their own user. */
export interface DatabaseServer {
  readonly dir: string
  /** The folder of the socket (PostgreSQL), or the socket itself (MariaDB). */
  readonly socket: string
  /** Runs SQL in a database and gives its rows, columns apart by a tab; throws what the server says. */
  sql(database: string, text: string): Promise<string>
  /** The whole of a database as text that is the same for the same content. */
  dump(database: string): Promise<string>
  run(argv: Argv, stdin?: string): Promise<ProgramResult>
  close(): Promise<void>
}

const never = new AbortController().signal
const timeoutMs = 60_000

async function runAs(user: string | null, argv: Argv, stdin = ''): Promise<ProgramResult> {
  return onThisMachine(user).run({ argv, env: { LC_ALL: 'C.UTF-8' }, stdin, timeoutMs, signal: never })
}

async function good(result: Promise<ProgramResult>): Promise<string> {
  const { code, stdout, stderr } = await result
  if (code !== 0) throw new Error(stderr)
  return stdout
}

/** A folder that its user can reach. */
async function homeFor(user: string, name: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), `belay-${name}-`))
  await chmod(dir, 0o711)
  const { uid, gid } = await resolveUser(user)
  for (const folder of ['data', 'run']) {
    await mkdir(join(dir, folder))
    await chown(join(dir, folder), uid, gid)
  }
  return dir
}

async function ending(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

async function until(ready: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await ready())) {
    if (child.exitCode !== null) throw new Error('the database server ended at once')
    if (Date.now() > deadline) throw new Error('the database server does not answer')
    await setTimeout(50)
  }
}

const pgBin = '/usr/lib/postgresql/15/bin'

export async function startPostgres(): Promise<DatabaseServer> {
  const dir = await homeFor('postgres', 'pg')
  const [data, socket] = [join(dir, 'data'), join(dir, 'run')]
  const init = ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8'] as const
  await good(runAs('postgres', [`${pgBin}/initdb`, ...init]))
  // One role that must prove itself, before the others that need not.
  const rules = join(data, 'pg_hba.conf')
  await writeFile(rules, `local all guarded scram-sha-256\n${await readFile(rules, 'utf8')}`)
  const settings = { listen_addresses: '', unix_socket_directories: socket, fsync: 'off', shared_buffers: '32MB' }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = await startAs('postgres', [`${pgBin}/postgres`, '-D', data, ...options])
  const run = (argv: Argv, stdin?: string) => runAs('postgres', argv, stdin)
  await until(async () => (await run([`${pgBin}/pg_isready`, '-h', socket])).code === 0, child)
  const sql = async (database: string, text: string) =>
    (await good(run(['psql', '-XqAt', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-h', socket, '-d', database], text))).trim()
  return {
    dir,
    socket,
    sql,
    run,
    // Each dump has a word of its own, against what a dump might do to whoever reads it.
    dump: async (database) =>
      (await good(run([`${pgBin}/pg_dump`, '-h', socket, '--create', '--clean', database]))).replaceAll(
        /^\\(?:un)?restrict .*$/gm,
        '',
      ),
    close: async () => {
      // At once, and after all of its processes: none of them writes into the folder any more.
      await ending(child, 'SIGQUIT')
      await rm(dir, { recursive: true, force: true })
    },
  }
}

export async function startMariadb(): Promise<DatabaseServer> {
  const dir = await homeFor('mysql', 'db')
  const [data, socket] = [join(dir, 'data'), join(dir, 'run/s.sock')]
  await good(
    runAs(null, [
      'mariadb-install-db',
      '--no-defaults',
      '--user=mysql',
      `--datadir=${data}`,
      '--auth-root-authentication-method=socket',
      '--skip-test-db',
    ]),
  )
  const settings = ['--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=32M', '--event-scheduler=ON']
  const places = [`--datadir=${data}`, `--socket=${socket}`, `--pid-file=${join(dir, 'run/pid')}`, '--skip-networking']
  const child = await startAs('mysql', ['/usr/sbin/mariadbd', '--no-defaults', ...places, ...settings])
  const run = (argv: Argv, stdin?: string) => runAs(null, argv, stdin)
  const client = ['--no-defaults', `--socket=${socket}`, '--default-character-set=utf8mb4'] as const
  await until(async () => (await run(['mariadb-admin', ...client, 'ping'])).code === 0, child)
  return {
    dir,
    socket,
    run,
    sql: async (database, text) => (await good(run(['mariadb', ...client, '-BN', database], text))).trim(),
    dump: (database) =>
      good(
        run([
          'mariadb-dump',
          ...client,
          '--routines',
          '--triggers',
          '--events',
          '--hex-blob',
          '--skip-dump-date',
          '--order-by-primary',
          database,
        ]),
      ),
    close: async () => {
      await ending(child, 'SIGKILL')
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function startAs(user: string, argv: Argv): Promise<ChildProcess> {
  const { uid, gid } = await resolveUser(user)
  const [file, ...args] = argv
  return spawn(file, args, {
    uid,
    gid,
    cwd: '/',
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
  })
}
