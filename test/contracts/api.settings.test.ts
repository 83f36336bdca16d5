import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishReleases, type Releases } from '../crash/support/world.ts'
import { belay, cli } from '../e2e/faults/support/installed.ts'
import { Api, type Body } from './api.world.ts'

/** What the page may change, through a real agent, and what every other door makes of it. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

const path = '/api/v1/settings'
const of = (policy: Body, check: Body = {}) => ({ components: { app: { policy, check } } })
const file = (api: Api) => join(api.world.state, 'settings.json')

test('when policy and schedule are changed then they hold at once for the agent and for the command line, and status says where from', async () => {
  await using api = await Api.open(releases.url, { policy: { auto: 'patch', soak: '1s' } })
  const put = await api.ask('PUT', path, of({ auto: 'none', hold: ['>=1.0.1'] }, { every: '0 3 * * *' }))
  expect(put.body).toMatchObject({
    components: {
      app: {
        policy: { auto: 'none', soak: '1s', hold: ['>=1.0.1'], window: null },
        check: { every: '0 3 * * *' },
        overrides: ['policy.auto', 'policy.hold', 'check.every'],
        from_file: { policy: { auto: 'patch', hold: [] }, check: { every: 'off' } },
      },
    },
  })
  expect(await api.get('/api/v1/components')).toMatchObject({ components: [{ policy: { auto: 'none' } }] })
  expect((await stat(file(api))).mode & 0o777).toBe(0o600)

  const update = await cli(api.world, ['update', 'app', '--yes'])
  expect(update.json).toMatchObject({ error: { code: 'E_HELD' } })
  const library = belay(api.world, (open) => open.update('app'))
  await expect(library).rejects.toMatchObject({ problem: { code: 'E_HELD' } })
  const status = await cli(api.world, ['status'], { json: false })
  expect(status.stdout).toContain(`Set by the page, in ${file(api)}: app policy.auto, policy.hold, check.every`)
})

test('when a value is null then the config holds again, and what was not said stays', async () => {
  await using api = await Api.open(releases.url, { policy: { auto: 'patch' } })
  await api.ask('PUT', path, of({ auto: 'none', hold: ['>=2'] }))
  const put = await api.ask('PUT', path, of({ auto: null }))
  expect(put.body).toMatchObject({
    components: { app: { policy: { auto: 'patch', hold: ['>=2'] }, overrides: ['policy.hold'] } },
  })
})

test('when the config has a window then the page can take it away, and bring it back', async () => {
  const window = { cron: '0 2 * * *', duration: '2h', timezone: 'Europe/Rome' }
  await using api = await Api.open(releases.url, { policy: { window } })
  expect((await api.ask('PUT', path, of({ window: 'off' }))).body).toMatchObject({
    components: { app: { policy: { window: null }, from_file: { policy: { window } } } },
  })
  expect((await api.ask('PUT', path, of({ window: null }))).body).toMatchObject({
    components: { app: { policy: { window }, overrides: [] } },
  })
})

test.each([
  ['a source', { components: { app: { source: { type: 'http', url: 'https://evil.example' } } } }, 'E_CONFIG_INVALID'],
  ['a command', { components: { app: { strategy: { prepare: [['sh']] } } } }, 'E_CONFIG_INVALID'],
  ['checks', { components: { app: { checks: { after: [] } } } }, 'E_CONFIG_INVALID'],
  ['trust', { components: { app: { trust: { require: 'tls' } } } }, 'E_CONFIG_INVALID'],
  ['a key that nobody knows', of({ atuo: 'all' }), 'E_CONFIG_INVALID'],
  ['a word that nobody knows', of({ auto: 'always' }), 'E_CONFIG_INVALID'],
  ['a range that cannot be read', of({ hold: ['newest'] }), 'E_CONFIG_INVALID'],
  [
    'a time zone that does not exist',
    of({ window: { cron: '0 2 * * *', duration: '2h', timezone: 'Mars/Base' } }),
    'E_CONFIG_INVALID',
  ],
  ['a component that is not there', { components: { ap: { policy: { auto: 'all' } } } }, 'E_COMPONENT_UNKNOWN'],
  ['the state folder', { agent: { state: '/tmp/x' } }, 'E_REQUEST_INVALID'],
  [
    'a channel whose secret is any file of this host',
    { channels: { ops: { type: 'ntfy', topic: 'x', token: { file: '/etc/shadow' } } } },
    'E_CONFIG_INVALID',
  ],
  [
    'a channel whose secret leaves its folder',
    { channels: { ops: { type: 'ntfy', topic: 'x', token: { file: '/x/secrets/../shadow' } } } },
    'E_CONFIG_INVALID',
  ],
  [
    'a channel whose secret is a variable of the agent',
    { channels: { ops: { type: 'ntfy', topic: 'x', token: { env: 'AWS_SECRET' } } } },
    'E_CONFIG_INVALID',
  ],
])('when the page sends %s then it is refused and nothing is written', async (_, body, code) => {
  const answer = await (await api()).ask('PUT', path, body)
  expect(answer.body).toMatchObject({ code })
  expect(answer.status).toBeLessThan(500)
  await expect(readFile(file(await api()))).rejects.toMatchObject({ code: 'ENOENT' })
})

let shared: Promise<Api> | null = null
const api = () => (shared ??= Api.open(releases.url))
afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]()
})

test('when the page sends a prototype then nothing is another than before', async () => {
  await using own = await Api.open(releases.url)
  const put = await own.ask('PUT', path, JSON.parse('{"components":{"__proto__":{"policy":{"auto":"all"}}}}'))
  expect(put.body).toMatchObject({ components: { app: { policy: { auto: 'none' }, overrides: [] } } })
})

test('when somebody changed the settings meanwhile then a change for the ones before is refused with 412', async () => {
  await using own = await Api.open(releases.url)
  const { body } = await own.ask('GET', path)
  const etag = String(body['etag'])
  const first = await own.ask('PUT', path, of({ auto: 'patch' }), { 'if-match': etag })
  expect(first.headers.get('etag')).not.toBe(etag)
  expect(await own.ask('PUT', path, of({ auto: 'all' }), { 'if-match': etag })).toMatchObject({
    status: 412,
    body: { code: 'E_CONFLICT' },
  })
  const [one, other] = await Promise.all(
    [of({ min_age: '1d' }), of({ soak: '5s' })].map((change) => own.ask('PUT', path, change)),
  )
  expect([one?.status, other?.status]).toEqual([200, 200])
  expect(await own.get(path)).toMatchObject({
    components: { app: { policy: { auto: 'patch', min_age: '1d', soak: '5s' } } },
  })
})

test('when the file is broken by hand then the agent goes on, says so, and installs nothing by itself', async () => {
  await using own = await Api.open(releases.url, { policy: { auto: 'all' } })
  await writeFile(file(own), '{"version":1,"components":{"app":{"policy":{"auto":"al')
  expect((await cli(own.world, ['reload'])).code).toBe(0)
  expect(await own.get(path)).toMatchObject({
    problem: { code: 'E_CONFIG_INVALID', hint: expect.stringContaining('remove it') },
    components: { app: { policy: { auto: 'none' }, from_file: { policy: { auto: 'all' } } } },
  })
  await own.agent.says(/what the page set does not hold/)
  const status = await cli(own.world, ['status'], { json: false })
  expect(status.stdout).toMatch(/settings\.json is not JSON/)
  expect((await own.ask('PUT', path, of({ auto: 'all' }))).status).toBe(422)
})

test('when the config loses a component then what the page set for it is passed over', async () => {
  await using own = await Api.open(releases.url)
  await writeFile(file(own), JSON.stringify({ version: 1, components: { gone: { policy: { auto: 'all' } } } }))
  expect((await cli(own.world, ['reload'])).code).toBe(0)
  expect(await own.get(path)).toMatchObject({ gone: ['gone'], problem: null })
})

test('when a channel is made then its secret is kept on this host, named by its place and never answered', async () => {
  await using own = await Api.open(releases.url)
  const kept = await own.ask('PUT', '/api/v1/secrets/ops-token', { value: 'tk_planted_secret' })
  const place = { file: String(kept.body['file']) }
  expect((await stat(place.file)).mode & 0o777).toBe(0o600)
  const spec = { type: 'ntfy', server: 'https://ntfy.example', topic: 'belay', token: place }
  const put = await own.ask('PUT', path, { channels: { ops: spec } })
  expect(put.body).toMatchObject({ channels: { ops: { spec, origin: 'settings' } } })
  const { status, body } = await own.ask('GET', '/api/v1/audit')
  expect(status).toBe(200)
  expect(JSON.stringify([body, put.body, await own.get(path)]) + own.agent.said).not.toContain('planted')
  expect((await own.ask('PUT', path, { channels: { ops: null } })).body).toMatchObject({ channels: {} })
})
