// needs: registry
import { expect, test } from 'vitest'
import { corePlan, runId } from '../fakes/plan.ts'
import { app, stage } from './oci-engine.stage.ts'

test('when 1.0-alpine runs, then the newest -alpine of two numbers follows, pinned by its digest', async () => {
  const { registry, engine, taken, check } = await stage({ tag: '1.0-alpine', version: '1.0' })
  await registry.push('app', '1.0-alpine', 'old')
  const wanted = await registry.push('app', '1.1-alpine', 'new')
  await registry.tag('app', wanted.digest, ['1.2', '1.2.0', '2.0.0-alpine', 'latest', '1.2-rc1-alpine', '1.3-slim'])
  expect(await check()).toMatchObject({ latest: '1.1', update_available: true, relation: 'older', error: null })
  expect(await engine.plan(app, {})).toMatchObject({
    plan: { targets: [{ from: '1.0', to: '1.1' }], about: { downloadBytes: wanted.bytes, rung: 'checksum' } },
  })
  expect(taken()).toStrictEqual([`1.1-alpine ${wanted.digest} ${wanted.bytes}`])
})

test('when a person names a tag of another family, then that is what is planned', async () => {
  const { registry, engine, taken } = await stage({ tag: '1.0-alpine', version: '1.0' })
  const { digest, bytes } = await registry.push('app', '1.3-slim', 'slim')
  await engine.plan(app, { to: '1.3-slim' })
  expect(taken()).toStrictEqual([`1.3-slim ${digest} ${bytes}`])
})

test('when nothing that runs says its tag, then plain versions follow', async () => {
  const { registry, check } = await stage({ tag: null, version: '1.0' })
  const { digest } = await registry.push('app', '1.1-alpine', 'x')
  await registry.tag('app', digest, ['1.2', '1.2.3', '9.0-slim'])
  expect(await check()).toMatchObject({ latest: '1.2.3' })
})

test('when the config names a tag, then it is followed by its digest, though it looks like a version', async () => {
  const runs = { tag: '16', version: `16@sha256:${'f'.repeat(12)}` }
  const { registry, engine, taken, check } = await stage(runs, { tag: '16' })
  const { digest, bytes } = await registry.push('app', '16', 'rebuilt')
  await registry.tag('app', digest, ['17'])
  expect(await check()).toMatchObject({ latest: `16@${digest.slice(0, 19)}`, update_available: true })
  await engine.plan(app, {})
  expect(taken()).toStrictEqual([`16 ${digest} ${bytes}`])
})

test('when latest runs and is pushed again, then another digest is an update, and the same one is none', async () => {
  const runs = { tag: 'latest', version: `latest@sha256:${'f'.repeat(12)}` }
  const { registry, engine, taken, check } = await stage(runs)
  const { digest, bytes } = await registry.push('app', 'latest', 'new')
  await registry.tag('app', digest, ['9.0.0'])
  const to = `latest@${digest.slice(0, 19)}`
  expect(await check()).toMatchObject({ latest: to, update_available: true, relation: 'older' })
  expect(await engine.plan(app, {})).toMatchObject({ plan: { targets: [{ from: runs.version, to }] } })
  expect(taken()).toStrictEqual([`latest ${digest} ${bytes}`])
})

test('when what runs is the digest that latest names, then there is nothing to do', async () => {
  const runs = { tag: 'latest', version: '' }
  const { registry, engine, check } = await stage(runs, { tag: 'latest' })
  const { digest } = await registry.push('app', 'latest', 'one')
  runs.version = `latest@${digest.slice(0, 19)}`
  expect(await check()).toMatchObject({ update_available: false, relation: 'current', latest: runs.version })
  expect(await engine.plan(app, {})).toMatchObject({ current: { outcome: 'current' } })
})

test.each(['latest', 'develop', 'sha-abcdef1'])(
  'D9: when %s runs and its digest is not known, then it is unknown, and no update is offered',
  async (tag) => {
    const { registry, engine, check } = await stage({ tag, version: null })
    const { digest } = await registry.push('app', tag, 'one')
    await registry.tag('app', digest, ['1.0.0'])
    expect(await check()).toMatchObject({ update_available: false, relation: 'unknown', error: null })
    await expect(engine.plan(app, {})).rejects.toMatchObject({ problem: { code: 'E_VERSION_UNKNOWN' } })
  },
)

test('when a run is at it and what runs is of two versions, then it counts as the old one; else it is unknown', async () => {
  const { registry, engine, journal, locks, check } = await stage({ tag: '1.0.0', version: null })
  const { digest } = await registry.push('app', '1.0.0', 'old')
  await registry.tag('app', digest, ['1.1.0'])
  const installed = async () => (await engine.status([app]))[0]?.installed
  const targets = [{ component: app, from: '1.0.0', to: '1.1.0' }]
  await journal.append(runId('r-7f3c12ab'), { t: 'opened', plan: corePlan({ targets }) })
  // Nobody is at it: then what stands there is not known.
  expect(await installed()).toBeNull()
  const lock = await locks.acquire([`component:${app}`], 'an update')
  expect(await installed()).toBe('1.0.0')
  expect(await check()).toMatchObject({ current: '1.0.0', relation: 'older' })
  lock.release()
  expect(await installed()).toBeNull()
})

test('when a version is gone back to that is not kept, then it is pinned like any other', async () => {
  const { registry, engine, taken } = await stage({ tag: '1.1-alpine', version: '1.1' })
  const old = await registry.push('app', '1.0-alpine', 'old')
  const plain = await registry.push('app', '1.0', 'plain')
  await registry.tag('app', plain.digest, ['1.1-alpine'])
  await engine.planRollback(app, { to: '1.0' })
  expect(taken()).toStrictEqual([`1.0-alpine ${old.digest} ${old.bytes}`])
})
