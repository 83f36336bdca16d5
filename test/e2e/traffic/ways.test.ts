// needs: haproxy
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { failures } from '../../fakes/traffic/load-result.ts'
import { startLoad } from '../../fakes/traffic/loaded.ts'
import { type Change, hopeless, quick, SlotWorld } from './world.ts'

/** Changes to what `base` says of the strategy and of its traffic. */
const withMore =
  (traffic: object, strategy: object = {}, base: Change = quick): Change =>
  (config) => {
    const { app } = base(config).components
    Object.assign(app.strategy, strategy)
    Object.assign(app.strategy.traffic, traffic)
    return config
  }

const committed = async (world: SlotWorld, command: string) => {
  const { reports, output } = await world.run(command)
  expect(reports[0]?.outcome, output).toBe('committed')
  const [report] = reports
  if (report === undefined) throw new Error(output)
  return report
}
const kindsOf = (steps: readonly { readonly kind: string; readonly state: string }[]) =>
  steps.flatMap(({ kind, state }) => (state === 'done' ? [kind] : []))

/** Appends to a file of the world at each migration; what ran then is in it. */
const migrate = [
  [
    process.execPath,
    '-e',
    "const { readFileSync, appendFileSync } = require('node:fs'); appendFileSync('../../../../migrated', readFileSync('VERSION', 'utf8') + ' ')",
  ],
]

/** Told to end, it is killed soon: what it still serves is cut then. */
const hasty = { type: 'process', command: [process.execPath, 'server.mjs'], stop_timeout: '1s' }

describe('an application that may not run twice', () => {
  test('when it is updated behind a door that can hold, then people wait and nobody is turned away', async () => {
    await using world = await SlotWorld.create('builtin', withMore({ twice: false }, { migrate }))
    await committed(world, 'update 1.0.0')
    await using people = await startLoad({ url: world.proxy.url, slow: 0, streams: 0 })
    const report = await committed(world, 'update 1.1.0')
    const kinds = kindsOf(report.steps)
    expect(
      kinds.filter((kind) => ['hold', 'stop', 'migrate', 'slot-start', 'switch', 'release'].includes(kind)),
    ).toEqual(['hold', 'stop', 'migrate', 'slot-start', 'switch', 'release'])
    expect(report.downtime_ms).toBeGreaterThan(0)
    const noticed = await people.stop()
    expect(failures(noticed), JSON.stringify(noticed)).toBe(0)
    expect(noticed.versions['1.1.0']?.answers).toBeGreaterThan(0)
    expect(await world.seen()).toEqual({ version: '1.1.0', running: ['green'], current: 'releases/1.1.0' })
    expect(await readFile(join(world.dir, 'migrated'), 'utf8')).toBe('1.0.0 1.1.0 ')
  })

  test('when the new one is never ready, then people wait until the old one is back', async () => {
    await using world = await SlotWorld.create('builtin', withMore({ twice: false }))
    await committed(world, 'update 1.0.0')
    await using people = await startLoad({ url: world.proxy.url, slow: 0, streams: 0 })
    await world.configure(withMore({ twice: false }, {}, hopeless('ready')))
    const { reports } = await world.run('update 1.3.0-ill')
    expect(reports[0]?.outcome).toBe('rolled-back')
    const noticed = await people.stop()
    expect(failures(noticed), JSON.stringify(noticed)).toBe(0)
    expect(await world.seen()).toEqual({ version: '1.0.0', running: ['blue'], current: 'releases/1.0.0' })
  })
})

describe('migrations', () => {
  test('when nothing says that both versions can work with the data, then the plan refuses and says what to write', async () => {
    await using world = await SlotWorld.create('haproxy', withMore({}, { migrate }))
    const { output } = await world.run('update 1.0.0')
    expect(output).toContain('"code":"E_SLOT_UNFIT"')
    expect(output).toContain('migrations: expand')
    expect(output).toContain('twice: false')
    expect(await world.running()).toEqual([])
  })

  test('when they only expand, then they run while the old version serves, and a rollback asks for no choice', async () => {
    await using world = await SlotWorld.create('haproxy', withMore({ migrations: 'expand' }, { migrate }))
    await committed(world, 'update 1.0.0')
    expect((await committed(world, 'update 1.1.0')).downtime_ms).toBe(0)
    expect(await readFile(join(world.dir, 'migrated'), 'utf8')).toBe('1.0.0 1.1.0 ')
    await committed(world, 'rollback-any')
    expect((await world.seen()).version).toBe('1.0.0')
  })
})

