import type { ComponentName } from '../core/model/names.ts'
import { afterEach, describe, expect, test } from 'vitest'
import { type FakeClock, fakeClock } from '../../test/fakes/clock.ts'
import { prospect, type Script, scriptedEngine } from '../../test/fakes/engine.ts'
import { componentName, runId } from '../../test/fakes/plan.ts'
import { fail, problem, type Problem } from '../core/model/problem.ts'
import type { CheckReport, Engine, RunReport, UpdateOptions } from '../ports/engine.ts'
import type { AgentEnd, AgentLine } from '../ports/agent.ts'
import type { Settings } from '../protocol/settings.ts'
import { runAgent } from './agent.ts'
import type { Loaded } from './ports.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const start = Date.parse('2026-03-01T12:00:00Z')

type Part = Partial<Settings['components'] extends ReadonlyMap<unknown, infer C> ? C : never>

function settingsOf(parts: Readonly<Record<string, Part>>): Settings {
  const check = { every: { kind: 'interval', ms: day }, afterStartMs: 5 * minute, jitterMs: 0 }
  const policy = { auto: 'none', window: null, soakMs: 0, minAgeMs: 0, hold: [] }
  const components = Object.entries(parts).map(([name, part]) => [name, { name, check, policy, requires: {}, ...part }])
  return { components: new Map(components as never) } as unknown as Settings
}

const upToDate: CheckReport = {
  current: '1.0.0',
  latest: '1.0.0',
  update_available: false,
  release_notes: null,
  last_checked: null,
  held: null,
  relation: 'current',
  error: null,
}
const offer: CheckReport = { ...upToDate, latest: '1.0.1', update_available: true, relation: 'older' }
const committed = (name: string): RunReport =>
  ({ run: runId('r-00000001'), component: componentName(name), outcome: 'committed', problem: null }) as RunReport

/** An agent in a world of its own; what it does is written down with the hour since the start. */
class World {
  readonly clock: FakeClock = fakeClock(start)
  readonly did: string[] = []
  readonly lines: AgentLine[] = []
  readonly notes: (Problem | null)[] = []
  readonly checks = new Map<string, CheckReport>()
  answers: Readonly<Record<string, CheckReport>> = {}
  dead = new Set<string>()
  next: () => Promise<Loaded> = () => Promise.reject(new Error('nobody reloads here'))
  private stopping: () => void = () => {}
  private reloading: () => void = () => {}
  ended: AgentEnd | null = null

  loaded(parts: Readonly<Record<string, Part>>, script: Script = {}, own: readonly string[] = []): Loaded {
    const names = Object.keys(parts)
    const scripted = scriptedEngine({ names, resume: async () => ({ runs: [], deferred: false }), ...script })
    const engine: Engine = {
      ...scripted,
      check: async (asked) => {
        const reports = asked.map((name) => {
          const answered = this.answers[name] ?? upToDate
          const last_checked =
            answered.error === null
              ? new Date(this.clock.now()).toISOString()
              : (this.checks.get(name)?.last_checked ?? null)
          this.did.push(`${this.hours()} check ${name}`)
          const report = { ...answered, last_checked }
          this.checks.set(name, report)
          return [name, report] as const
        })
        return new Map(reports)
      },
      update: (name, options: UpdateOptions) => {
        this.did.push(`${this.hours()} update ${name}`)
        return scripted.update(name, options)
      },
    }
    return {
      settings: settingsOf(parts),
      engine,
      lastChecks: { get: (name) => this.checks.get(name) ?? null },
      ownServices: own.map(componentName),
      ownForwards: this.forwards,
    }
  }

  private hours(): number {
    return Math.round(((this.clock.uptime() - 1_000_000) / hour) * 100) / 100
  }

  readonly forwards: ComponentName[] = []
  /** Forwarders that died since the last look. */
  readonly fallen: ComponentName[] = []

