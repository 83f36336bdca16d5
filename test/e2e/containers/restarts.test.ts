// needs: bed, containers
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { holdBefore } from './support/engine.ts'
import { Site } from './support/site.ts'

/** The engine ends in the middle of an update, in good order or not, and comes back. */
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
})
afterAll(() => bed?.close())

const services = ['app', 'worker']

for (const signal of ['TERM', 'KILL'] as const) {
  test(`when the engine is restarted by ${signal} while a start goes on, then belay ends all old or all new`, async () => {
    await using site = await Site.create(bed, {
      ...(signal === 'TERM' ? { spelling: 'docker-compose' } : {}),
      images: [{ version: '1.1.0' }],
      worker: true,
      strategy: { service: services },
    })
    const old = await site.standing(services)
    const held = await holdBefore(site, 'update 1.1.0', 'start')
    const [said] = await Promise.all([held.goOn(), bed.engine.restart(signal)])
    const resumed = await site.belay('resume')
    expect([0, 3], `${said} ${resumed.stdout}${resumed.stderr}`).toContain(resumed.code)
    const standing = await site.standing(services)
    if (standing.serves[0] === '1.0.0') expect(standing).toEqual(old)
    else expect(standing.serves).toEqual(['1.1.0', '1.1.0'])
    expect(await site.check()).toMatchObject({ current: standing.serves[0], error: null })
  })
}

test('when engine and belay both end in the middle, then resume brings back what ran', async () => {
  await using site = await Site.create(bed, {
    images: [{ version: '1.1.0' }],
    worker: true,
    strategy: { service: services },
  })
  const old = await site.standing(services)
  const held = await holdBefore(site, 'update 1.1.0', 'start')
  await held.kill()
  await bed.engine.restart('KILL')
  const resumed = await site.belay('resume')
  expect([0, 3], `${resumed.stdout}${resumed.stderr}`).toContain(resumed.code)
  const standing = await site.standing(services)
  expect(standing.serves).toEqual(resumed.code === 0 ? ['1.1.0', '1.1.0'] : old.serves)
  expect(standing.file).toBe(resumed.code === 0 ? old.file.replaceAll(':1.0.0', ':1.1.0') : old.file)
})
