// needs: postgres, mariadb
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Spec } from '../../src/core/model/names.ts'
import type { Argv } from '../../src/host/process/launch.ts'
import { openBackup } from './backup.open.ts'
import { type DatabaseServer, startMariadb, startPostgres } from './databases.ts'

/** How databases are reached, and what is said when they are not. */
const password = `p@ss/"w'\\ürd #1`
const never = new AbortController().signal

async function saving(spec: Spec, env: Readonly<Record<string, string>> = {}, signal = never) {
  const dir = await mkdtemp(join(tmpdir(), 'belay-access-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const backup = await openBackup(spec, env)
  const ref = { component: 'app', data: spec, dir: join(dir, 'app/r-0123456789-0') }
  const restore = { backup: ref, aside: `${ref.dir}.aside` }
  return {
    dir,
    backup,
    needBytes: () => backup.needBytes(),
    create: () => backup.create({ ref, version: null, run: null, signal }),
    restore: () => backup.restore(restore, signal),
    unrestore: () => backup.unrestore(restore, signal),
  }
}

/** Somebody who holds a table, so that what reads it waits. */
interface Holder {
  letGo(): Promise<void>
}

/** `script` ends in saying something, once the table is held. */
async function holding(argv: Argv, script: string): Promise<Holder> {
  const child = spawn(argv[0], argv.slice(1), { cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.write(script)
  await once(child.stdout, 'data')
  return {
    letGo: async () => {
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
    },
  }
}

/**
 * What anybody on this machine can see of the arguments of programs that are started while `work` is under way; `until`:
 * what is to be seen before the holder lets go.
 */
async function seenMeanwhile(work: () => Promise<unknown>, until?: RegExp, holder?: Holder): Promise<string> {
  const pids = async () => (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const before = new Set(await pids())
  const seen = new Set<string>()
  const over = new AbortController()
  const ended = work().finally(() => over.abort())
  ended.catch(() => {})
  let held = holder
  while (!over.signal.aborted) {
    for (const pid of (await pids()).filter((each) => !before.has(each))) {
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      seen.add(words)
      if (until?.test(words) !== true) continue
      await held?.letGo()
      held = undefined
    }
    await setImmediate()
  }
  await ended
  return [...seen].join('\n')
}

function psql({ socket }: DatabaseServer, database: string): Argv {
  const user = ['--reuid=postgres', '--regid=postgres', '--clear-groups']
  return ['setpriv', ...user, 'psql', '-XqAt', '-h', socket, '-d', database]
}

describe('PostgreSQL', () => {
  let server: DatabaseServer
  beforeAll(async () => {
    server = await startPostgres()
    await server.sql('postgres', `CREATE ROLE guarded LOGIN CREATEDB PASSWORD '${password.replaceAll("'", "''")}'`)
    await server.sql('postgres', 'CREATE DATABASE guarded OWNER guarded')
  })
  afterAll(() => server?.close())

  const url = (word = password, name = 'guarded') =>
    `postgresql+asyncpg://guarded:${encodeURIComponent(word)}@/${name}?host=${encodeURIComponent(server.socket)}&ssl=prefer`
  const spec = { type: 'postgres', url: { env: 'DATABASE_URL' } }

  test('when the application has a URL then that is enough, and its password is in no argument', async () => {
    const { create, restore, unrestore, backup, dir } = await saving(spec, { DATABASE_URL: url() })
    expect(backup.describe).toBe('postgres $DATABASE_URL')
    await server.sql('guarded', 'SET ROLE guarded; CREATE TABLE t (n int); INSERT INTO t VALUES (1)')
    const holder = await holding(psql(server, 'guarded'), "BEGIN; LOCK TABLE t; SELECT 'held';\n")
    const seen = await seenMeanwhile(create, /pg_dump/, holder)
    expect(seen).toContain('pg_dump')
    expect(seen).not.toContain(password)
    await server.sql('guarded', 'UPDATE t SET n = 2')
    expect(await seenMeanwhile(restore)).not.toContain(password)
    expect(await server.sql('guarded', 'SELECT n FROM t')).toBe('1')
    await unrestore()
    expect(await server.sql('guarded', 'SELECT n FROM t')).toBe('2')
    for (const file of await readdir(dir, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toContain('p@ss')
    }
  })

  test.each([
    ['the password is wrong', () => url('wrong'), 'E_UNAUTHORIZED', /system_user|user and password/],
    ['nobody is there', () => url().replace(/run/, 'none'), 'E_NETWORK', /server runs/],
    ['it is no URL', () => 'guarded', 'E_CONFIG_INVALID', /postgresql:\/\/user/],
  ])('when %s then the plan says so, with what to do and without the password', async (_, given, code, hint) => {
    const { needBytes, create } = await saving(spec, { DATABASE_URL: given() })
    await expect(needBytes()).rejects.toMatchObject({ problem: { code, hint } })
    const failed = await create().catch((error: unknown) => error)
    expect(failed).toMatchObject({ problem: { code: 'E_BACKUP_FAILED', hint, facts: { cause: code } } })
    expect(JSON.stringify(failed)).not.toContain(password)
  })

  test('when the role could not put it back then there is no backup, and the hint says what it lacks', async () => {
    await server.sql('postgres', 'CREATE DATABASE lent')
    const { create, dir } = await saving(spec, { DATABASE_URL: url(password, 'lent') })
    await expect(create()).rejects.toMatchObject({
      problem: { code: 'E_BACKUP_FAILED', hint: expect.stringContaining('ALTER DATABASE "lent" OWNER TO "guarded"') },
    })
    expect(await readdir(join(dir, 'app'))).not.toContain('r-0123456789-0')
  })

  test('when a role is gone that owned something then the hint makes it again, and nothing was touched', async () => {
    await server.sql('postgres', 'CREATE ROLE gone; CREATE DATABASE roles')
    await server.sql('roles', 'CREATE TABLE t (n int); ALTER TABLE t OWNER TO gone')
    const { create, restore } = await saving({ type: 'postgres', database: 'roles', host: server.socket })
    await create()
    await server.sql('roles', 'DROP TABLE t')
    await server.sql('postgres', 'DROP ROLE gone')
    await expect(restore()).rejects.toMatchObject({
      problem: { code: 'E_BACKUP_FAILED', hint: expect.stringContaining('CREATE ROLE "gone"') },
    })
    expect(await server.sql('roles', "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).toBe('0')
    await server.sql('postgres', 'CREATE ROLE gone')
    await restore()
    expect(await server.sql('roles', "SELECT tableowner FROM pg_tables WHERE tablename = 't'")).toBe('gone')
  })

  test('when it is cancelled then pg_dump ends with it, and nothing counts as a backup', async () => {
    await server.sql('postgres', 'CREATE DATABASE slow')
    await server.sql('slow', 'CREATE TABLE t (n int)')
    const holder = await holding(psql(server, 'slow'), "BEGIN; LOCK TABLE t; SELECT 'held';\n")
    const abort = new AbortController()
    const { create, dir } = await saving({ type: 'postgres', database: 'slow', host: server.socket }, {}, abort.signal)
    const made = create()
    made.catch(() => {})
    const dumps = () =>
      server.sql(
        'postgres',
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'slow' AND wait_event_type = 'Lock'",
      )
    await expect.poll(dumps, { timeout: 60_000 }).toBe('1')
    abort.abort(new Error('enough'))
    await expect(made).rejects.toThrow('enough')
    await expect.poll(dumps, { timeout: 60_000 }).toBe('0')
    await holder.letGo()
    expect(await readdir(join(dir, 'app'))).toEqual(['r-0123456789-0.partial'])
  })

  test('when rows of a table are not wanted then the table is saved without them', async () => {
    await server.sql('postgres', 'CREATE DATABASE partly')
    await server.sql(
      'partly',
      'CREATE TABLE kept (n int); CREATE TABLE sessions (n int); INSERT INTO kept VALUES (1); INSERT INTO sessions VALUES (1)',
    )
    const { create, restore } = await saving({
      type: 'postgres',
      database: 'partly',
      host: server.socket,
      exclude_data: ['sess*'],
    })
    expect(await create()).toMatchObject({ left: ['rows of sess*'] })
    await restore()
    expect(await server.sql('partly', 'SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM sessions)')).toBe(
      '1\t0',
    )
  })
})

describe('MariaDB', () => {
  let server: DatabaseServer
  beforeAll(async () => {
    server = await startMariadb()
    const word = password.replaceAll('\\', '\\\\').replaceAll("'", "''")
    await server.sql(
      'mysql',
      `CREATE USER guarded@localhost IDENTIFIED BY '${word}'; CREATE DATABASE guarded; CREATE DATABASE lent`,
    )
    await server.sql(
      'mysql',
      'GRANT ALL ON `guarded%`.* TO guarded@localhost; GRANT ALL ON lent.* TO guarded@localhost',
    )
  })
  afterAll(() => server?.close())

  const url = (word = password, name = 'guarded') =>
    `mysql+pymysql://guarded:${encodeURIComponent(word)}@localhost/${name}?unix_socket=${encodeURIComponent(server.socket)}`
  const spec = { type: 'mysql', url: { env: 'DATABASE_URL' } }

  test('when the application has a URL then that is enough, and its password is in no argument and left nowhere', async () => {
    const { create, restore, unrestore } = await saving(spec, { DATABASE_URL: url() })
    await server.sql('guarded', 'CREATE TABLE t (n int); INSERT INTO t VALUES (1)')
    // Others save databases, too: what is ours to leave behind lies in a folder of its own.
    const own = await mkdtemp(join(tmpdir(), 'belay-access-'))
    onTestFinished(() => rm(own, { recursive: true, force: true }))
    vi.stubEnv('TMPDIR', own)
    onTestFinished(() => void vi.unstubAllEnvs())
    const mariadb = ['mariadb', '--no-defaults', `--socket=${server.socket}`, '-BNn', 'guarded'] as const
    const holder = await holding(mariadb, "LOCK TABLES t WRITE; SELECT 'held';\n")
    const seen = await seenMeanwhile(create, /mariadb-dump|mysqldump/, holder)
    expect(seen).toMatch(/mariadb-dump|mysqldump/)
    expect(seen).not.toContain(password)
    await server.sql('guarded', 'UPDATE t SET n = 2')
    await restore()
    expect(await server.sql('guarded', 'SELECT n FROM t')).toBe('1')
    await unrestore()
    expect(await server.sql('guarded', 'SELECT n FROM t')).toBe('2')
    expect(await readdir(own)).toEqual([])
  })

  test.each([
    ['the password is wrong', () => url('wrong'), 'E_UNAUTHORIZED', /run belay as root/],
    ['nobody is there', () => url().replace(/s\.sock/, 'none.sock'), 'E_NETWORK', /server runs/],
    ['it is no URL', () => 'postgres://x/y', 'E_CONFIG_INVALID', /mysql:\/\/user/],
  ])('when %s then the plan says so, with what to do and without the password', async (_, given, code, hint) => {
    const { needBytes, create } = await saving(spec, { DATABASE_URL: given() })
    await expect(needBytes()).rejects.toMatchObject({ problem: { code, hint } })
    const failed = await create().catch((error: unknown) => error)
    expect(failed).toMatchObject({ problem: { code: 'E_BACKUP_FAILED', hint } })
    expect(JSON.stringify(failed)).not.toContain(password)
  })

  test('when the user could not put it back then there is no backup, and the hint says what it lacks', async () => {
    const { create } = await saving(spec, { DATABASE_URL: url(password, 'lent') })
    await expect(create()).rejects.toMatchObject({
      problem: { code: 'E_BACKUP_FAILED', hint: expect.stringContaining('GRANT ALL ON `lent\\_belay%`') },
    })
  })

  test('when a table knows no transactions then writers wait, and the backup says so', async () => {
    await server.sql('mysql', 'CREATE DATABASE old')
    await server.sql('old', 'CREATE TABLE a (n int) ENGINE=MyISAM; CREATE TABLE b (n int); INSERT INTO a VALUES (1)')
    const { create, restore } = await saving({ type: 'mysql', database: 'old', socket: server.socket })
    expect(await create()).toMatchObject({ notes: [expect.stringMatching(/^a: no transactions/)] })
    await server.sql('old', 'DELETE FROM a')
    await restore()
    expect(await server.sql('old', 'SELECT n FROM a')).toBe('1')
  })
})
