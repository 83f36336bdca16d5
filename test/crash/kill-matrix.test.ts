import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seeded } from './support/sample.ts'
import type { Ended } from './support/engine-process.ts'
import { type Layout, publishReleases, type Seen, World } from './support/world.ts'

/**
 * SIGKILL at every append of the journal, before it and after it, of an update, of an update that fails its checks, and
 * of a rollback, in both layouts. `npm run test:crash` runs all of it; `npm test` a sample, whose seed it prints.
 */
let releases: Awaited<ReturnType<typeof publishReleases>>
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

interface Scenario {
  readonly name: string
  readonly command: string
  /** What the world is brought to before. */
  readonly first: readonly string[]
  readonly ends: 'committed' | 'rolled-back'
}

const scenarios: readonly Scenario[] = [
  { name: 'an update', command: 'update 1.1.0', first: ['update 1.0.0'], ends: 'committed' },
  {
    name: 'an update that is never healthy',
    command: 'update 1.2.0-broken',
    first: ['update 1.0.0'],
    ends: 'rolled-back',
  },
  { name: 'a rollback', command: 'rollback', first: ['update 1.0.0', 'update 1.1.0'], ends: 'committed' },
]

async function worldFor(layout: Layout, scenario: Scenario): Promise<World> {
  const world = await World.create(layout, releases.url)
  for (const command of scenario.first) {
    const ended = await world.run(command)
    expect(ended.reports[0]?.outcome, ended.output).toBe('committed')
    await world.editPreserved(`edited after ${command}`)
  }
  return world
}

/** What a run that nobody disturbs leads to, and how many appends it takes. */
async function undisturbed(world: World, scenario: Scenario): Promise<{ before: Seen; after: Seen; appends: number }> {
  const before = await world.look()
  const ended = await world.run(scenario.command)
  expect(ended.reports[0]?.outcome, ended.output).toBe(scenario.ends)
  const after = await world.look()
  if (scenario.ends === 'rolled-back') expect(after).toEqual(before)
  else expect(after.version).not.toBe(before.version)
  return { before, after, appends: Number(/APPENDS (\d+)/.exec(ended.output)?.[1] ?? 0) }
}

async function killedAt(
  world: World,
  { command }: Scenario,
  kill: string,
  expected: { before: Seen; after: Seen },
): Promise<void> {
  await world.putBack()
  const killed = await world.run(command, { kill })
  expect(killed.signal, `${kill}: ${killed.output}`).toBe('SIGKILL')
  const resumed = await world.run('resume')
  const seen = await world.look()
  assertAllOrNothing(seen, resumed, expected, kill)
}

function assertAllOrNothing(seen: Seen, resumed: Ended, expected: { before: Seen; after: Seen }, kill: string): void {
  expect(resumed.output, kill).not.toContain('PROBLEM')
  const outcome = resumed.reports[0]?.outcome ?? null
  // Nothing to resume: it died before the run was opened, or after it was closed.
  const allowed =
    outcome === 'committed'
      ? [expected.after]
      : outcome === null
        ? [expected.before, expected.after]
        : [expected.before]
  expect(outcome, `${kill}: ${resumed.output}`).not.toBe('stuck')
  expect(allowed, `${kill}: ${resumed.output}`).toContainEqual(seen)
}

for (const layout of ['slots', 'in-place'] as const) {
  for (const scenario of scenarios) {
    describe(`when the process is killed during ${scenario.name} (${layout})`, () => {
      test('then resume ends it all old or all new, and the service runs', async () => {
        const world = await worldFor(layout, scenario)
        try {
          await world.keep()
          const { appends, ...expected } = await undisturbed(world, scenario)
          expect(appends).toBeGreaterThan(10)
          const points = Array.from({ length: appends }, (_, i) => [`before:${i + 1}`, `after:${i + 1}`]).flat()
          for (const kill of seeded(points, 4, `${layout} ${scenario.name}`))
            await killedAt(world, scenario, kill, expected)
        } finally {
          await world.remove()
        }
      })
    })
  }
}
