// needs: bed, containers
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { twoServices } from './support/files.ts'
import { holdBefore, reportOf } from './support/engine.ts'
import { Site } from './support/site.ts'

/** What an update must bring back, and what it must leave alone on the way. */
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
})
afterAll(() => bed?.close())

const data = {
  component: ({ project }: { readonly project: string }) => ({ data: [{ type: 'volume', name: `${project}_data` }] }),
}

describe.concurrent('when an update has to be taken back', () => {
  test('then two services of one file both go back when the second fails', async ({ expect }) => {
    await using site = await Site.create(bed, {
      images: [{ version: '1.1.0', fault: 'sick-worker' }, { version: '1.2.0' }],
      worker: true,
      strategy: { service: ['app', 'worker'] },
    })
    const services = ['app', 'worker']
    const before = await site.standing(services)
    expect(await site.update('1.1.0', 3)).toMatchObject({ outcome: 'rolled-back' })
    expect(await site.standing(services)).toEqual(before)

    await site.update('1.2.0', 0)
    const after = await site.standing(services)
    expect(after.serves).toEqual(['1.2.0', '1.2.0'])
    expect(after.file).toBe(twoServices(site.at, '1.2.0'))
    await site.rollback()
    expect(await site.standing(services)).toEqual(before)
  })

  test('D6: when the registry is gone, then the way back is the kept image', async ({ expect }) => {
    const registry = await bed.anotherRegistry()
    await using site = await Site.create(bed, { registry, images: [{ version: '1.1.0' }] })
    const before = await site.standing()
    await site.update('1.1.0', 0)
    await registry.stop()
    expect(await site.rollback()).toMatchObject({ outcome: 'committed', to: '1.0.0' })
    expect(await site.standing()).toEqual(before)
  })

  test('then what is in its volume comes back with the image, and not before', async ({ expect }) => {
    await using site = await Site.create(bed, {
      ...data,
      images: [{ version: '1.1.0', fault: 'unhealthy' }, { version: '1.2.0' }],
    })
    expect(await site.starts()).toEqual(['1.0.0'])
    const report = await site.update('1.1.0', 3)
    // What the failed version wrote is gone from it; the line is that of the old one's new start.
    expect(await site.starts()).toEqual(['1.0.0', '1.0.0'])
    expect(report.kept?.join()).toMatch(/\w/)

    await site.update('1.2.0', 0)
    // The new image may have migrated what it found: which data the old one gets is for a person to say.
    expect((await site.belay('rollback', site.name, '--yes')).json.error?.code).toBe('E_DATA_CHOICE')
    await site.rollback('--keep-data')
    expect(await site.starts()).toEqual(['1.0.0', '1.0.0', '1.2.0', '1.0.0'])
    await site.update('1.2.0', 0)
    const back = await site.rollback('--restore-data')
    expect(await site.starts()).toEqual(['1.0.0', '1.0.0', '1.2.0', '1.0.0', '1.0.0'])
    expect(back.kept?.join()).toMatch(/aside/)
  })
})

describe.concurrent('D6: what somebody else changed meanwhile', () => {
  test('D6: when another service’s tag was changed since the update, then a rollback leaves it changed', async ({
    expect,
  }) => {
    await using site = await Site.create(bed, { worker: true, images: [{ version: '1.1.0' }, { version: '1.2.0' }] })
    await site.update('1.1.0', 0)
    await site.project.write('docker-compose.yml', twoServices(site.at, '1.1.0', '1.2.0'))
    await site.rollback()
    expect(await site.project.serves()).toBe('1.0.0')
    expect(await site.project.read()).toBe(twoServices(site.at, '1.0.0', '1.2.0'))
  })

  test('D6: when another service’s tag is changed during the run, then the way back leaves it changed', async ({
    expect,
  }) => {
    await using site = await Site.create(bed, {
      worker: true,
      images: [{ version: '1.1.0', fault: 'unhealthy' }, { version: '1.2.0' }],
    })
    const held = await holdBefore(site, 'update 1.1.0', 'start')
    expect(await site.project.read()).toBe(twoServices(site.at, '1.1.0', '1.0.0'))
    await site.project.write('docker-compose.yml', twoServices(site.at, '1.1.0', '1.2.0'))
    const said = await held.goOn()
    expect(reportOf(said), said).toMatchObject({ outcome: 'rolled-back' })
    expect(await site.project.serves()).toBe('1.0.0')
    expect(await site.project.read()).toBe(twoServices(site.at, '1.0.0', '1.2.0'))
  })

  test('D6: when another component was updated later, then only its own image and tag go back', async ({ expect }) => {
    await using site = await Site.create(bed, { worker: true, images: [{ version: '1.1.0' }] })
    const worker = `${site.name}-worker`
    await site.configure({ also: { [worker]: { strategy: { service: 'worker' } } } })
    await site.update('1.1.0', 0)
    expect((await site.belay('update', worker, '--yes')).json).toMatchObject({ outcome: 'committed', to: '1.1.0' })
    await site.rollback()
    expect((await site.standing(['app', 'worker'])).serves).toEqual(['1.0.0', '1.1.0'])
    expect(await site.project.read()).toBe(twoServices(site.at, '1.0.0', '1.1.0'))
  })
})
