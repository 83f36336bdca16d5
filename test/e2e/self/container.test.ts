// needs: bed, containers
import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { buildProgram, type Fault } from './support/program.ts'
import { BelaySite } from './support/site.ts'

/** Belay in a container updates the very service that it is: a real engine, images built of this checkout. */
let bed: ContainerBed
let built: string

beforeAll(async () => {
  bed = await startContainers()
  built = await buildProgram()
})
afterAll(async () => {
  await bed?.close()
  if (built !== undefined) await rm(built, { recursive: true, force: true })
})

test('when Belay updates its own container, then the new one runs, and knows how it came', async () => {
  await using site = await BelaySite.create(bed, built, [
    ['0.1.0', 'none'],
    ['0.1.1', 'none'],
  ])
  const planned = await site.exec(['plan', 'belay'])
  expect(planned.stdout.replaceAll(/\s+/g, ' '), planned.stderr).toMatch(
    /This is Belay itself: 0\.1\.0 carries the run from beside, in a container/,
  )
  await site.update('0.1.1')
  expect(await site.ended('update')).toMatchObject({ outcome: 'committed', from: '0.1.0', to: '0.1.1' })
  await site.oneAgentOf('0.1.1', 'update')
})

const broken: readonly (readonly [Fault, RegExp])[] = [
  ['crashes', /restart|exited|not running|stable/],
  ['hangs', /did not say within 20 s that it works/],
]
test.each(broken)(
  'when the image of the new version %s, then the one before is back and the journal says why',
  async (fault, why) => {
    await using site = await BelaySite.create(bed, built, [
      ['0.1.0', 'none'],
      ['0.2.0', fault],
    ])
    await site.update('0.2.0')
    const row = await site.ended(fault)
    expect(row).toMatchObject({ outcome: 'rolled-back', from: '0.1.0', to: '0.2.0' })
    expect((await site.show(row.run)).problem?.message).toMatch(why)
    await site.oneAgentOf('0.1.0', fault)
  },
)

test('when Belay updates its own container, then the one that drives has what that one has, and nothing of it is written down', async () => {
  await using site = await BelaySite.create(bed, built, [
    ['0.1.0', 'none'],
    ['0.1.1', 'none'],
  ])
  await site.killAt('stop:6')
  const updating = site.update('0.1.1')
  await site.killed('stop:6')
  const [driver = ''] = await site.drivers()
  const { stdout } = await bed.engine.docker(['inspect', driver])
  const [made] = JSON.parse(stdout) as readonly {
    readonly Image: string
    readonly Config: { readonly Env: readonly string[]; readonly Labels: Readonly<Record<string, string>> }
    readonly HostConfig: { readonly RestartPolicy: { readonly Name: string }; readonly NetworkMode: string }
    readonly Mounts: readonly { readonly Destination: string; readonly RW: boolean }[]
  }[]
  const [own] = await site.project.containers('belay')
  expect(made?.Image).toBe(own?.Image)
  expect(made?.Config.Env).toContain('SECRET=kept $ quiet')
  expect(made?.Config.Labels).not.toHaveProperty('com.docker.compose.service')
  expect(made?.HostConfig).toMatchObject({ RestartPolicy: { Name: 'on-failure' }, NetworkMode: 'host' })
  expect(made?.Mounts).toContainEqual(expect.objectContaining({ Destination: '/usr', RW: false }))
  expect(made?.Mounts).toContainEqual(expect.objectContaining({ Destination: '/var/run/docker.sock', RW: true }))
  const [row] = await site.history()
  expect(JSON.stringify(await site.show(row?.run ?? ''))).not.toContain('quiet')
  await bed.engine.restart('TERM')
  await updating
  expect(await site.ended('after the restart')).toMatchObject({ outcome: 'committed' })
  await site.oneAgentOf('0.1.1', 'after the restart')
})
