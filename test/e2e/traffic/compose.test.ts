// needs: bed, containers
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLoad } from '../../fakes/traffic/loaded.ts'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import type { At } from '../containers/support/site.ts'
import { Site, until } from '../containers/support/site.ts'

/** Two services of one compose file, with Belay's own forwarder in front of the ports that they publish. */
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
})
afterAll(() => bed?.close())

const front = ({ port }: At) => port + 2

function bothSlots({ image, port }: At, blue: string, green: string): string {
  return `services:
  app-blue:
    image: ${image}:${blue}   # the one, or the other
    ports: [ "127.0.0.1:${port}:8080" ]
  app-green:
    image: ${image}:${green}
    ports: [ "127.0.0.1:${port + 1}:8080" ]
`
}

const forwarded = (at: At) => ({
  type: 'builtin',
  listen: `127.0.0.1:${front(at)}`,
  front: `http://127.0.0.1:${front(at)}/version`,
  slots: { blue: at.port, green: at.port + 1 },
})

/** A site whose 1.0.0 runs as blue, with a config that knows of both. */
async function siteWith(fault?: 'unhealthy' | 'crashes'): Promise<Site> {
  const patience = fault === undefined ? 60 : 6
  const site = await Site.create(bed, {
    images: [{ version: '1.1.0', ...(fault === undefined ? {} : { fault }) }],
    files: (at) => ({ 'docker-compose.yml': bothSlots(at, '1.0.0', '1.0.0') }),
    up: false,
    component: (at) => ({
      strategy: {
        type: 'compose',
        file: join(at.folder, 'docker-compose.yml'),
        service: 'app',
        traffic: {
          ...forwarded(at),
          ready: { path: '/health', timeout: `${patience}s` },
          identify: { pattern: '^(\\S+)' },
          verify: { times: 5, timeout: '1m' },
          drain: { requests: '2s', streams: '10s' },
        },
      },
      checks: {
        after: [
          { type: 'container_running', stable_seconds: 0.5, timeout_seconds: patience },
          { type: 'version_check' },
        ],
      },
    }),
  })
  await site.project.compose(['up', '-d', 'app-blue'])
  await until(
    () => site.project.serves(site.at.port),
    (version) => version === '1.0.0',
  )
  return site
}

const served = (site: Site) => site.project.serves(front(site.at))

describe('two services of a compose file', () => {
  test('when one is updated and rolled back under load, then nobody notices, and only its own line is changed', async () => {
    await using site = await siteWith()
    // The first update brings the forwarder: before it nobody came by that door.
    const first = await site.update('1.1.0', 0)
    expect(first).toMatchObject({ from: '1.0.0', to: '1.1.0', outcome: 'committed', downtime_ms: 0 })
    expect(await served(site)).toBe('1.1.0')
    expect(await site.project.read()).toBe(bothSlots(site.at, '1.0.0', '1.1.0'))
    expect(await site.images('app-blue')).toEqual([])
    await using people = await startLoad({
      url: `http://127.0.0.1:${front(site.at)}`,
      slow: 0,
      streams: 0,
      clients: 10,
      inside: (argv) => site.project.inside(argv),
    })
    await site.rollback()
    const noticed = await people.stop()
    // That is what this image answers at /: an answer, and never the proxy's own.
    expect(Object.keys(noticed.failed), JSON.stringify(noticed)).toEqual(['404'])
    expect(noticed.requests).toBeGreaterThan(100)
    expect(await served(site)).toBe('1.0.0')
    expect(await site.images('app-green')).toEqual([])
  })

  test.each(['unhealthy', 'crashes'] as const)(
    'when the new image is %s, then nobody was sent to it',
    async (fault) => {
      await using site = await siteWith(fault)
      const report = await site.update('1.1.0', 3)
      expect(report).toMatchObject({ outcome: 'rolled-back' })
      expect(await site.project.serves(site.at.port)).toBe('1.0.0')
      expect(await site.project.read()).toBe(bothSlots(site.at, '1.0.0', '1.0.0'))
      expect(await site.images('app-green')).toEqual([])
    },
  )
})

test('when the component has data and nothing says that two versions can share it, then the plan refuses', async () => {
  await using site = await siteWith()
  await site.configure({
    component: (at) => ({
      strategy: {
        type: 'compose',
        file: join(at.folder, 'docker-compose.yml'),
        service: 'app',
        traffic: forwarded(at),
      },
      data: [{ type: 'path', path: join(at.folder, 'docker-compose.yml') }],
    }),
  })
  const { json } = await site.belay('plan', site.name, '--to', '1.1.0')
  expect(json.error).toMatchObject({ code: 'E_SLOT_UNFIT', hint: expect.stringContaining('migrations: expand') })
})