  start(first: Loaded): void {
    void runAgent(
      {
        load: () => this.next(),
        noted: (problem) => this.notes.push(problem),
        clock: this.clock,
        share: () => 0,
        hasDied: (name) => this.dead.has(name),
        keepForwards: async () => this.fallen.splice(0),
        ready: async () => {},
        notify: { look: async () => Infinity, onWake: () => {} },
        say: (line) => this.lines.push(line),
        onStop: (listener) => (this.stopping = listener),
        onReload: (listener) => (this.reloading = listener),
        open: async () => async () => {},
      },
      first,
    ).then((end) => (this.ended = end))
  }

  stop(): void {
    this.stopping()
  }

  reload(): void {
    this.reloading()
  }

  said(): string {
    return this.lines.map(({ level, component, text }) => `${level} ${component ?? '-'} ${text}`).join('\n')
  }
}

let world = new World()
afterEach(async () => {
  world.stop()
  world.stop()
  await world.clock.pass(0)
  world = new World()
})

describe('checks', () => {
  test('when three weeks pass then each source is asked once a day', async () => {
    world.start(world.loaded({ core: {}, web: { check: { every: { kind: 'off' }, afterStartMs: 0, jitterMs: 0 } } }))
    await world.clock.pass(21 * day)
    expect(world.did).toEqual(Array.from({ length: 21 }, (_, n) => `${0.08 + 24 * n} check core`))
  })

  test('when somebody else has asked meanwhile then the day counts from there', async () => {
    world.start(world.loaded({ core: {} }))
    await world.clock.pass(20 * hour)
    world.checks.set('core', { ...upToDate, last_checked: new Date(world.clock.now()).toISOString() })
    await world.clock.pass(25 * hour)
    expect(world.did).toEqual(['0.08 check core', '44 check core'])
  })

  test('when the host slept for days then one check makes up for them, within a minute', async () => {
    world.start(world.loaded({ core: {} }))
    await world.clock.pass(hour)
    world.clock.suspend(5 * day)
    await world.clock.pass(hour)
    expect(world.did).toEqual(['0.08 check core', '121.02 check core'])
  })

  test('when the wall clock is set years ahead and back then nothing is asked more often', async () => {
    world.start(world.loaded({ core: {} }))
    await world.clock.pass(hour)
    world.clock.set(Date.parse('2036-01-01T00:00:00Z'))
    await world.clock.pass(hour)
    world.clock.set(start + 2 * hour)
    await world.clock.pass(2 * day)
    expect(world.did).toEqual(['0.08 check core', '24.08 check core', '48.08 check core'])
  })

  test('when the source does not answer then it is asked again, later and later, and it is told', async () => {
    world.answers = { core: { ...upToDate, error: { code: 'E_NETWORK', message: 'no route', hint: null } } }
    world.start(world.loaded({ core: {} }))
    await world.clock.pass(hour)
    expect(world.did).toEqual(['0.08 check core', '0.17 check core', '0.33 check core', '0.67 check core'])
    expect(world.said()).toContain('warn core the check failed: E_NETWORK no route')
  })

  test('when it starts again then it goes on from the last answer', async () => {
    world.checks.set('core', { ...upToDate, last_checked: new Date(start - 20 * hour).toISOString() })
    world.start(world.loaded({ core: {} }))
    await world.clock.pass(5 * hour)
    expect(world.did).toEqual(['4 check core'])
  })
})

