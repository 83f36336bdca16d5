// needs: postgres, mariadb
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Spec } from '../../src/core/model/names.ts'
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

/** What anybody on this machine can see of the arguments of programs that are started while `work` is under way. */
async function seenMeanwhile(work: Promise<unknown>): Promise<string> {
  const pids = async () => (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const before = new Set(await pids())
  const seen = new Set<string>()
  const over = new AbortController()
  const ended = work.finally(() => over.abort())
  ended.catch(() => {})
  while (!over.signal.aborted) {
    for (const pid of (await pids()).filter((each) => !before.has(each))) {
      seen.add(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
    }
    await setImmediate()
  }
  await ended
  return [...seen].join('\n')
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
    const seen = await seenMeanwhile(create())
    expect(seen).toContain('pg_dump')
    expect(seen).not.toContain(password)
    await server.sql('guarded', 'UPDATE t SET n = 2')
    expect(await seenMeanwhile(restore())).not.toContain(password)
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
    const holder = spawn(
      'setpriv',
      ['--reuid=postgres', '--regid=postgres', '--clear-groups', 'psql', '-XqAt', '-h', server.socket, '-d', 'slow'],
      { cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] },
    )
    holder.stdin.write("BEGIN; LOCK TABLE t; SELECT 'held';\n")
    await once(holder.stdout, 'data')
    const abort = new AbortController()
    const { create, dir } = await saving({ type: 'postgres', database: 'slow', host: server.socket }, {}, abort.signal)
    const made = create()
    made.catch(() => {})
    const dumps = () =>
      server.sql(
        'postgres',
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'slow' AND wait_event_type = 'Lock'",
      )
    await expect.poll(dumps, { timeout: 20_000 }).toBe('1')
    abort.abort(new Error('enough'))
    await expect(made).rejects.toThrow('enough')
    await expect.poll(dumps, { timeout: 20_000 }).toBe('0')
    holder.kill('SIGKILL')
    await once(holder, 'exit')
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
    await server.sql('guarded', 'CREATE TABLE much AS SELECT seq, REPEAT(MD5(seq), 300) AS x FROM seq_1_to_3000')
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('belay-my-'))
    const seen = await seenMeanwhile(create())
    expect(seen).toMatch(/mariadb-dump|mysqldump/)
    expect(seen).not.toContain(password)
    await server.sql('guarded', 'UPDATE t SET n = 2')
    await restore()
    expect(await server.sql('guarded', 'SELECT n FROM t')).toBe('1')
    await unrestore()
    expect(await server.sql('guarded', 'SELECT n FROM t')).toBe('2')
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('belay-my-'))).toEqual(before)
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
