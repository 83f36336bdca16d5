import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { socketBodies } from '../../../src/protocol/ws/messages.ts'
import { packApp } from '../../crash/support/app.ts'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { belay, cli } from '../faults/support/installed.ts'
import { Agent, until } from './support/agent.ts'
import { appliance, Frontend, type Heard, loginAt, originOf, tokenFor } from './support/frontend.ts'

/** The WebSocket of a real agent, in each of the dialects that frontends speak. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases((dir) => packApp(dir, '1.0.2', 1))
})
afterAll(() => releases.close())

interface Here {
  readonly world: World
  readonly agent: Agent
  readonly origin: string
  readonly as: (scope: 'read' | 'operate' | 'admin') => Promise<{ readonly authorization: string }>
}

async function here(work: (here: Here) => Promise<void>, host: Parameters<typeof appliance>[1] = {}): Promise<void> {
  const world = await appliance(releases.url, host)
  try {
    await using agent = new Agent(world)
    const as = async (scope: 'read' | 'operate' | 'admin') => ({
      authorization: `Bearer ${await tokenFor(world, scope)}`,
    })
    await work({ world, agent, origin: await originOf(agent), as })
  } finally {
    await world.remove()
  }
}

/** Every message is of a declared shape, and whole. */
function expectDeclared(heard: readonly Heard[]): void {
  for (const { subject, source, destination, body } of heard) {
    const schema = socketBodies[subject as keyof typeof socketBodies]
    expect({ subject, body: schema.parse(body) }).toEqual({ subject, body })
    expect([source, typeof destination]).toEqual(['controller', 'string'])
  }
}

test('when the document is followed then a check, a dry run and an update are answered as it says', () =>
  here(async ({ world, origin, as }) => {
    using frontend = await Frontend.open(origin, await as('operate'))
    const first = await frontend.hears('system_info')
    expect(first.body.components?.['app']).toMatchObject({ current: '1.0.0' })

    frontend.say({ subject: 'updater.check_updates', source: 'frontend', body: { force: true } })
    const checked = await frontend.hears('update_check_result')
    expect(checked.body.components?.['app']).toMatchObject({
      current: '1.0.0',
      latest: '1.1.0',
      update_available: true,
      last_checked: expect.stringMatching(/^\d{4}-/),
    })
    await frontend.hears('system_info')

    frontend.say({ subject: 'updater.perform_update', source: 'test', body: { component: 'app', dry_run: true } })
    const dry = await frontend.hears('update_result')
    expect(dry.body).toMatchObject({ component: 'app', success: true, dry_run: true })
    expect((await world.look()).version).toBe('1.0.0')

    frontend.say({ subject: 'updater.perform_update', body: { component: 'app' } })
    const done = await frontend.hears('update_result')
    expect(done.body).toEqual({
      component: 'app',
      success: true,
      message: 'Updated app to 1.1.0',
      dry_run: false,
      run: expect.stringMatching(/^r-/),
    })
    expect((await world.look()).version).toBe('1.1.0')
    await frontend.hears('system_info', ({ body }) => body.components?.['app']?.['current'] === '1.1.0')

    const progress = frontend.heard.filter(({ subject }) => subject === 'updater_progress').map(({ body }) => body)
    expect(progress.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['applying', 'success']))
    expect(progress.at(-1)).toMatchObject({ component: 'app', phase: 'success', percent: 100, level: 'info' })
    expectDeclared(frontend.heard)
    const { runs } = (await cli(world, ['history'])).json as { runs: readonly unknown[] }
    expect(runs).toHaveLength(2)
  }))