describe('little by little', () => {
  test('when shares are named, then each is served for its time before the next', async () => {
    const gradual = { shares: [20, 60], every: '3s' }
    await using world = await SlotWorld.create('haproxy', withMore({ gradual }))
    await committed(world, 'update 1.0.0')
    await using people = await startLoad({ url: world.proxy.url, slow: 0, streams: 0 })
    const report = await committed(world, 'update 1.1.0')
    expect(report.steps.filter(({ kind }) => kind === 'switch').map(({ detail }) => detail.slice(0, 4))).toEqual([
      '20 %',
      '60 %',
      'blue',
    ])
    for (const { ms } of report.steps.filter(({ kind }) => kind === 'soak')) expect(ms).toBeGreaterThanOrEqual(3000)
    const noticed = await people.stop()
    expect(failures(noticed), JSON.stringify(noticed)).toBe(0)
    // Both were served for six seconds, of which those who ask may have missed most: the old one was asked long after the new one was.
    const { '1.0.0': old, '1.1.0': young } = noticed.versions
    expect((old?.lastAtMs ?? 0) - (young?.firstAtMs ?? 0)).toBeGreaterThan(500)
  })
})

describe('a version that people are still connected to', () => {
  test('when its streams outlive its requests, then the run ends, and it runs until its time is over', async () => {
    await using world = await SlotWorld.create(
      'haproxy',
      withMore({ drain: { requests: '6s', streams: '10m' } }, { service: hasty }),
    )
    await committed(world, 'update 1.0.0')
    await using people = await startLoad({ url: world.proxy.url, clients: 2, slow: 0, streams: 3 })
    const report = await committed(world, 'update 1.1.0')
    expect(report.steps.find(({ kind }) => kind === 'retire')?.facts).toMatchObject({ left: 3 })
    expect(await world.seen()).toMatchObject({ version: '1.1.0', running: ['blue', 'green'] })
    const { output } = await world.run('status')
    expect(output).toContain('"retiring":{')
    // Whoever comes later ends it when its time has come.
    await world.letTimePass()
    await world.run('retire')
    expect((await world.seen()).running).toEqual(['green'])
    const noticed = await people.stop()
    expect(noticed.streams).toMatchObject({ opened: 3 })
    expect(noticed.streams.cutAtMs).toHaveLength(3)
    expect(failures(noticed), JSON.stringify(noticed)).toBe(0)
  })

  test('when it is kept warm, then a rollback switches back to it without starting anything', async () => {
    await using world = await SlotWorld.create('haproxy', withMore({ keep_warm: '5m' }))
    await committed(world, 'update 1.0.0')
    await committed(world, 'update 1.1.0')
    const before = await world.pids('blue')
    expect(await world.seen()).toMatchObject({ version: '1.1.0', running: ['blue', 'green'] })
    await committed(world, 'rollback-any')
    expect((await world.seen()).version).toBe('1.0.0')
    expect(await world.pids('blue')).toEqual(before)
  })

  test('when another update needs its slot, then its end is waited for, and nothing is left of it', async () => {
    await using world = await SlotWorld.create('haproxy', withMore({ keep_warm: '5m' }))
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await committed(world, `update ${version}`)
    expect(await world.seen()).toMatchObject({ version: '1.2.0', current: 'releases/1.2.0' })
    // 1.1.0 is warm now; 1.0.0, which was before it, is gone.
    expect(await world.running()).toEqual(['blue', 'green'])
    expect(JSON.parse(await readFile(join(world.state, 'retiring/app.json'), 'utf8'))).toMatchObject({
      step: { slot: 'green' },
    })
  })

  test('when the record of it is damaged, then it is not taken for one', async () => {
    await using world = await SlotWorld.create('haproxy', withMore({ keep_warm: '5m' }))
    for (const version of ['1.0.0', '1.1.0']) await committed(world, `update ${version}`)
    await writeFile(join(world.state, 'retiring/app.json'), '{')
    await committed(world, 'update 1.2.0')
    expect(await world.seen()).toMatchObject({ version: '1.2.0' })
  })
})