describe('updates by policy', () => {
  const auto = { policy: { auto: 'all', window: null, soakMs: 0, minAgeMs: 0, hold: [] } } as const
  const nightly = { cron: '0 2 * * *', durationMs: hour, timezone: 'UTC' }

  test('when nothing may be installed unasked then nothing is', async () => {
    world.answers = { core: offer }
    world.start(world.loaded({ core: {} }))
    await world.clock.pass(7 * day)
    expect(world.did.filter((line) => line.includes('update'))).toEqual([])
    expect(world.said()).toContain('info core 1.0.1 is available, 1.0.0 is installed')
  })

  test('when a check finds one then it is installed, in the order of what requires what, one at a time', async () => {
    world.answers = { web: offer, core: offer }
    const update = async (name: string) => {
      world.answers = { ...world.answers, [name]: upToDate }
      return committed(name)
    }
    const prospects = [prospect('core', {}), prospect('web', { requires: { core: '*' } })]
    world.start(world.loaded({ web: auto, core: auto }, { update, prospects }))
    await world.clock.pass(hour)
    const updates = world.did.filter((line) => line.includes('update'))
    expect(updates.map((line) => line.replace(/^\S+ /, ''))).toEqual(['update core', 'update web'])
  })

  test('when what it requires was rolled back then it is not started', async () => {
    world.answers = { web: offer, core: offer }
    const update = async (name: string) => ({ ...committed(name), outcome: 'rolled-back' }) as RunReport
    const prospects = [prospect('core', {}), prospect('web', { requires: { core: '*' } })]
    world.start(world.loaded({ web: auto, core: auto }, { update, prospects }))
    await world.clock.pass(8 * minute)
    expect(world.did.filter((line) => line.includes('update'))).toEqual(['0.08 update core'])
    expect(world.said()).toContain('warn web not started: core')
  })

  test('when a window is set then it is looked into once each night, and nothing is installed outside', async () => {
    world.answers = { core: offer }
    const update = async (name: string) => committed(name)
    world.start(world.loaded({ core: { policy: { ...auto.policy, window: nightly } } }, { update }))
    await world.clock.pass(3 * day)
    expect(world.did.filter((line) => line.includes('update'))).toEqual([
      '14 update core',
      '38 update core',
      '62 update core',
    ])
  })

  test('when somebody has a run in hand then it is tried again a little later', async () => {
    world.answers = { core: offer }
    let refusals = 2
    const update = async (name: string) => {
      if (refusals-- > 0) throw fail('E_LOCKED', 'held', { retryable: true })
      return committed(name)
    }
    world.start(world.loaded({ core: auto }, { update }))
    await world.clock.pass(3 * hour)
    expect(world.did.filter((line) => line.includes('update'))).toEqual([
      '0.08 update core',
      '0.25 update core',
      '0.58 update core',
    ])
  })

  test('when it is held then it says so once and waits for the next check', async () => {
    world.answers = { core: offer }
    const by = { kind: 'auto', auto: 'patch' } as const
    const outlook = { kind: 'held', from: '1.0.0', to: '2.0.0', by, problem: problem('E_HELD', 'too far') } as const
    world.start(world.loaded({ core: auto }, { prospects: [prospect('core', { outlook })] }))
    await world.clock.pass(5 * day)
    expect(world.did.filter((line) => line.includes('update'))).toEqual([])
    expect(world.lines.filter(({ text }) => text.includes('too far')).length).toBeLessThanOrEqual(5)
  })
})

test('when nothing would ever lead to an update by policy then it says so at the start', async () => {
  const policy = { auto: 'patch', window: null, soakMs: 0, minAgeMs: 0, hold: [] } as const
  world.start(world.loaded({ core: { policy, check: { every: { kind: 'off' }, afterStartMs: 0, jitterMs: 0 } } }))
  await world.clock.pass(minute)
  expect(world.said()).toContain('warn core policy.auto is patch, but its checks are off')
})

describe('services of its own', () => {
  test('when one died then it is started again, and one that keeps dying less and less often', async () => {
    const times: number[] = []
    const revive = async () => times.push(world.clock.uptime()) > 0
    world.dead.add('core')
    world.start(world.loaded({ core: {} }, { revive }, ['core']))
    await world.clock.pass(10 * minute)
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(gaps).toEqual([5, 10, 20, 40, 80, 160].map((seconds) => seconds * 1000))
    expect(world.said()).toContain('warn core its service had died and was started again')
  })

  test('when a run is going on then nothing is said, and nothing counted', async () => {
    let tries = 0
    const revive = async () => {
      tries++
      throw fail('E_LOCKED', 'held')
    }
    world.dead.add('core')
    world.start(world.loaded({ core: {} }, { revive }, ['core']))
    await world.clock.pass(minute)
    expect(tries).toBe(13)
    expect(world.said()).not.toContain('died')
  })
})

