import { afterAll, beforeAll, expect, test } from 'vitest'
import { packApp } from '../crash/support/app.ts'
import { publishReleases, type Releases } from '../crash/support/world.ts'
import { cli } from '../e2e/faults/support/installed.ts'
import { Api } from './api.world.ts'

/** Runs through the API of a real agent, with real releases of a real service. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases((dir) => packApp(dir, '1.0.2', 1))
})
afterAll(() => releases.close())

const app = '/api/v1/components/app'
test('when an update is begun then it is answered at once, its events tell each step, and the new version runs', async () => {
  await using api = await Api.open(releases.url)
  const checked = await api.ask('POST', `${app}/check`, {})
  expect(checked.body).toMatchObject({ current: '1.0.0', update_available: true })

  const planned = await api.ask('POST', `${app}/plan`, { action: 'update', to: '1.0.1' })
  expect(planned.body).toMatchObject({ plan: { from: '1.0.0', to: '1.0.1', data_choice: null, self: false } })

  const { end, seen } = await api.carry(`${app}/update`, { to: '1.0.1' })
  expect(end).toMatchObject({ outcome: 'committed', phase: 'succeeded', driven: false })
  expect(end.outcome_text).toMatch(/^app is at 1\.0\.1 and verified/)
  expect(end.steps.map(({ state }) => state)).not.toContain('failed')
  const ids = seen.flatMap(({ id }) => (id === null ? [] : [Number(id)]))
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  expect(new Set(ids).size).toBeGreaterThan(3)
  expect((await api.world.look()).version).toBe('1.0.1')

  const list = await api.get('/api/v1/components', { 'accept-language': 'de' })
  expect(list['components']).toMatchObject([{ installed: '1.0.1', health: 'ok', health_text: 'läuft', busy_run: null }])
  expect(await api.get('/api/v1/runs?limit=1')).toMatchObject({
    runs: [{ run: end.run, text: 'updated: 1.0.0 → 1.0.1' }],
    more: true,
  })
  expect(await api.get(`/api/v1/runs?limit=1&before=${end.run}`)).toMatchObject({
    runs: [{ to: '1.0.0' }],
    more: false,
  })
  // Who began it, and how it ended: written when it is over, a moment after the journal says so.
  const about = { action: 'update', target: 'app', run: end.run, from: '127.0.0.1' }
  const newest = async () => ((await api.get('/api/v1/audit'))['entries'] as readonly object[]).slice(0, 2)
  await expect.poll(newest, { timeout: 60_000 }).toMatchObject([
    { ...about, outcome: 'committed' },
    { ...about, outcome: 'started' },
  ])
})

test('when there is nothing to do then the answer is 200 with the report', async () => {
  await using api = await Api.open(releases.url)
  expect(await api.ask('POST', `${app}/update`, { to: '1.0.0' })).toMatchObject({
    status: 200,
    body: { outcome: 'current' },
  })
})

test('when an update fails then it is rolled back, says why and what was seen, and is offered again only by a person', async () => {
  await using api = await Api.open(releases.url)
  const { end } = await api.carry(`${app}/update`, { to: '1.2.0-broken' })
  expect(end).toMatchObject({ outcome: 'rolled-back', problem: { code: 'E_CHECK_FAILED' } })
  expect(end.outcome_text).toBe('app was not updated. 1.0.0 is back and verified; nothing of yours was lost.')
  expect(end.next_text).toBe('1.2.0-broken will not be tried automatically again.')
  expect(end.steps.flatMap(({ problem }) => problem?.code ?? [])).toEqual(['E_CHECK_FAILED'])
  expect((await api.world.look()).version).toBe('1.0.0')
  const planned = await api.ask('POST', `${app}/plan`, { action: 'update', to: '1.2.0-broken' })
  expect(planned).toMatchObject({ status: 200, body: { plan: { to: '1.2.0-broken' } } })
})

test('when a version is chosen to go back to then it is brought, and the list says which there are', async () => {
  await using api = await Api.open(releases.url)
  await api.carry(`${app}/update`, { to: '1.0.1' })
  const versions = (await api.get(`${app}/versions`))['versions']
  expect(versions).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ version: '1.0.1', current: true }),
      expect.objectContaining({ version: '1.0.0', kept: true, current: false }),
      expect.objectContaining({ version: '1.0.2', kept: false, published: true }),
    ]),
  )
  const { end } = await api.carry(`${app}/rollback`, { to: '1.0.0' })
  expect(end).toMatchObject({ action: 'rollback', outcome: 'committed', to: '1.0.0' })
  expect((await api.world.look()).version).toBe('1.0.0')
})

test('when a migration lies between then the plan offers the choice, and nothing begins without it', async () => {
  await using api = await Api.open(releases.url, { migrates: true })
  await api.carry(`${app}/update`, { to: '1.1.0' })
  const refused = await api.ask('POST', `${app}/rollback`, {})
  expect(refused).toMatchObject({ status: 409, body: { code: 'E_DATA_CHOICE' } })
  const planned = await api.ask('POST', `${app}/plan`, { action: 'rollback' })
  expect(planned.body).toMatchObject({
    plan: { to: '1.0.0', data_choice: { data: 'keep', backup_age_ms: expect.any(Number) } },
  })
  const { end } = await api.carry(`${app}/rollback`, { data: 'restore' })
  expect(end).toMatchObject({ outcome: 'committed', to: '1.0.0' })
  expect(await api.world.look()).toMatchObject({ version: '1.0.0', schema: 1 })
})

test('when the client goes away in the middle then the run goes on to its end', async () => {
  await using api = await Api.open(releases.url, { gate: true })
  const begun = await api.ask('POST', `${app}/update`, { to: '1.0.1' })
  const run = String(begun.body['run'])
  for await (const { event } of api.events(`/api/v1/runs/${run}/events`)) {
    expect(event).toBe('snapshot')
    break
  }
  await api.openGate()
  const { end } = await api.follow(run)
  expect(end.outcome).toBe('committed')
})

test('when a reader comes back then it goes on behind what it has seen', async () => {
  await using api = await Api.open(releases.url)
  const { end } = await api.carry(`${app}/update`, { to: '1.0.1' })
  const again: string[] = []
  for await (const { event } of api.events(`/api/v1/runs/${end.run}/events`, { 'last-event-id': String(end.seq) }))
    again.push(event)
  expect(again).toEqual(['closed'])
})

test('D24: when two clients ask at once then one begins, and the other is told who has it', async () => {
  await using api = await Api.open(releases.url, { gate: true })
  const both = await Promise.all([1, 2].map(() => api.ask('POST', `${app}/update`, { to: '1.0.1' })))
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409])
  const refused = both.find(({ status }) => status === 409)
  expect(refused?.body).toMatchObject({
    code: 'E_LOCKED',
    facts: { why: 'update', since: expect.stringMatching(/^\d{4}-/) },
  })
  await api.openGate()
  const begun = both.find(({ status }) => status === 202)
  expect((await api.follow(String(begun?.body['run']))).end.outcome).toBe('committed')
})

test('when a command line runs the update then the agent shows it as it goes, and cannot cancel it', async () => {
  await using api = await Api.open(releases.url, { gate: true })
  const hints = api.events('/api/v1/events')
  expect((await hints.next()).value).toMatchObject({ data: { kind: 'agent' } })
  const update = cli(api.world, ['update', 'app', '--to', '1.0.1', '--yes'])
  let run: string | null = null
  while (run === null) {
    await hints.next()
    const [component] = (await api.get('/api/v1/components'))['components'] as { readonly busy_run: string | null }[]
    run = component?.busy_run ?? null
  }
  await hints.return()
  expect(await api.ask('POST', `/api/v1/runs/${run}/cancel`)).toMatchObject({ status: 409, body: { code: 'E_LOCKED' } })
  const { end, seen } = await api.follow(run, () => api.openGate())
  expect(seen[0]?.data).toMatchObject({ driven: true })
  expect(end).toMatchObject({ outcome: 'committed', driven: false })
  expect((await update).code).toBe(0)
})

test('when a run is cancelled then it goes back', async () => {
  await using api = await Api.open(releases.url, { gate: true })
  const begun = await api.ask('POST', `${app}/update`, { to: '1.0.1' })
  const run = String(begun.body['run'])
  expect((await api.ask('POST', `/api/v1/runs/${run}/cancel`)).status).toBe(202)
  const { end } = await api.follow(run)
  expect(end).toMatchObject({ outcome: 'failed', problem: { code: 'E_CANCELLED' } })
  expect(await api.ask('POST', `/api/v1/runs/${run}/cancel`)).toMatchObject({ status: 400, body: { code: 'E_USAGE' } })
})

test('when the agent is asked to stop in the middle of a run then the run goes back first, and its readers are told', async () => {
  await using api = await Api.open(releases.url, { gate: true })
  const begun = await api.ask('POST', `${app}/update`, { to: '1.0.1' })
  const met = Promise.withResolvers<void>()
  const followed = api.follow(String(begun.body['run']), met.resolve)
  await met.promise
  const hints = api.events('/api/v1/events')
  expect((await hints.next()).value).toMatchObject({ data: { kind: 'agent' } })
  expect(await api.agent.stop()).toBe(0)
  expect((await followed).end).toMatchObject({ outcome: 'failed', problem: { code: 'E_CANCELLED' } })
  for await (const { event } of hints) expect(event).toBe('hint')
  expect((await cli(api.world, ['history'])).json).toMatchObject({
    runs: [{ outcome: 'failed' }, { to: '1.0.0' }],
  })
  expect((await api.world.look()).version).toBe('1.0.0')
})
