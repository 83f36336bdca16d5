// needs: bed, containers
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveReleases } from '../../../src/cli/release/server.ts'
import { seed, seeded, whole } from '../../crash/support/sample.ts'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { type Bed, type Device, type Door, startBed } from '../bed/index.ts'
import { bringTo, ended, hostWithBelay, killAt, killed, oneAgentOf, records, update } from './support/host.ts'
import { buildProgram, packBelay } from './support/program.ts'
import { BelaySite } from './support/site.ts'

/**
 * What drives an update of Belay itself is killed at each record of the journal, before it and after it, and the power goes
 * there. Afterwards exactly one agent works, of the version that the journal says. `BELAY_CRASH=all` runs all of it; else a
 * sample, whose seed `npm test` prints.
 */
let bed: Bed
let door: Door
let containers: ContainerBed
let built: string
let releases: string
let server: Awaited<ReturnType<typeof serveReleases>>

beforeAll(async () => {
  bed = await startBed()
  containers = await startContainers()
  built = await buildProgram()
  releases = await mkdtemp(join(tmpdir(), 'belay-releases-'))
  await packBelay(built, releases, '0.1.0')
  await packBelay(built, releases, '0.1.1')
  await packBelay(built, releases, '0.2.0', 'crashes')
  await packBelay(built, releases, '0.4.0', 'ill')
  server = await serveReleases({ dir: releases, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
  door = await bed.expose(Number(new URL(server.url).port))
})
afterAll(async () => {
  await bed?.close()
  await containers?.close()
  await server?.close()
  for (const folder of [built, releases]) if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

const sampled = 2
const limitMs = whole ? 14_400_000 : 600_000

interface Scenario {
  readonly name: string
  readonly to: string
  /** What runs when nobody is killed. */
  readonly ends: string
}

const scenarios: readonly Scenario[] = [
  { name: 'that ends well', to: '0.1.1', ends: '0.1.1' },
  { name: 'to a version that crashes', to: '0.2.0', ends: '0.1.0' },
  { name: 'to a version that a check finds ill', to: '0.4.0', ends: '0.1.0' },
]

/** Once it is over, whatever happened on the way: the journal, the link, the unit and the one agent agree. */
async function allIsOne(device: Device, { to, ends }: Scenario, at: string): Promise<void> {
  const row = await ended(device)
  expect(['committed', 'rolled-back', 'failed'], at).toContain(row.outcome)
  const version = row.to === to && row.outcome === 'committed' ? to : '0.1.0'
  // A version that does not work is never left there.
  expect(['0.1.0', ends], at).toContain(version)
  await oneAgentOf(device, version, at)
}

// A sample of the first two tells most.
for (const scenario of whole ? scenarios : scenarios.slice(0, 2)) {
  const { name, to, ends } = scenario
  test(`when the driver of an update ${name} is killed at a record (seed ${seed}), then one agent works and knows how it ended`, {
    timeout: limitMs,
  }, async () => {
    await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url })
    await device.must(['mkdir', '-p', '/var/lib/belay-test'])
    await device.exec(update(to), { timeoutMs: 120_000 })
    await oneAgentOf(device, ends, name)
    const count = await records(device)
    expect(count).toBeGreaterThan(10)
    const points = Array.from({ length: count }, (_, i) => [`before:${i + 1}`, `after:${i + 1}`]).flat()
    for (const point of seeded(points, sampled, `self ${name}`)) {
      await bringTo(device, '0.1.0')
      await killAt(device, '--here', point)
      const updated = await device.exec(update(to), { timeoutMs: 120_000 })
      await killed(device)
      expect([0, 1, 3], `${point}: ${updated.stdout}${updated.stderr}`).toContain(updated.code)
      await allIsOne(device, scenario, `${name}, ${point}`)
    }
  })

  test(`when the power goes, or the host reboots, during an update ${name} (seed ${seed}), then one agent works and knows how it ended`, {
    timeout: limitMs,
  }, async () => {
    await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url })
    await device.must(['mkdir', '-p', '/var/lib/belay-test'])
    await device.exec(update(to), { timeoutMs: 120_000 })
    await oneAgentOf(device, ends, name)
    const count = await records(device)
    const points = Array.from({ length: count - 1 }, (_, i) => [`power ${i + 1}`, `reboot ${i + 1}`]).flat()
    for (const point of seeded(points, sampled, `self power ${name}`)) {
      const [how, record] = point.split(' ')
      await bringTo(device, '0.1.0')
      await killAt(device, '--here', `stop:${record}`)
      const updating = device.exec(update(to), { timeoutMs: 120_000 })
      await killed(device)
      if (how === 'power') {
        await device.powerCut()
        await device.powerOn()
      } else {
        await device.reboot()
      }
      await updating
      await allIsOne(device, scenario, `${name}, ${point}`)
    }
  })
}

for (const [fault, ends] of [
  ['none', '0.1.1'],
  ['crashes', '0.1.0'],
] as const) {
  const name = fault === 'none' ? 'that ends well' : 'to an image that crashes'
  test(`when the container that drives an update ${name} is killed, or its engine restarted, at a record (seed ${seed}), then one agent works and knows how it ended`, {
    timeout: limitMs,
  }, async () => {
    await using site = await BelaySite.create(containers, built, [
      ['0.1.0', 'none'],
      ['0.1.1', fault],
    ])
    await site.update('0.1.1')
    await site.ended(name)
    await site.oneAgentOf(ends, name)
    const count = await site.records()
    expect(count).toBeGreaterThan(10)
    const points = Array.from({ length: count }, (_, i) => [
      `before:${i + 1}`,
      `after:${i + 1}`,
      `stop:${i + 1}`,
    ]).flat()
    for (const point of seeded(points, sampled, `self container ${name}`)) {
      await site.bringTo('0.1.0')
      await site.killAt(point)
      const updating = site.update('0.1.1')
      await site.killed(point)
      if (point.startsWith('stop')) await containers.engine.restart('TERM')
      await updating
      const row = await site.ended(point)
      expect(['committed', 'rolled-back', 'failed'], point).toContain(row.outcome)
      const version = row.outcome === 'committed' ? '0.1.1' : '0.1.0'
      expect(['0.1.0', ends], point).toContain(version)
      await site.oneAgentOf(version, `${name}, ${point}`)
    }
  })
}