test('when a plain name comes then its end comes as a log line, and its name is the one that was said', () =>
  here(async ({ world, origin, as }) => {
    using frontend = await Frontend.open(origin, await as('operate'))
    frontend.say({ subject: 'updater.update', body: 'dunebugger-core', connectionId: 'c-1' })
    expect((await frontend.hears('update_result')).body).toMatchObject({ component: 'dunebugger-core', success: true })
    expect((await frontend.hears('log')).body).toEqual({ success: true, message: expect.any(String), level: 'info' })
    expect((await world.look()).version).toBe('1.1.0')
    // Everything here is for everybody or for who asked: the browser passes over the rest.
    expect(new Set(frontend.heard.map(({ destination }) => destination))).toEqual(new Set(['broadcast']))

    frontend.say({ subject: 'updater.update', body: 'core', connectionId: 'c-1' })
    const refused = await frontend.hears('log')
    expect(refused).toMatchObject({ destination: 'c-1', body: { success: false, level: 'error' } })
  }))

test('when a browser means all then all of them are updated, and the end is told', () =>
  here(async ({ world, origin, as }) => {
    using frontend = await Frontend.open(origin, await as('operate'))
    using other = await Frontend.open(origin, await as('read'))
    frontend.say({ subject: 'updater.update', body: 'manual_confirmation', connectionId: 'c-1' })
    const end = await frontend.hears('log', ({ destination }) => destination === 'c-1')
    expect(end.body).toEqual({ success: true, message: 'Updated app.', level: 'info' })
    expect((await world.look()).version).toBe('1.1.0')
    expect((await other.hears('update_result')).body).toMatchObject({ component: 'app', success: true })
  }))

test('when an update fails and is put back then everybody hears that, with words for what to do', () =>
  here(
    async ({ world, origin, as }) => {
      using frontend = await Frontend.open(origin, await as('operate'))
      frontend.say({ subject: 'updater.perform_update', body: { component: 'app' } })
      const end = await frontend.hears('update_result')
      expect(end.body).toMatchObject({ success: false, message: expect.stringMatching(/1\.0\.0 is back and verified/) })
      const progress = frontend.heard.filter(({ subject }) => subject === 'updater_progress').map(({ body }) => body)
      expect(progress.some(({ level, phase }) => level === 'warning' && phase === 'applying')).toBe(true)
      expect(progress.at(-1)).toMatchObject({ phase: 'failed', level: 'error', success: false })
      expect((await world.look()).version).toBe('1.0.0')
    },
    { migrates: false },
  ))

test('when a newer version appears then everybody hears of it, once', async () => {
  let folder = ''
  const own = await publishReleases(async (dir) => {
    folder = dir
  })
  const world = await appliance(own.url)
  try {
    await using agent = new Agent(world)
    const authorization = `Bearer ${await tokenFor(world, 'read')}`
    using frontend = await Frontend.open(await originOf(agent), { authorization })
    await frontend.hears('system_info')
    await packApp(folder, '1.3.0', 1)
    await cli(world, ['check', '--force'])
    expect((await frontend.hears('update_available')).body).toMatchObject({
      component: 'app',
      current: '1.0.0',
      latest: '1.3.0',
    })
    await frontend.hears('system_info', ({ body }) => body.components?.['app']?.['latest'] === '1.3.0')
    frontend.say({ subject: 'updater.check_updates', body: { force: true } })
    await frontend.hears('update_check_result')
    await frontend.hears('system_info')
    expect(frontend.heard.filter(({ subject }) => subject === 'update_available')).toHaveLength(1)
  } finally {
    await world.remove()
    await own.close()
  }
})

test('when a run is begun on the command line then a frontend sees it go on and end', () =>
  here(async ({ world, origin, as }) => {
    using frontend = await Frontend.open(origin, await as('read'))
    await frontend.hears('system_info')
    const { code } = await cli(world, ['update', 'app', '--yes'])
    expect(code).toBe(0)
    expect((await frontend.hears('update_result')).body).toMatchObject({ component: 'app', success: true })
    await frontend.hears('system_info', ({ body }) => body.components?.['app']?.['current'] === '1.1.0')
  }))

