import { fail } from '../../src/core/model/problem.ts'
import { composeSlots, type SlotParts } from '../../src/core/plan/compose-slots.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { Step } from '../../src/core/plan/step.ts'
import type { Recorded } from '../../src/core/run/entry.ts'
import { type Shares, type Slot, slots } from '../../src/core/traffic/slots.ts'
import type { Adapters } from '../../src/ports/adapters.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Journal } from '../../src/ports/journal.ts'
import type { Retiring, RetiringRecords } from '../../src/ports/retiring.ts'
import type { OpenService } from '../../src/ports/service.ts'
import type { StepHandlers } from '../../src/ports/step.ts'
import type { OpenTraffic } from '../../src/ports/traffic.ts'
import { retireHandler } from '../../src/steps/retire.ts'
import { stopHandler } from '../../src/steps/service.ts'
import { holdHandler, releaseHandler, slotStartHandler, switchHandler } from '../../src/steps/traffic.ts'
import { slotParts } from '../fakes/slots.ts'
import { Crash, memoryJournal, planOf } from './machine.ts'

/** What happens to the host meanwhile: numbers count its moments. */
export interface SlotWeather {
  /** The power of belay is cut; services and the proxy live on. */
  readonly crashes: ReadonlySet<number>
  /** Somebody reloads the proxy: what is on disk is served. */
  readonly reloads: ReadonlySet<number>
  /** The new instance dies. */
  readonly deaths: ReadonlySet<number>
  /** These verifications say no. */
  readonly refusals: ReadonlySet<number>
}

/** Two slots and a proxy, with a moment between any two changes. The handlers are the real ones. */
export class SlotHost {
  running: Record<Slot, boolean> = { blue: true, green: false }
  persisted: Shares = { blue: 100, green: 0 }
  served: Shares = { blue: 100, green: 0 }
  held = false
  readonly disk: Recorded[] = []
  readonly records = new Map<string, Retiring>()
  /** Moments in which people were sent to nobody. */
  readonly outages: string[] = []
  /** Moments in which both ran. */
  together = 0
  now = 1_000_000
  crashes = 0
  moments = 0
  private verifications = 0
  private dead = false
  private readonly weather: SlotWeather
  private readonly connections: number[]

  constructor(weather: SlotWeather, connections: readonly number[]) {
    this.weather = weather
    this.connections = [...connections]
  }

  start(): void {
    this.dead = false
  }

  private moment(what: string): void {
    if (this.dead) throw new Crash()
    const at = this.moments++
    if (this.weather.reloads.has(at)) this.served = this.persisted
    if (this.weather.deaths.has(at)) this.running.green = false
    if (this.running.blue && this.running.green) this.together++
    if (!this.held && slots.some((slot) => this.served[slot] > 0 && !this.running[slot])) this.outages.push(what)
    if (!this.weather.crashes.has(at)) return
    this.dead = true
    this.crashes++
    throw new Crash()
  }

  private readonly traffic: OpenTraffic = {
    kind: 'simulated',
    describe: 'simulated',
    abilities: { way: 'routes', weights: true, holds: true, lost: 'none' },
    resource: null,
    complaints: async () => [],
    served: async () => ({ shares: this.served, persisted: this.persisted }),
    route: async (shares) => {
      this.moment('before it is persisted')
      this.persisted = shares
      this.moment('between persisted and served')
      this.served = shares
      this.moment('after it is served')
    },
    open: async () => this.connections.shift() ?? 0,
    hold: async () => {
      this.held = true
      this.moment('held')
    },
    release: async () => {
      this.held = false
      this.moment('released')
    },
  }

