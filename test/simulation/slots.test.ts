import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Outcome } from '../../src/core/model/release.ts'
import { fold } from '../../src/core/run/fold.ts'
import { drive } from '../../src/engine/drive.ts'
import { Crash } from './machine.ts'
import { SlotHost, slotPlan, type SlotShape, type SlotWeather } from './slots.machine.ts'

const startsMax = 100
const runsCount = Number(process.env['BELAY_SIMULATION_RUNS'] ?? 20_000) / 4

const moments = (count: number) => fc.uniqueArray(fc.nat({ max: 90 }), { maxLength: count }).map((all) => new Set(all))
const none = fc.constant(new Set<number>())
const shapes = (twice: fc.Arbitrary<boolean>): fc.Arbitrary<SlotShape> =>
  fc.record({
    twice,
    shares: fc.constantFrom([], [5], [5, 25]),
    warmMs: fc.constantFrom(0, 0, 60_000),
  })
/** How many connections the old one has, each time that it is looked at. */
const leaving = fc.array(fc.nat({ max: 3 }), { maxLength: 8 })

function weather(parts: Partial<Record<keyof SlotWeather, fc.Arbitrary<Set<number>>>>): fc.Arbitrary<SlotWeather> {
  return fc.record({
    crashes: parts.crashes ?? none,
    reloads: parts.reloads ?? none,
    deaths: parts.deaths ?? none,
    refusals: parts.refusals ?? none,
  })
}

/** Whatever dies is started again, until the run is closed and nothing waits to be retired. */
async function carriedThrough(shape: SlotShape, sky: SlotWeather, connections: readonly number[]) {
  const plan = slotPlan(shape)
  const host = new SlotHost(sky, connections)
  host.disk.push({ v: 1, seq: 0, at: host.now, boot: '0', entry: { t: 'opened', plan } })
  const signal = new AbortController().signal
  const ports = { journal: host.journal, clock: host.clock, emit: () => {}, dropBallast: () => {} }
  for (let start = 0; start < startsMax; start++) {
    host.start()
    try {
      await drive(plan.run, { ...ports, handlers: host.handlers }, { signal, boot: false })
      // As an agent does, for as long as a record is there.
      while (host.records.size > 0) {
        for (const { run, step } of host.records.values()) {
          await host.handlers.retire.apply({ ...step, requestsMs: 0 }, { run, signal, progress: () => {} })
        }
        host.now += 60_000
      }
      const { closed } = fold(host.disk)
      if (closed !== null) return { host, outcome: closed }
    } catch (error) {
      if (!(error instanceof Crash)) throw error
    }
  }
  throw new Error('it never ended')
}

function expectOneServed(host: SlotHost, outcome: Outcome): void {
  const slot = outcome === 'committed' ? 'green' : 'blue'
  const other = slot === 'green' ? 'blue' : 'green'
  expect(host.served).toEqual({ [slot]: 100, [other]: 0 })
  expect(host.persisted).toEqual(host.served)
  expect(host.running).toEqual({ [slot]: true, [other]: false })
  expect(host.held).toBe(false)
}

test('when it crashes anywhere and the proxy is reloaded anywhere, then nobody is sent to nobody and one version is served in the end', async () => {
  const seen = new Set<Outcome>()
  let crashes = 0
  await fc.assert(
    fc.asyncProperty(
      shapes(fc.constant(true)),
      weather({
        crashes: moments(6),
        reloads: moments(4),
        refusals: fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 2 }).map((all) => new Set(all)),
      }),
      leaving,
      async (shape, sky, connections) => {
        const { host, outcome } = await carriedThrough(shape, sky, connections)
        crashes += host.crashes
        seen.add(outcome)
        expect(host.outages).toEqual([])
        expectOneServed(host, outcome)
      },
    ),
    { numRuns: runsCount },
  )
  // A property that never crashed, or never turned back, has shown nothing.
  expect(crashes).toBeGreaterThan(runsCount)
  expect([...seen].toSorted()).toEqual(['committed', 'rolled-back'])
})

test('when the new instance dies before it was let in for good, then people are back at the old one', async () => {
  const seen = new Set<Outcome>()
  await fc.assert(
    fc.asyncProperty(
      shapes(fc.constant(true)),
      weather({ crashes: moments(3), deaths: fc.nat({ max: 40 }).map((at) => new Set([at])) }),
      leaving,
      async (shape, sky, connections) => {
        const { host, outcome } = await carriedThrough(shape, sky, connections)
        seen.add(outcome)
        // One that dies behind the commit is its manager's business: what is served is still the new one.
        if (outcome === 'committed') expect(host.served).toEqual({ blue: 0, green: 100 })
        else expectOneServed(host, outcome)
        expect(host.running.blue).toBe(outcome !== 'committed')
      },
    ),
    { numRuns: runsCount },
  )
  expect([...seen].toSorted()).toEqual(['committed', 'rolled-back'])
})

test('when two may not run at once, then they never do, and nobody is sent to nobody', async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes(fc.constant(false)),
      weather({ reloads: moments(3), refusals: fc.constantFrom(new Set<number>(), new Set([0])) }),
      async (shape, sky) => {
        const { host, outcome } = await carriedThrough(shape, sky, [])
        expect(host.together).toBe(0)
        expect(host.outages).toEqual([])
        expectOneServed(host, outcome)
      },
    ),
    { numRuns: runsCount },
  )
})