test('when a reader wants to update then that is an error, nothing is done, and the connection stays', () =>
  here(async ({ world, origin, as }) => {
    using frontend = await Frontend.open(origin, await as('read'))
    for (const body of ['app', 'manual_confirmation', { component: 'app' }, { component: 'app', dry_run: true }]) {
      frontend.say({ subject: 'updater.update', body })
      expect((await frontend.hears('error')).body).toMatchObject({ code: 'E_FORBIDDEN' })
    }
    frontend.say({ subject: 'system_info', body: 'refresh' })
    await frontend.hears('system_info')
    expect((await belay(world, (open) => open.runs())).length).toBe(1)
  }))

test('when a message is not understood then an error says why, an echo gets none, and the connection stays', () =>
  here(async ({ origin, as }) => {
    using frontend = await Frontend.open(origin, await as('read'))
    await frontend.hears('system_info')
    frontend.say({ subject: 'update_result', source: 'controller', body: {} })
    frontend.say('{')
    expect((await frontend.hears('error')).body).toMatchObject({ code: 'E_REQUEST_INVALID', subject: null })
    frontend.say({ subject: 'core.reboot', body: '' })
    expect((await frontend.hears('error')).body).toMatchObject({ code: 'E_REQUEST_INVALID', subject: 'core.reboot' })
    frontend.say({ subject: 'controller.heartbeat', body: 'I am here', connectionId: 'c-9' })
    expect(await frontend.hears('heartbeat')).toMatchObject({ destination: 'c-9', body: 'I am alive' })
    expect(frontend.heard.filter(({ subject }) => subject === 'error')).toHaveLength(2)
  }))

test('when nobody, a foreign page or a forged token asks for the socket then it is refused at the upgrade', () =>
  here(async ({ world, origin, as }) => {
    const { cookie } = await loginAt(world, origin)
    expect(await Frontend.refused(origin, {})).toBe(401)
    expect(await Frontend.refused(origin, { authorization: 'Bearer belay_forged' })).toBe(401)
    expect(await Frontend.refused(origin, { cookie, origin: 'https://evil.test' })).toBe(403)
    expect(await Frontend.refused(origin, { cookie })).toBe(403)
    expect(await Frontend.refused(origin, await as('read'), '/elsewhere')).toBe(404)
    using page = await Frontend.open(origin, { cookie, origin })
    await page.hears('system_info')
  }))

test('when the agent has a certificate then the socket is encrypted, too', () => {
  const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url))
  return here(
    async ({ origin, as }) => {
      expect(origin).toMatch(/^https:/)
      using frontend = await Frontend.open(origin, await as('read'))
      await frontend.hears('system_info')
    },
    { agent: { tls: { cert: fixture('one.pem'), key: fixture('one-key.pem') } } },
  )
})

test('when the config names another address then those who are connected are cut off, and nobody waits for them', () =>
  here(async ({ world, agent, origin, as }) => {
    using frontend = await Frontend.open(origin, await as('read'))
    const config = await readFile(world.configFile, 'utf8')
    await writeFile(world.configFile, config.replace('"127.0.0.1:0"', '"localhost:0"'))
    const { code, stderr } = await cli(world, ['reload'])
    expect(code, stderr).toBe(0)
    await agent.says(/answering at http:\/\/localhost/)
    await frontend.closed
  }))

test('when a token is revoked then what it opened may do nothing more', () =>
  here(async ({ world, origin, as }) => {
    using frontend = await Frontend.open(origin, await as('operate'))
    const { tokens } = (await cli(world, ['token', 'list'])).json as { tokens: readonly { id: string }[] }
    await cli(world, ['token', 'revoke', tokens[0]?.id ?? ''])
    frontend.say({ subject: 'updater.update', body: 'app' })
    expect((await frontend.hears('error')).body).toMatchObject({ code: 'E_LOGIN_NEEDED' })
    expect((await world.look()).version).toBe('1.0.0')
  }))

test('when the agent stops then sockets are told that it goes away', () =>
  here(async ({ agent, origin, as }) => {
    using frontend = await Frontend.open(origin, await as('read'))
    expect(await agent.stop()).toBe(0)
    expect(await frontend.closed).toBe(1001)
    await until(async () => frontend.socket.readyState === frontend.socket.CLOSED)
  }))