  private service(slot: Slot): OpenService {
    const turn = (to: boolean) => async () => {
      this.moment(`before ${slot} ${to ? 'starts' : 'stops'}`)
      this.running[slot] = to
      this.moment(`after ${slot} ${to ? 'started' : 'stopped'}`)
    }
    const state = () => ({
      found: true,
      running: this.running[slot],
      state: 'simulated',
      pid: null,
      restarts: 0,
      since: null,
      user: null,
      paths: [],
    })
    return {
      describe: slot,
      resource: null,
      guard: null,
      inspect: async () => state(),
      start: turn(true),
      stop: turn(false),
      reload: async () => {},
      relocation: async () => null,
      logs: async () => [],
    }
  }

  readonly clock: Clock = {
    now: () => this.now,
    sleep: async (ms) => {
      this.now += ms
      this.moment('waiting')
    },
    bootId: () => String(this.crashes),
    randomHex: () => '00',
  }

  private readonly retiring: RetiringRecords = {
    get: (component) => this.records.get(component) ?? null,
    all: () => [...this.records.values()],
    put: (record) => {
      this.records.set(record.step.traffic.component, record)
      this.moment('recorded')
    },
    remove: (component) => {
      this.moment('before the record goes')
      this.records.delete(component)
    },
  }

  get handlers(): StepHandlers {
    const adapters = {
      traffic: async () => this.traffic,
      service: async (ref: { cwd: string }) => this.service(ref.cwd.endsWith('blue') ? 'blue' : 'green'),
    } as unknown as Adapters
    const ports = { adapters, clock: this.clock, resume: { argv: [], environment: {} }, retiring: this.retiring }
    const question = (ask: () => void) => ({
      apply: async () => {
        this.moment('asked')
        ask()
        return {}
      },
      observe: async () => 'absent' as const,
      undo: async () => {},
    })
    const own: Partial<StepHandlers> = {
      'slot-start': slotStartHandler(ports),
      switch: switchHandler(ports),
      retire: retireHandler(ports),
      stop: stopHandler(ports),
      hold: holdHandler(ports),
      release: releaseHandler(ports),
      verify: question(() => this.verify()),
      check: question(() => {}),
      soak: question(() => {}),
    }
    return own as StepHandlers
  }

  private verify(): void {
    const refused = this.weather.refusals.has(this.verifications++)
    if (refused || !this.running.green || this.served.green === 0)
      throw fail('E_NOT_SERVED', 'the new one did not answer')
  }

  readonly journal: Journal = memoryJournal(
    this.disk,
    (what) => this.moment(what),
    () => ({ at: this.now, boot: String(this.crashes) }),
  )
}

export interface SlotShape {
  readonly twice: boolean
  readonly shares: readonly number[]
  readonly warmMs: number
}

export function slotPlan({ twice, shares, warmMs }: SlotShape): Plan {
  const base = slotParts({ weights: true, holds: true })
  const gradual = shares.length === 0 ? null : { shares, everyMs: 1000 }
  const settings: SlotParts['settings'] = { ...base.settings, twice, gradual, warmMs }
  const nothing = { room: [], checksBefore: [], checksBack: [], before: [], settle: [], stopped: [], cleanup: [] }
  const check = { kind: 'check', phase: 'after', detail: 'healthy' } as unknown as Step
  const composed = composeSlots(
    {
      ...nothing,
      run: 'r-00000001',
      runDir: '/state',
      checksAfter: [check],
      download: null,
      prepare: [],
      migrate: [],
      backups: [],
      restore: [],
      stop: 'always',
      service: null,
      soakMs: 0,
      self: null,
    },
    // Nobody listens anywhere.
    { ...base, traffic: { ...base.traffic, slots: null }, settings },
    [check],
  )
  const steps = composed.steps
    .filter(({ kind }) => kind !== 'remove')
    .map((step) => ('front' in step && step.kind !== 'verify' ? { ...step, front: null } : step))
  const { about, targets } = planOf({ before: 0, stopped: 1, cleanup: 0, kinds: ['rename'], hasOld: true, soakMs: 0 })
  return {
    v: 1,
    run: 'r-00000001' as Plan['run'],
    action: 'update',
    targets,
    locks: [],
    ...composed,
    steps,
    about,
  }
}
