// needs: bed, containers
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seeded, whole } from '../../crash/support/sample.ts'
import { type ContainerBed, startContainers } from '../bed/containers.ts'
import { reportOf, runEngine } from './support/engine.ts'
import { Site, type Standing } from './support/site.ts'

/**
 * SIGKILL at every append of the journal, before it and after it, of an update of two services with data, of one whose
 * image is never healthy, and of a rollback. `BELAY_CRASH=all` runs all of it; else a sample, whose seed `npm test` prints.
 */
let bed: ContainerBed
beforeAll(async () => {
  bed = await startContainers()
})
afterAll(() => bed?.close())

const services = ['app', 'worker']
const sampled = 2
const limitMs = whole ? 7_200_000 : 900_000

interface Scenario {
  readonly name: string
  readonly command: string
  readonly ends: 'committed' | 'rolled-back'
  /** What runs before, and after when it ends well. */
  readonly versions: readonly [string, string]
}

const scenarios: readonly Scenario[] = [
  { name: 'an update', command: 'update 1.1.0', ends: 'committed', versions: ['1.0.0', '1.1.0'] },
  {
    name: 'an update that is never healthy',
    command: 'update 1.2.0',
    ends: 'rolled-back',
    versions: ['1.0.0', '1.2.0'],
  },
  { name: 'a rollback', command: 'rollback', ends: 'committed', versions: ['1.1.0', '1.0.0'] },
]

describe.concurrent('when the process is killed at a record of its journal', () => {
  for (const scenario of scenarios) {
    test(`then resume ends ${scenario.name} all old or all new, and every container runs`, {
      timeout: limitMs,
    }, async () => {
      await using site = await Site.create(bed, {
        images: [{ version: '1.1.0' }, { version: '1.2.0', fault: 'unhealthy' }],
        worker: true,
        strategy: { service: services },
        component: ({ project }) => ({ data: [{ type: 'volume', name: `${project}_data` }] }),
      })
      const old = await bringTo(site, scenario.versions[0])
      const ended = await runEngine(site, scenario.command)
      expect(reportOf(ended.stdout)?.outcome, ended.stdout).toBe(scenario.ends)
      const fresh = await site.standing(services)
      expect(fresh.serves).toEqual(Array<string>(2).fill(scenario.versions[scenario.ends === 'committed' ? 1 : 0]))
      const appends = Number(/APPENDS (\d+)/.exec(ended.stdout)?.[1] ?? 0)
      expect(appends).toBeGreaterThan(10)

      const points = Array.from({ length: appends }, (_, i) => [`before:${i + 1}`, `after:${i + 1}`]).flat()
      for (const kill of seeded(points, sampled, `containers ${scenario.name}`)) {
        expect(await bringTo(site, scenario.versions[0]), kill).toEqual(old)
        await killedAt(site, scenario, kill, { old, fresh })
      }
    })
  }
})

async function killedAt(
  site: Site,
  scenario: Scenario,
  kill: string,
  { old, fresh }: { readonly old: Standing; readonly fresh: Standing },
): Promise<void> {
  const killed = await runEngine(site, scenario.command, kill)
  expect(killed.code, `${kill}: ${killed.stdout}${killed.stderr}`).toBe(137)
  const resumed = await site.belay('resume')
  const said = `${scenario.name}, ${kill}: ${resumed.stdout}${resumed.stderr}`
  expect([0, 3], said).toContain(resumed.code)
  const [report] = resumed.json.runs ?? []
  // Nothing to resume: it died before the run was opened, or after it was closed.
  const allowed = report === undefined ? [old, fresh] : report.outcome === 'committed' ? [fresh] : [old]
  expect(allowed, said).toContainEqual(await site.standing(services))
  expect((await site.starts()).join(), said).not.toMatch(/1\.2\.0/)
}

/** By the command line, when that version does not run already. */
async function bringTo(site: Site, version: string): Promise<Standing> {
  const standing = await site.standing(services)
  if (standing.serves[0] === version) return standing
  await site.update(version, 0)
  return site.standing(services)
}
