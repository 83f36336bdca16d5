import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { componentNameSchema } from '../../../src/core/model/names.ts'
import { allKinds } from '../../../src/main/kinds.ts'
import { wire } from '../../../src/main/wire.ts'
import type { Engine, StatusReport } from '../../../src/ports/engine.ts'
import type { Journal } from '../../../src/ports/journal.ts'
import { parseConfigValue } from '../../../src/protocol/config/parse.ts'
import { type Layout, publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { installed } from '../faults/support/installed.ts'
import { commitOf, site } from '../files/support/site.ts'

/** What is told while things change is what stood before or what comes after, never something in between. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

async function engineOf({ configFile, state, dir }: World, wrapJournal = (same: Journal) => same): Promise<Engine> {
  const settings = parseConfigValue(JSON.parse(await readFile(configFile, 'utf8')), dir, await allKinds())
  return wire({ settings, stateDir: state, env: process.env, wrapJournal })
}

const app = componentNameSchema.parse('app')

/** What another door is told after each record of the work. */
async function seenBetweenRecords(
  world: World,
  work: (engine: Engine) => Promise<unknown>,
): Promise<readonly StatusReport[]> {
  const seen: StatusReport[] = []
  const reader = await engineOf(world)
  const look = async (): Promise<void> => {
    const [status] = await reader.status([app])
    await Promise.all([reader.history({ component: app, limit: 10 }), reader.backups([app])])
    if (status !== undefined) seen.push(status)
  }
  const engine = await engineOf(world, (journal) => ({
    ...journal,
    async append(run, ...entries) {
      const recorded = await journal.append(run, ...entries)
      await look()
      return recorded
    },
  }))
  try {
    await work(engine)
    await look()
    return seen
  } finally {
    engine.close()
    reader.close()
  }
}

const layouts: readonly Layout[] = ['slots', 'in-place']

describe.concurrent('D12: readers of a tree that is switched', () => {
  for (const layout of layouts) {
    test(`D12: when it is asked after every record of an update and of the way back, then each answer is one version (${layout})`, async ({
      expect,
    }) => {
      const world = await installed({ releases: releases.url, layout })
      try {
        const there = await seenBetweenRecords(world, (engine) => engine.update(app, { to: '1.0.1' }))
        expect(new Set(there.map(({ state }) => state))).toEqual(new Set([layout]))
        expect([...new Set(there.map((one) => one.installed))]).toEqual(['1.0.0', '1.0.1'])
        expect(new Set(there.map(({ problem }) => problem))).toEqual(new Set([null]))
        expect(there.filter(({ unfinished }) => unfinished !== null).length).toBeGreaterThan(8)
        const back = await seenBetweenRecords(world, (engine) => engine.rollback(app, { data: 'keep' }))
        expect(new Set(back.map(({ state }) => state))).toEqual(new Set([layout]))
        expect([...new Set(back.map((one) => one.installed))]).toEqual(['1.0.1', '1.0.0'])
        const failed = await seenBetweenRecords(world, (engine) => engine.update(app, { to: '1.2.0-broken' }))
        expect(new Set(failed.map(({ state }) => state))).toEqual(new Set([layout]))
        expect(new Set(failed.map((one) => one.installed))).toEqual(new Set(['1.0.0', '1.2.0-broken']))
      } finally {
        await world.remove()
      }
    })
  }
})

test('D12: when it is asked again and again while files are exchanged, then each answer is one version', async ({
  expect,
}) => {
  const many = (text: string) =>
    Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`part/f${i}.py`, `${text} ${i}\n`]))
  const [older, newer] = [commitOf(many('one')), commitOf(many('two'))]
  await using here = await site({ commits: [older] })
  await here.open((belay) => belay.update('helpdesk'))
  here.github.commits.unshift(newer)
  await here.open(async (belay) => {
    const [from, to] = [older, newer].map(({ id }) => id.slice(0, 12))
    const over = { yet: false }
    const update = belay.update('helpdesk').finally(() => (over.yet = true))
    const [seen, states]: [(string | null)[], Set<string>] = [[], new Set()]
    await here.open(async (reader) => {
      while (!over.yet) {
        const [status] = await reader.status()
        seen.push(status?.installed ?? null)
        states.add(`${status?.state} ${status?.problem?.code}`)
      }
    })
    expect(await update).toMatchObject({ outcome: 'committed' })
    expect([...states]).toEqual(['in-place undefined'])
    expect([from, to]).toEqual(expect.arrayContaining([...new Set(seen)]))
    expect(seen).toEqual(seen.toSorted((a, b) => Number(a === to) - Number(b === to)))
  })
})
