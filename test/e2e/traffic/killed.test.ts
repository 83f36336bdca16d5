// needs: haproxy, nginx
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { seed, seeded } from '../../crash/support/sample.ts'
import { failures } from '../../fakes/traffic/load-result.ts'
import { startLoad } from '../../fakes/traffic/loaded.ts'
import { endSlot, hopeless, quick, SlotWorld } from './world.ts'

/**
 * Belay dies at every record of a switch, before it and after it, and somebody reloads the proxy right then; or the new instance dies,
 * too. People are there all the time. `npm run test:crash` runs all of it, `npm test` a sample.
 */
describe.each(['haproxy', 'nginx'] as const)('behind %s', (kind) => {
  test(`when belay is killed at a record (seed ${seed}), then one version is served all the time, and none is left over`, {
    timeout: 3_600_000,
  }, async () => {
    await using world = await SlotWorld.create(kind, quick)
    expect((await world.run('update 1.0.0')).reports[0]?.outcome).toBe('committed')
    let patch = 0
    const next = async (ill: boolean) => {
      patch += 1
      const version = `1.0.${patch}${ill ? '-ill' : ''}`
      await world.publish(version)
      await world.configure(ill ? hopeless('ready') : quick)
      return version
    }
    const appends = async (ill: boolean) => {
      const { output } = await world.run(`update ${await next(ill)}`)
      return Number(/APPENDS (\d+)/.exec(output)?.[1] ?? 0)
    }
    // The first update into a slot writes what the next ones find: only those are alike, and are counted.
    await appends(false)
    const [good, ill] = [await appends(false), await appends(true)]
    expect(Math.min(good, ill)).toBeGreaterThan(8)
    const points = [...pointsTo(good, false), ...pointsTo(ill, true)]
    const before = { version: (await world.seen()).version }
    const killedAt = async ({ kill, broken, dies }: Point) => {
      const version = await next(broken)
      const what = `${kill} of ${version}${dies ? ', and the new one dies' : ''}`
      const killed = await world.run(`update ${version}`, { kill })
      expect(killed.signal, killed.output).toBe('SIGKILL')
      world.proxy.reload()
      const { current, running } = await world.seen()
      // Killed before its start was on record, it is started once more; after that, the run goes back.
      if (dies && running.length === 2 && current === `releases/${before.version}`) await endSlot(world, current)
      const resumed = await world.run('resume')
      expect(resumed.output, `${what}\n${killed.output}`).not.toContain('PROBLEM')
      await world.run('retire')
      const seen = await world.settled()
      const outcome = resumed.reports[0]?.outcome ?? null
      const allowed =
        outcome === 'committed' ? [version] : outcome === null ? [before.version, version] : [before.version]
      expect(allowed, `${what}: ${outcome}\n${killed.output}\n${resumed.output}`).toContain(seen.version)
      expect(seen.running, what).toHaveLength(1)
      expect(seen.current, what).toBe(`releases/${seen.version}`)
      expect(await readdir(join(world.state, 'retiring')).catch(() => []), what).toEqual([])
      before.version = seen.version
    }
    const lived = points.filter(({ dies }) => !dies)
    await using people = await startLoad({ url: world.proxy.url, clients: 10, slow: 1, slowMs: 500, streams: 0 })
    for (const point of seeded(lived, 5, `slots ${kind}`)) await killedAt(point)
    const noticed = await people.stop()
    // A reload closes idle connections of its own accord, and somebody may be asking on one right then: that is not ours.
    const { reset = 0 } = noticed.failed
    expect(failures(noticed) - reset, JSON.stringify(noticed)).toBe(0)
    expect(reset).toBeLessThan(lived.length)
    // Who is served by one that dies while belay is dead, too, waits for whoever resumes: nobody is there to notice.
    const died = points.filter(({ dies }) => dies)
    for (const point of seeded(died, 2, `slots ${kind} die`)) await killedAt(point)
  })
})

interface Point {
  readonly kill: string
  readonly broken: boolean
  readonly dies: boolean
}

/** Every record, before and after; and the death of the new instance at each that is on disk. */
function pointsTo(appends: number, broken: boolean): readonly Point[] {
  return Array.from({ length: appends }, (_, i): Point[] => {
    const [before, after] = [`before:${i + 1}`, `after:${i + 1}`]
    const died = broken ? [] : [{ kill: after, broken, dies: true }]
    return [{ kill: before, broken, dies: false }, { kill: after, broken, dies: false }, ...died]
  }).flat()
}
