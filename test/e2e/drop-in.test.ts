import { execFile } from 'node:child_process'
import { access, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Change, publishReleases, type Releases, World } from '../crash/support/world.ts'
import { belay } from './faults/support/installed.ts'

/** Seed 002's `auto_update.sh`, called as its users call it: from cron, by a link, by hand. */
const root = resolve(import.meta.dirname, '../..')
const script = join(root, 'drop-in/auto_update.sh')

let releases: Releases
let world: World
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())
beforeEach(async () => {
  world = await World.create('slots', releases.url, { change: stable })
  const report = await belay(world, (open) => open.update('app', { to: '1.0.0' }))
  expect(report).toMatchObject({ outcome: 'committed' })
  await symlink(script, join(world.app, 'auto_update.sh'))
})
afterEach(() => world.remove())

/** 1.1.0 is the newest, and 1.2.0-broken where prereleases are wanted. */
const source =
  (more: object): Change =>
  (config) => {
    const { app } = config.components
    return { ...config, components: { app: { ...app, source: { ...(app['source'] as object), ...more } } } }
  }
const stable = source({ prereleases: false })

interface Called {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Out of cron: another folder, few folders to search, no terminal. `env`: more of it. */
function call(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Called> {
  const [file = '', ...args] = argv
  const few = {
    PATH: '/usr/bin:/bin',
    HOME: '/nowhere',
    BELAY_CONFIG: world.configFile,
    BELAY_STATE: world.state,
    ...env,
  }
  return new Promise((done) => {
    execFile(file, args, { cwd: '/', env: few, timeout: 240_000 }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code ?? -1), out, err })
    })
  })
}

const cron = (...args: readonly string[]) => call(['/bin/sh', join(world.app, 'auto_update.sh'), ...args])

const steps = (out: string) => out.split('\n').filter((line) => line.startsWith('['))

test('when cron calls it in the folder of the component then it updates, and the seven steps are told', async () => {
  const updated = await cron()
  expect(updated.code, updated.err).toBe(0)
  expect(steps(updated.out)).toEqual([
    '[1/7] Stop the service: done',
    '[2/7] Back up the data: done',
    '[3/7] Get the new version: done',
    '[4/7] Update the dependencies: done',
    '[5/7] Run the migrations: done',
    '[6/7] Start the service: done',
    '[7/7] Roll back: not needed',
  ])
  expect(updated.out).toContain('Updated: 1.0.0 -> 1.1.0')
  expect(updated.out + updated.err).not.toContain('\u001b')
  expect((await world.look()).version).toBe('1.1.0')

  const again = await cron()
  expect(again).toMatchObject({ code: 0 })
  expect(again.out).toContain('There is nothing to update.')
  expect(steps(again.out)).toEqual([])
})

test('C5: when the new version is never healthy then code, data and service are those of before, told with 3', async () => {
  const before = await world.look()
  await world.configure(releases.url)
  const failed = await cron()
  expect(failed.code).toBe(3)
  expect(steps(failed.out)).toEqual([
    '[1/7] Stop the service: undone',
    '[2/7] Back up the data: done',
    '[3/7] Get the new version: undone',
    '[4/7] Update the dependencies: undone',
    '[5/7] Run the migrations: undone',
    '[6/7] Start the service: undone',
    '[7/7] Roll back: done, 1.0.0 is back and verified',
  ])
  expect(await world.look()).toEqual(before)

  // The next night does not try it again; a person's word does.
  const waits = await cron()
  expect(waits.code).toBe(0)
  expect(waits.out).toContain('There is an update, and it waits')
  expect(await world.look()).toEqual(before)
})

test('when it is only to check then nothing is changed, and 10 says that there is an update', async () => {
  expect(await cron('--check')).toMatchObject({ code: 10 })
  expect((await world.look()).version).toBe('1.0.0')
  await cron('--auto')
  expect(await cron('--check')).toMatchObject({ code: 0 })
})

test('when the source cannot be asked then nothing is changed, and it says why with 1', async () => {
  await world.configure(releases.url, source({ url: 'http://127.0.0.1:1/feed.json' }))
  const failed = await cron()
  expect(failed.code).toBe(1)
  expect(failed.out + failed.err).toContain('127.0.0.1:1')
  expect(failed.out).toContain('Nothing was changed.')
  expect(await cron('--check')).toMatchObject({ code: 1 })
})

