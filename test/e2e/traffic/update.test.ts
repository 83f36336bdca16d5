// needs: haproxy, nginx, caddy
import { describe, expect, test } from 'vitest'
import type { RunReport } from '../../../src/ports/engine.ts'
import { startLoad } from '../../fakes/traffic/loaded.ts'
import type { ProxyKind } from '../../fakes/traffic/proxies.ts'
import { failures } from '../../fakes/traffic/load-result.ts'
import { hopeless, quick, SlotWorld } from './world.ts'

const kinds: readonly ProxyKind[] = ['haproxy', 'nginx', 'caddy', 'builtin']
const stepOf = (report: RunReport | undefined, kind: string) => report?.steps.find((step) => step.kind === kind)

async function updated(world: SlotWorld, command: string): Promise<RunReport> {
  const { reports, output } = await world.run(command)
  expect(reports[0]?.outcome, output).toBe('committed')
  return reports[0] as RunReport
}

describe.each(kinds)('behind %s', (kind) => {
  test('when it is installed, updated and rolled back under load, then nobody notices', async () => {
    await using world = await SlotWorld.create(kind, quick)
    await updated(world, 'update 1.0.0')
    expect(await world.seen()).toEqual({ version: '1.0.0', running: ['blue'], current: 'releases/1.0.0' })
    await using people = await startLoad({ url: world.proxy.url, slowMs: 1000, streams: 4 })
    const report = await updated(world, 'update 1.1.0')
    expect(report.downtime_ms).toBe(0)
    await people.met('1.1.0')
    await updated(world, 'rollback-keep')
    const noticed = await people.stop()
    expect(failures(noticed), JSON.stringify(noticed)).toBe(0)
    expect(noticed.slow.answered).toBe(noticed.slow.asked)
    expect(Object.keys(noticed.versions)).toEqual(['1.0.0', '1.1.0'])
    expect((await world.seen()).version).toBe('1.0.0')
  })

  test('when the new version is never ready, then nobody was sent to it and the old one was not touched', async () => {
    await using world = await SlotWorld.create(kind, quick)
    await updated(world, 'update 1.0.0')
    await world.configure(hopeless('ready'))
    const { reports } = await world.run('update 1.3.0-ill')
    expect(reports[0]?.outcome).toBe('rolled-back')
    expect(stepOf(reports[0], 'switch')?.state ?? 'skipped').toBe('skipped')
    expect(await world.seen()).toEqual({ version: '1.0.0', running: ['blue'], current: 'releases/1.0.0' })
  })

  test('when the new version does not answer at the front door, then people are sent back', async () => {
    await using world = await SlotWorld.create(kind, quick)
    await updated(world, 'update 1.0.0')
    await world.configure(hopeless('verify'))
    const { reports } = await world.run('update 1.3.0-deaf')
    expect(reports[0]).toMatchObject({ outcome: 'rolled-back', problem: { code: 'E_NOT_SERVED' } })
    expect(await world.seen()).toEqual({ version: '1.0.0', running: ['blue'], current: 'releases/1.0.0' })
  })
})
