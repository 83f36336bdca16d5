// needs: bed, containers
import { afterAll, beforeAll, describe, test } from 'vitest'
import { composePlugin } from '../bed/compose-v2.ts'
import type { Spelling } from '../bed/compose.ts'
import { startStuck } from '../../contracts/container-engine.support.ts'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { moveTag } from '../bed/images.ts'
import { composeFile, twoServices } from './support/files.ts'
import { Site } from './support/site.ts'

/** One service of a compose file, from one image to the next and back: by the command line, on a real engine. */
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
})
afterAll(() => bed?.close())

const plugin = await composePlugin()

describe.concurrent('D22: the compose program', () => {
  const spellings: readonly Spelling[] = ['docker-compose', 'docker compose']
  for (const spelling of spellings) {
    const missing = spelling === 'docker compose' && 'missing' in plugin ? plugin.missing : null
    const note = missing === null ? spelling : `${spelling}: ${missing}`
    test.skipIf(missing !== null)(
      `D22: when there is one of the two, then it moves a service, and back (${note})`,
      async ({ expect }) => {
        const index = spelling === 'docker compose'
        await using site = await Site.create(bed, { spelling, worker: true, images: [{ version: '1.1.0', index }] })
        const [before] = await site.project.containers('app')
        const workers = await site.project.containers('worker')

        const report = await site.update(null, 0)
        expect(report).toMatchObject({ outcome: 'committed', from: '1.0.0', to: '1.1.0', problem: null })
        expect(await site.project.serves()).toBe('1.1.0')
        // Every other byte is as it was.
        expect(await site.project.read()).toBe(twoServices(site.at, '1.1.0', '1.0.0'))
        const after = await site.project.containers('app')
        expect(after.map(({ Config }) => Config.Image)).toEqual([`${site.at.image}:1.1.0`])
        expect(after[0]?.Id).not.toBe(before?.Id)
        expect((await site.project.containers('worker')).map(({ Id }) => Id)).toEqual(workers.map(({ Id }) => Id))
        expect(await site.starts()).toEqual(['1.0.0', '1.1.0'])

        expect(await site.rollback()).toMatchObject({ outcome: 'committed', from: '1.1.0', to: '1.0.0' })
        expect(await site.project.serves()).toBe('1.0.0')
        expect(await site.project.read()).toBe(twoServices(site.at))
        expect(await site.images('app')).toEqual([before?.Image])
      },
    )
  }
})

describe.concurrent('when there is a newer image', () => {
  test('then the plan tells it, and a check', async ({ expect }) => {
    await using site = await Site.create(bed, { images: [{ version: '1.1.0' }, { version: '1.1.0-alpine' }] })
    expect(await site.check()).toMatchObject({ current: '1.0.0', latest: '1.1.0', update_available: true })
    const { json } = await site.belay('plan', site.name)
    expect(json.plan?.steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['pull', 'edit', 'start']))
    expect(await site.project.serves()).toBe('1.0.0')
    expect(await site.bed.engine.docker(['image', 'inspect', `${site.at.image}:1.1.0`])).toMatchObject({ code: 1 })
  })

  test('then the bytes that are pulled are told as they come', async ({ expect }) => {
    const payloadBytes = 24 * 1024 * 1024
    // In the middle of the layer it stops, until something was told.
    const stuck = await startStuck(bed.engine, bed.registry, 5900)
    const { url, headers } = bed.registry
    const ends = async (): Promise<void> => {}
    const registry = { host: stuck.host, url, headers, start: ends, stop: ends, close: ends }
    await using site = await Site.create(bed, { registry, images: [{ version: '1.1.0', payloadBytes }] })
    const events = await site.events('1.1.0', (event) => {
      if (event.t === 'progress' && event.doneBytes > 0) stuck.letGo()
    })
    const opened = events.find((event) => event.t === 'opened')
    const step = opened?.plan.steps.findIndex(({ kind }) => kind === 'pull')
    const told = events.flatMap((event) => (event.t === 'progress' && event.step === step ? [event] : []))
    const pull = told.filter(({ totalBytes }) => totalBytes !== null)
    const most = pull.at(-1)
    expect(pull.length).toBeGreaterThan(1)
    expect(most?.totalBytes).toBeGreaterThanOrEqual(payloadBytes)
    expect(most?.doneBytes).toBe(most?.totalBytes)
    const done = pull.map(({ doneBytes }) => doneBytes)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(events.at(-1)).toMatchObject({ t: 'closed', outcome: 'committed' })
  })
})

describe.concurrent('when the new image is no good', () => {
  for (const fault of ['unhealthy', 'crashes'] as const) {
    test(`then the old container is back with the old image, and the file's bytes (${fault})`, async ({ expect }) => {
      await using site = await Site.create(bed, {
        ...(fault === 'crashes' ? { spelling: 'docker-compose' } : {}),
        images: [{ version: '1.1.0', fault }],
      })
      const before = await site.standing()
      const report = await site.update('1.1.0', 3)
      expect(report).toMatchObject({ outcome: 'rolled-back', problem: { code: 'E_CHECK_FAILED', hint: /\w/ } })
      expect(await site.standing()).toEqual(before)
      expect(await site.check()).toMatchObject({ current: '1.0.0', held: { kind: 'failed-before' } })
    })
  }
})