test('when the config is wrong, a word is unknown or no component lies there then it is 2, and says what to do', async () => {
  expect((await cron('--force')).err).toContain('does not know --force')
  await copyFile(script, join(world.dir, 'auto_update.sh'))
  const elsewhere = await call(['/bin/sh', join(world.dir, 'auto_update.sh')], { BELAY: join(root, 'bin/belay') })
  expect(elsewhere.code).toBe(2)
  expect(elsewhere.err).toContain(`No component is installed at ${world.dir}.`)
  await writeFile(world.configFile, '{ "version": 1, "components": { "app": {} } }')
  const invalid = await cron()
  expect(invalid.code).toBe(2)
  expect(invalid.err).toContain('"belay validate" lists all of them.')
})

test('when the journal is gone then a person is needed, and it says so with 4', async () => {
  for (const name of ['journal.db', 'journal.db-wal', 'journal.db-shm'])
    await rm(join(world.state, name), { force: true })
  expect(await cron()).toMatchObject({ code: 4, out: expect.stringContaining('A person is needed') })
})

test('C6: when the scripts have moved, or another name is called, then the component is found all the same', async () => {
  await mkdir(join(world.app, 'scripts'))
  await copyFile(script, join(world.app, 'scripts/auto_update.sh'))
  await mkdir(join(world.dir, 'bin'))
  await symlink(join(world.app, 'auto_update.sh'), join(world.dir, 'bin/update_from_github.sh'))
  const own = { BELAY: join(root, 'bin/belay') }
  expect((await call(['/bin/sh', join(world.app, 'scripts/auto_update.sh'), '--check'], own)).code).toBe(10)
  const found = await call(['/usr/bin/env', 'update_from_github.sh', '--auto'], {
    PATH: `${world.dir}/bin:/usr/bin:/bin`,
  })
  expect(found.code, found.out + found.err).toBe(0)
  expect((await world.look()).version).toBe('1.1.0')
  expect((await call(['/bin/sh', script, 'app', '--check'])).code).toBe(0)
  expect((await call(['/bin/sh', script, '--check'], { BELAY_COMPONENT: 'app' })).code).toBe(0)
})

test('when belay is not there then nothing is done, and it says how to get it', async () => {
  const missing = await call(['/bin/sh', script], { BELAY: '/nowhere/belay' })
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('belay is not installed') })
})

test('when a person calls it on a terminal then it has the colours of old, and none with NO_COLOR', async () => {
  const typed = `cd ${world.app} && ./auto_update.sh`
  const terminal = (env: Record<string, string>) =>
    call(['script', '-qec', typed, '/dev/null'], { TERM: 'xterm', SHELL: '/bin/sh', ...env })
  const colourful = await terminal({})
  expect(colourful.code, colourful.out).toBe(0)
  expect(colourful.out).toContain('\u001b[32m[6/7] Start the service: done\u001b[0m')
  expect((await terminal({ NO_COLOR: '1' })).out).not.toContain('\u001b[32m')
})

test('when the script for Windows is read then it takes the same words, colours and codes', async () => {
  const text = await readFile(join(root, 'drop-in/auto_update.bat'), 'latin1')
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  const shell = await readFile(script, 'utf8')
  const steps = (words: string) =>
    [...words.matchAll(/^ {2}(?:step|Step) \d '(.*?)' (.*)$/gm)].map(([, name, kinds]) => [
      name,
      kinds?.match(/[a-z-]+/g),
    ])
  expect(steps(text.replaceAll('\r', ''))).toEqual(steps(shell))
  expect(steps(shell)).toHaveLength(6)
  for (const word of ['--check', '--auto', 'BELAY_COMPONENT', '--timed', 'NO_COLOR', 'exit $code'])
    expect(text).toContain(word)
  for (const [, sentence = ''] of shell.matchAll(/say "\$\w+" '([^']+)'/g)) expect(text).toContain(sentence)
  await access(script, 1)
})
