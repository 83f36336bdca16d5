// needs: strace
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seed, seeded, whole } from './support/sample.ts'
import { publishReleases, type Layout, type Seen, World } from './support/world.ts'

/**
 * SIGKILL, ENOSPC and EIO at sampled system calls, injected by strace into the real engine on the real file system.
 * `npm run test:crash` takes 320 points, `npm test` a few; the seed is in each test's name.
 */
const pointsWhole = 320
const pointsSample = 8

let releases: Awaited<ReturnType<typeof publishReleases>>
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

const families = {
  rename: 'rename,renameat,renameat2',
  fsync: 'fsync,fdatasync',
  write: 'write,pwrite64',
  unlink: 'unlink,unlinkat',
} as const
type Family = keyof typeof families

const faults: readonly { readonly family: Family; readonly fault: string }[] = [
  { family: 'rename', fault: 'signal=SIGKILL' },
  { family: 'fsync', fault: 'signal=SIGKILL' },
  { family: 'write', fault: 'signal=SIGKILL' },
  { family: 'unlink', fault: 'signal=SIGKILL' },
  { family: 'write', fault: 'error=ENOSPC' },
  { family: 'fsync', fault: 'error=EIO' },
  { family: 'rename', fault: 'error=EIO' },
  { family: 'write', fault: 'error=EIO' },
]

interface Scenario {
  readonly layout: Layout
  readonly command: string
}

const scenarios: readonly Scenario[] = [
  { layout: 'slots', command: 'update 1.1.0' },
  { layout: 'in-place', command: 'update 1.1.0' },
  { layout: 'in-place', command: 'update 1.2.0-broken' },
]

async function freshWorld(layout: Layout): Promise<World> {
  const world = await World.create(layout, releases.url)
  const ended = await world.run('update 1.0.0')
  expect(ended.reports[0]?.outcome, ended.output).toBe('committed')
  await world.editPreserved('edited by hand')
  return world
}

/** Points that once ended in a mix; they are tried every time. */
const found: Readonly<Record<string, readonly string[]>> = {
  // The check whether a folder can be written left its file in the running tree.
  'update 1.2.0-broken': ['unlink,unlinkat:signal=SIGKILL:when=2'],
}

/** One undisturbed run: what it leads to, and how often one thread makes each call. */
async function survey(
  world: World,
  command: string,
): Promise<{ expected: readonly Seen[]; counts: Readonly<Record<Family, number>> }> {
  const before = await world.look()
  const log = join(world.dir, 'strace.log')
  await world.traced(command, ['-o', log, '-e', `trace=${Object.values(families).join(',')}`])
  const after = await world.look()
  return { expected: [before, after], counts: countCalls(await readFile(log, 'utf8')) }
}

/** strace counts `when=N` for each thread by itself: N only goes as far as the busiest thread. */
function countCalls(log: string): Record<Family, number> {
  const counts: Record<Family, number> = { rename: 0, fsync: 0, write: 0, unlink: 0 }
  for (const family of Object.keys(families) as Family[]) {
    const byThread = new Map<string, number>()
    for (const call of families[family].split(',')) {
      for (const [, thread] of log.matchAll(new RegExp(`^(\\d+)\\s+${call}\\(`, 'gm'))) {
        if (thread !== undefined) byThread.set(thread, (byThread.get(thread) ?? 0) + 1)
      }
    }
    counts[family] = Math.max(0, ...byThread.values())
  }
  return counts
}

describe(`when a system call fails or is the last one (seed ${seed})`, () => {
  for (const scenario of scenarios) {
    test(`then ${scenario.command} (${scenario.layout}) ends all old or all new`, { timeout: 3_600_000 }, async () => {
      const { layout, command } = scenario
      const world = await freshWorld(layout)
      try {
        await world.keep()
        const { expected, counts } = await survey(world, command)
        for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0)
        const points = faults.flatMap(({ family, fault }) =>
          Array.from({ length: counts[family] }, (_, i) => `${families[family]}:${fault}:when=${i + 1}`),
        )
        const count = Math.ceil((whole ? pointsWhole : pointsSample) / scenarios.length)
        const chosen = pick(points, count, `${layout} ${command}`)
        expect(chosen.length).toBe(Math.min(count, points.length))
        for (const point of [...(found[command] ?? []), ...chosen]) await inject(world, command, point, expected)
      } finally {
        await world.remove()
      }
    })
  }
})

/** Evenly from the kinds of faults, so that thousands of writes do not crowd out a few renames. */
function pick(points: readonly string[], count: number, label: string): readonly string[] {
  const groups = [...Map.groupBy(points, (point) => point.split(':when=')[0] ?? '').entries()]
  const ranked = groups.map(([name, group]) => [...seeded(group, group.length, `${label} ${name}`, true)])
  const chosen: string[] = []
  while (chosen.length < count && ranked.some((group) => group.length > 0)) {
    for (const group of ranked) {
      const point = group.shift()
      if (point !== undefined && chosen.length < count) chosen.push(point)
    }
  }
  return chosen
}

async function inject(world: World, command: string, point: string, expected: readonly Seen[]): Promise<void> {
  await world.putBack()
  const calls = point.split(':')[0] ?? ''
  const disturbed = await world.traced(command, ['-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${point}`])
  const resumed = await world.run('resume')
  expect(resumed.output, `${point}\n${disturbed}`).not.toContain('PROBLEM')
  for (const report of resumed.reports) expect(report.outcome, `${point}\n${resumed.output}`).not.toBe('stuck')
  expect(expected, `${point}\n${disturbed}\n${resumed.output}`).toContainEqual(await world.look())
}