describe.concurrent('when the image is named elsewhere', () => {
  test('then the variable in .env is changed, and the compose file stays as it is', async ({ expect }) => {
    await using site = await Site.create(bed, {
      images: [{ version: '1.1.0' }],
      files: (at) => ({
        'docker-compose.yml': composeFile(at).replace(`"${at.image}:1.0.0`, `"${at.image}:\${APP_TAG:-0.9}`),
        '.env': '# versions\nAPP_TAG=1.0.0\nOTHER=1.0.0\n',
      }),
    })
    const before = await site.project.read()
    await site.update('1.1.0', 0)
    expect(await site.project.serves()).toBe('1.1.0')
    expect(await site.project.read('.env')).toBe('# versions\nAPP_TAG=1.1.0\nOTHER=1.0.0\n')
    expect(await site.project.read()).toBe(before)
    await site.rollback()
    expect(await site.project.read('.env')).toBe('# versions\nAPP_TAG=1.0.0\nOTHER=1.0.0\n')
  })

  test('then latest is followed by its digest, also when the registry has moved on', async ({ expect }) => {
    await using site = await Site.create(bed, {
      first: { tags: ['1.0.0', 'latest'] },
      images: [{ version: '1.1.0' }],
      source: { tag: 'latest' },
      files: (at) => ({ 'docker-compose.yml': composeFile(at, 'latest') }),
    })
    const before = await site.standing()
    expect(await site.check()).toMatchObject({ relation: 'current' })
    await moveTag(bed.registry, site.repository, '1.1.0', 'latest')
    const short = site.pushed[1]?.digest.slice('sha256:'.length, 'sha256:'.length + 12)
    expect(await site.check()).toMatchObject({ latest: `latest@sha256:${short}`, update_available: true })
    expect(await site.update(null, 0)).toMatchObject({ to: `latest@sha256:${short}` })
    expect(await site.standing()).toMatchObject({ serves: ['1.1.0'], file: before.file })
    await site.rollback()
    expect(await site.standing()).toEqual(before)
  })
})

describe.concurrent('when the old container ignores SIGTERM', () => {
  test('then the plan says so, and it is ended after its grace', async ({ expect }) => {
    await using site = await Site.create(bed, {
      spelling: 'docker-compose',
      first: { fault: 'deaf' },
      images: [{ version: '1.1.0' }],
      strategy: { stop_grace: '1s' },
      files: (at) => ({
        'docker-compose.yml': composeFile(at).replace('    ports:', '    stop_grace_period: 2m\n    ports:'),
      }),
    })
    const { json } = await site.belay('plan', site.name)
    expect(JSON.stringify(json)).toMatch(/SIGTERM/)
    const report = await site.update('1.1.0', 0)
    expect(report.outcome).toBe('committed')
    expect(report.downtime_ms).toBeGreaterThan(900)
    // Not that of the file.
    expect(report.downtime_ms).toBeLessThan(120_000)
  })
})

describe.concurrent('D23: the images of earlier versions', () => {
  test('D23: when images pile up, then old ones go, but never the way back', async ({ expect }) => {
    await using site = await Site.create(bed, {
      images: ['1.1.0', '1.2.0', '1.3.0'].map((version) => ({ version })),
      strategy: { keep_images: 1 },
    })
    const first = await site.images('app')
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) await site.update(version, 0)
    const third = await site.images('app')
    expect(await site.imageIds()).not.toContain(first[0])
    // Whoever cleans up by hand takes what has no name: the way back has one.
    await bed.engine.docker(['image', 'prune', '--force'])
    await site.rollback()
    expect(await site.project.serves()).toBe('1.2.0')
    expect(await site.imageIds()).toContain(third[0])
  })
})

test('when the project is not up yet, then the first update installs it', async ({ expect }) => {
  await using site = await Site.create(bed, { up: false, images: [{ version: '1.1.0' }] })
  const report = await site.update('1.1.0', 0)
  expect(report).toMatchObject({ outcome: 'committed', from: null, to: '1.1.0' })
  expect(await site.project.serves()).toBe('1.1.0')
})

test('when a first installation is not well, then no container of it stays', async ({ expect }) => {
  await using site = await Site.create(bed, { up: false, images: [{ version: '1.1.0', fault: 'unhealthy' }] })
  const file = await site.project.read()
  expect(await site.update('1.1.0', 1)).toMatchObject({ outcome: 'failed', from: null })
  expect(await site.project.containers('app')).toEqual([])
  expect(await site.project.read()).toBe(file)
  expect(await site.check()).toMatchObject({ current: null })
})