describe('two versions', () => {
  const item = {
    component: 'core',
    run: runId('r-00000001'),
    slot: 'blue',
    retire_at: '2026-01-01T00:00:00Z',
    warm_until: '2026-01-01T00:00:00Z',
  } as const

  test('when an old one is on its way out, then it is looked at until it is gone, and not any more after that', async () => {
    let looks = 0
    const left = () => (looks < 3 ? [item] : [])
    const retire = async () => {
      looks++
      return left()
    }
    world.start(world.loaded({ core: {} }, { retiring: left, retire }))
    await world.clock.pass(hour)
    expect(looks).toBe(3)
  })

  test('when a forwarder died, then it is started again and that is said', async () => {
    world.forwards.push(componentName('core'))
    world.start(world.loaded({ core: {} }))
    await world.clock.pass(minute)
    world.fallen.push(componentName('core'))
    await world.clock.pass(minute)
    expect(world.said()).toContain('warn core its forwarder had died and was started again')
  })
})

describe('reload and stop', () => {
  test('when the new config is right then it holds at once, and the old engine is closed', async () => {
    const first = scriptedEngine({ names: ['core'], resume: async () => ({ runs: [], deferred: false }) })
    world.start({ ...world.loaded({ core: {} }), engine: first })
    await world.clock.pass(0)
    world.next = async () => world.loaded({ web: {} })
    world.reload()
    await world.clock.pass(hour)
    expect(first.closed()).toBe(true)
    expect(world.did).toEqual(['0.08 check web'])
    expect(world.notes).toEqual([null, null])
  })

  test('when the new config is wrong then the old one goes on, and every error is told with its place', async () => {
    world.start(world.loaded({ core: {} }))
    world.next = async () => {
      throw fail('E_CONFIG_INVALID', 'it has 2 errors', { facts: { errors: ['belay.yaml:3:5 a', 'belay.yaml:9:1 b'] } })
    }
    world.reload()
    await world.clock.pass(hour)
    expect(world.did).toEqual(['0.08 check core'])
    expect(world.said()).toMatch(/old config stays[^]*belay\.yaml:3:5 a[^]*belay\.yaml:9:1 b/)
    expect(world.notes).toMatchObject([null, { code: 'E_CONFIG_INVALID' }])
  })

  test('when it is asked to stop during a run then the run is asked to go back, and waited for', async () => {
    world.answers = { core: offer }
    const release = Promise.withResolvers<RunReport>()
    let asked: AbortSignal | undefined
    const update = (_: string, { signal }: UpdateOptions) => {
      asked = signal
      return release.promise
    }
    const policy = { auto: 'all', window: null, soakMs: 0, minAgeMs: 0, hold: [] } as const
    world.start(world.loaded({ core: { policy } }, { update }))
    await world.clock.pass(6 * minute)
    world.stop()
    await world.clock.pass(minute)
    expect([asked?.aborted, world.ended]).toEqual([true, null])
    release.resolve(committed('core'))
    await world.clock.pass(0)
    expect(world.ended).toBe('stopped')
  })

  test.each(['a second request', 'the end of the grace'])('when %s comes then the run is left', async (what) => {
    world.answers = { core: offer }
    const policy = { auto: 'all', window: null, soakMs: 0, minAgeMs: 0, hold: [] } as const
    world.start(world.loaded({ core: { policy } }, { update: () => new Promise(() => {}) }))
    await world.clock.pass(6 * minute)
    world.stop()
    await world.clock.pass(minute)
    expect(world.ended).toBeNull()
    if (what === 'a second request') world.stop()
    await world.clock.pass(4 * minute)
    expect(world.ended).toBe('left')
  })
})
