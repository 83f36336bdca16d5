import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packApp } from '../crash/support/app.ts'
import { publishReleases, type Releases } from '../crash/support/world.ts'
import { Api, type Body } from './api.world.ts'

/** What is read of a host, and what is kept there, through a real agent. */
let releases: Releases
let shared: Api
beforeAll(async () => {
  releases = await publishReleases((dir) => packApp(dir, '1.0.2', 1))
  shared = await Api.open(releases.url)
})
afterAll(async () => {
  await shared[Symbol.asyncDispose]()
  await releases.close()
})

const app = '/api/v1/components/app'

test('when a backup is made then it is listed, and its data can be brought back', async () => {
  await using api = await Api.open(releases.url)
  const made = await api.ask('POST', `${app}/backups`, {})
  expect(made).toMatchObject({ status: 201, body: { backups: [{ component: 'app', version: '1.0.0' }] } })
  const [backup] = made.body['backups'] as { readonly id: string }[]
  const id = backup?.id ?? ''
  await writeFile(join(api.world.dir, 'data.json'), JSON.stringify({ schema: 1, rows: ['changed since'] }))

  const planned = await api.ask('POST', `${app}/plan`, { action: 'restore', backup: id })
  expect(planned.body).toMatchObject({ plan: { action: 'restore', component: 'app' } })
  const { end } = await api.carry(`${app}/backups/${encodeURIComponent(id)}/restore`, null)
  expect(end).toMatchObject({ action: 'restore', outcome: 'committed' })
  expect(await api.world.look()).toMatchObject({ rows: ['first'] })
  expect(end.kept).toHaveLength(1)
  expect(await api.get('/api/v1/backups?component=app')).toMatchObject({ backups: [{ id }] })
  expect(await api.ask('POST', `${app}/backups/prune`, {})).toMatchObject({ body: { removed: [] } })
})

test('when an update was offered then it can be looked at, put aside, and installed', async () => {
  await using api = await Api.open(releases.url)
  await api.ask('POST', `${app}/check`, {})
  const { notifications } = (await api.get('/api/v1/notifications')) as { readonly notifications: Body[] }
  const [offer] = notifications
  expect(offer).toMatchObject({ component: 'app', state: 'open', installed: false })
  const at = `/api/v1/notifications/${String(offer?.['id'])}`
  expect(await api.get(at)).toEqual(offer)
  expect((await api.ask('POST', `${at}/dismiss`, {})).body).toMatchObject({ state: 'dismissed' })
  // 1.1.0 finds data of another schema, since nothing migrates it here.
  const { end } = await api.carry(`${at}/install`, {})
  expect(end).toMatchObject({ to: offer?.['version'], action: 'update' })
})

test('when a component is read then what it is and what is offered is there, as one word and as a sentence', async () => {
  await shared.ask('POST', `${app}/check`, {})
  expect(await shared.get(app)).toMatchObject({
    component: {
      component: 'app',
      aliases: ['dunebugger-core'],
      policy: { auto: 'none' },
      policy_text: 'Nothing is installed by itself',
      schedule_text: 'never checked by itself',
      self: false,
    },
    check: { current: '1.0.0', update_available: true },
    strategy: expect.stringContaining('directory'),
    path: shared.world.app,
    notes: [{ version: '1.1.0' }, { version: '1.0.2' }, { version: '1.0.1' }],
    notes_problem: null,
  })
  expect(await shared.get('/api/v1/components/dunebugger-core', { 'accept-language': 'de' })).toMatchObject({
    component: { component: 'app', policy_text: 'Nichts wird von selbst installiert' },
  })
})

test('when the host is read then it tells where belay runs, with evidence', async () => {
  expect(await shared.get('/api/v1/host')).toMatchObject({
    state: shared.world.state,
    config: shared.world.configFile,
    deployment: { kind: expect.any(String), evidence: expect.any(Array) },
  })
})

test('when the description is read then it is the one of this version, and needs no login', async () => {
  const answer = await fetch(`${shared.origin}/api/v1/openapi.json`)
  expect(await answer.json()).toMatchObject({ openapi: '3.1.0', paths: { '/api/v1/components': {} } })
})

test.each([
  ['GET', '/api/v1/components/nobody', null, 404, 'E_COMPONENT_UNKNOWN'],
  ['GET', '/api/v1/runs/r-00000000', null, 404, 'E_NOT_FOUND'],
  ['GET', '/api/v1/runs/r-00000000/events', null, 404, 'E_NOT_FOUND'],
  ['GET', '/api/v1/runs/..%2F..%2Fetc', null, 400, 'E_REQUEST_INVALID'],
  ['GET', '/api/v1/runs?limit=100000', null, 400, 'E_REQUEST_INVALID'],
  ['GET', '/api/v1/notifications/999', null, 404, 'E_NOT_FOUND'],
  ['POST', '/api/v1/notifications/999/install', {}, 404, 'E_NOT_FOUND'],
  ['POST', `${app}/update`, { to: '9.9.9' }, 404, 'E_VERSION_NOT_FOUND'],
  ['POST', `${app}/update`, { command: ['sh'] }, 400, 'E_REQUEST_INVALID'],
  ['POST', `${app}/plan`, { action: 'restore' }, 400, 'E_REQUEST_INVALID'],
  ['POST', `${app}/plan`, { action: 'restore', backup: '../../x' }, 404, 'E_BACKUP_MISSING'],
  ['POST', `${app}/backups/..%2F..%2Fetc/restore`, {}, 404, 'E_BACKUP_MISSING'],
  ['POST', `${app}/resume`, {}, 400, 'E_USAGE'],
  ['POST', '/api/v1/runs/r-00000000/cancel', null, 404, 'E_NOT_FOUND'],
])(
  'when %s %s is asked with %j then it is refused with %i, and it says why',
  async (method, path, body, status, code) => {
    const answer = await shared.ask(method, path, body)
    expect(answer).toMatchObject({ status, body: { code, title: expect.any(String) } })
  },
)
