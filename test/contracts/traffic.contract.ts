import assert from 'node:assert/strict'
import { BelayError, type Problem } from '../../src/core/model/problem.ts'
import { otherSlot, type Shares, sharesFor, type Slot, slots } from '../../src/core/traffic/slots.ts'
import { connectionsTo } from '../../src/host/connections.ts'
import type { Traffic, TrafficAbilities } from '../../src/ports/traffic.ts'
import { holds, queues } from './traffic.holds.ts'
import { type Application, get, openStream, startCrowd } from './traffic.stage.ts'

/**
 * What every implementation of `Traffic` does. Plain functions without a test runner, so that they also run inside a
 * device that has nothing but Node: `for (const { name, check } of trafficContract(abilities)) await check(await make())`.
 */
export interface TrafficSubject {
  /** Way `routes`: both slots run and blue is served. Way `shares`: blue runs alone. */
  readonly traffic: Traffic
  readonly abilities: TrafficAbilities
  /** `http://127.0.0.1:8080`, without a path. */
  readonly front: string
  /** The application of `startApplication`, or another one that behaves alike. */
  readonly application: Pick<Application, 'start' | 'end'> & { readonly slots: Application['slots'] | null }
  readonly proxy: {
    /** As an administrator does it, knowing nothing of Belay. Absent: it has no such thing. Resolves when it is done. */
    readonly reload?: () => Promise<void>
    readonly restart: () => Promise<void>
    /** It is down, and stays so. */
    readonly stop: () => Promise<void>
  }
  /**
   * What a crash between the halves of a `route` leaves behind: all of it goes to that slot, after a reload or at runtime only.
   * Absent: it has no two halves.
   */
  readonly halves?: {
    readonly persist: (slot: Slot) => Promise<void>
    readonly run: (slot: Slot) => Promise<void>
  }
  /** The same proxy, asked for what its config does not have. `says`: what both the complaint and the error must name. */
  readonly lacking: readonly {
    readonly what: string
    readonly traffic: Traffic
    readonly complaints: () => Promise<readonly string[]>
    readonly says: readonly RegExp[]
  }[]
  /** What it says of itself as it stands. */
  readonly complaints: () => Promise<readonly string[]>
  readonly dispose: () => Promise<void>
}

interface Case {
  readonly name: string
  readonly check: (subject: TrafficSubject) => Promise<void>
}

const never = new AbortController().signal
const waitMs = 25_000
const rounds = 10
const inARow = 20

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + waitMs; performance.now() < end; ) {
    if (await holds()) return
    await pause(20)
  }
  assert.fail(`waited in vain until ${what}`)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function problemOf(action: Promise<unknown>): Promise<Problem> {
  const error = await action.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof BelayError, `expected a BelayError, got ${String(error)}`)
  return error.problem
}

/** On connections of their own, one after the other. */
async function servedBy(front: string, times: number): Promise<Readonly<Record<string, number>>> {
  const seen: Record<string, number> = {}
  for (let n = 0; n < times; n += 1) {
    const { status, slot } = await get(`${front}/`)
    assert.equal(status, 200)
    seen[slot ?? 'nobody'] = (seen[slot ?? 'nobody'] ?? 0) + 1
  }
  return seen
}

/** `route` resolves before everybody is there: what is asked of it is that they come. */
async function servesOnly(front: string, slot: Slot): Promise<void> {
  await until(`${slot} alone is served`, async () => {
    const seen = await servedBy(front, inARow)
    return seen[slot] === inARow
  })
  assert.deepEqual(await servedBy(front, inARow), { [slot]: inARow })
}

async function switchTo({ traffic, front }: TrafficSubject, slot: Slot): Promise<void> {
  await traffic.route(sharesFor(slot, 100), never)
  await servesOnly(front, slot)
}

async function openAt({ traffic, application }: TrafficSubject, slot: Slot): Promise<number> {
  const told = await traffic.open(slot, never)
  if (told !== null) return told
  assert.ok(application.slots, 'it must tell what is open where slots have no port of their own')
  return (await connectionsTo(application.slots[slot])) ?? assert.fail('nobody can tell what is open')
}

/** Starts `to` beside the other one, and ends that when `to` is served, too. */
async function replaceBy({ application, front, traffic }: TrafficSubject, to: Slot): Promise<void> {
  await application.start(to)
  await until(`${to} is served, too`, async () => {
    const { shares } = await traffic.served(never)
    return shares[to] > 0 && ((await servedBy(front, inARow))[to] ?? 0) > 0
  })
  await application.end(otherSlot(to))
  await servesOnly(front, to)
}

async function servedIs(traffic: Traffic, shares: Shares, persisted: Shares): Promise<void> {
  assert.deepEqual(await traffic.served(never), { shares, persisted })
}

function failuresMax({ lost }: TrafficAbilities, asked: number): number {
  if (lost === 'none') return 0
  return lost === 'unknown' ? Number.POSITIVE_INFINITY : Math.ceil(asked / lost.oneIn)
}

/** Goes to and fro with 40 people around. */
async function underLoad(subject: TrafficSubject, move: (subject: TrafficSubject, to: Slot) => Promise<void>) {
  const crowd = startCrowd(`${subject.front}/`)
  try {
    for (let round = 0; round < rounds; round += 1) {
      const before = crowd.asked
      await move(subject, round % 2 === 0 ? 'green' : 'blue')
      await until('some more were answered', () => crowd.asked > before + 200)
    }
  } finally {
    const { asked, failures, worstMs, bySlot } = await crowd.stop()
    const summary = `${asked} requests, ${failures.length} failed, slowest ${worstMs} ms`
    if (process.env['BELAY_TEST_FIGURES'] !== undefined) process.stderr.write(`${summary}\n`)
    const some = [...new Set(failures)].slice(0, 5).join('; ')
    assert.ok(failures.length <= failuresMax(subject.abilities, asked), `${summary}: ${some}`)
    for (const slot of slots) assert.ok((bySlot[slot] ?? 0) > 0, `${slot} was never seen`)
  }
}

/** A slow request that is under way when this resolves. On a slow machine one may be answered before it is counted: another follows. */
async function askSlowly(front: string, counted: () => Promise<boolean>) {
  const ask = () => {
    const slow = { answer: get(`${front}/slow?ms=1500`), over: false }
    const end = () => void (slow.over = true)
    slow.answer.then(end, end)
    return slow
  }
  let slow = ask()
  await until('both are counted', async () => {
    if (slow.over) slow = ask()
    return (await counted()) && !slow.over
  })
  return slow
}

/** A slow request and a stream that began at blue, across what takes blue away. */
async function heldAcross(subject: TrafficSubject, move: () => Promise<{ readonly ended: Promise<void> | null }>) {
  const { front } = subject
  const stream = await openStream(`${front}/echo`)
  try {
    assert.equal(stream.slot, 'blue')
    const slow = await askSlowly(front, async () => (await openAt(subject, 'blue')) >= 2)
    const { ended } = await move()
    await servesOnly(front, 'green')
    await stream.echo('still there')
    assert.ok((await openAt(subject, 'blue')) >= 1, 'a stream that is open must be counted')
    assert.deepEqual(await slow.answer, { status: 200, slot: 'blue' })
    await stream.echo('and after it')
    assert.ok((await openAt(subject, 'blue')) >= 1, 'a stream that is open must be counted')
    await stream.close()
    await ended
    await until('nobody is left at blue', async () => (await openAt(subject, 'blue')) === 0)
  } finally {
    await stream.close()
  }
}

const allBlue = sharesFor('blue', 100)
const allGreen = sharesFor('green', 100)

const routes: readonly Case[] = [
  {
    name: 'when it is fresh then blue is served, and nothing is wrong with it',
    check: async ({ traffic, front, complaints }) => {
      assert.deepEqual(await servedBy(front, inARow), { blue: inARow })
      await servedIs(traffic, allBlue, allBlue)
      assert.deepEqual(await complaints(), [])
    },
  },
  {
    name: 'when green is routed to then it alone is served, told so, and doing it twice is all right',
    check: async (subject) => {
      await switchTo(subject, 'green')
      await servedIs(subject.traffic, allGreen, allGreen)
      await switchTo(subject, 'green')
      await servedIs(subject.traffic, allGreen, allGreen)
      assert.deepEqual(await subject.complaints(), [])
    },
  },
  {
    name: 'when it is switched to and fro under load then no more is lost than it promises',
    check: (subject) => underLoad(subject, switchTo),
  },
  {
    name: 'when a slow request and a stream are open then they live through a switch, and are counted until they end',
    check: (subject) =>
      heldAcross(subject, async () => {
        await subject.traffic.route(allGreen, never)
        return { ended: null }
      }),
  },
  {
    name: 'when somebody else reloads the proxy after a switch then green is still served, and what is open is counted',
    check: async (subject) => {
      const { traffic, front, proxy } = subject
      if (proxy.reload === undefined) return
      const stream = await openStream(`${front}/echo`)
      try {
        await switchTo(subject, 'green')
        await proxy.reload()
        await servesOnly(front, 'green')
        await servedIs(traffic, allGreen, allGreen)
        if (!stream.closed) assert.ok((await openAt(subject, 'blue')) >= 1, 'what a reload left open must be counted')
      } finally {
        await stream.close()
      }
      await until('nobody is left at blue', async () => (await openAt(subject, 'blue')) === 0)
      await switchTo(subject, 'blue')
      await proxy.reload()
      await servesOnly(front, 'blue')
      await servedIs(traffic, allBlue, allBlue)
    },
  },
  {
    name: 'when somebody else restarts the proxy after a switch then green is still served',
    check: async (subject) => {
      await switchTo(subject, 'green')
      await subject.proxy.restart()
      await servesOnly(subject.front, 'green')
      await servedIs(subject.traffic, allGreen, allGreen)
      await switchTo(subject, 'blue')
      await servedIs(subject.traffic, allBlue, allBlue)
    },
  },
  {
    name: 'when a switch was persisted and not done then it is seen, and routing again heals it, to either side',
    check: async (subject) => {
      const { traffic, front, halves } = subject
      if (halves === undefined) return
      for (const to of slots) {
        await switchTo(subject, 'blue')
        await halves.persist('green')
        await servedIs(traffic, allBlue, allGreen)
        await servesOnly(front, 'blue')
        await switchTo(subject, to)
        await servedIs(traffic, sharesFor(to, 100), sharesFor(to, 100))
      }
    },
  },
  {
    name: 'when a switch was done and not persisted then it is seen, and routing again heals it, to either side',
    check: async (subject) => {
      const { traffic, front, halves } = subject
      if (halves === undefined) return
      for (const to of slots) {
        await switchTo(subject, 'blue')
        await halves.run('green')
        await servesOnly(front, 'green')
        await servedIs(traffic, allGreen, allBlue)
        await switchTo(subject, to)
        await servedIs(traffic, sharesFor(to, 100), sharesFor(to, 100))
      }
    },
  },
]

const weights: readonly Case[] = [
  {
    name: 'when green shall get a quarter then about a quarter arrives there, also after a reload',
    check: async ({ traffic, front, proxy }) => {
      const quarter = sharesFor('green', 25)
      await traffic.route(quarter, never)
      await until('both are served', async () => Object.keys(await servedBy(front, inARow)).length === 2)
      await servedIs(traffic, quarter, quarter)
      const { green = 0 } = await servedBy(front, 400)
      // Six standard deviations of chance and more: less likely than one in 10^9.
      assert.ok(green > 40 && green < 160, `${green} of 400 arrived`)
      await proxy.reload?.()
      await servedIs(traffic, quarter, quarter)
      await traffic.route(allGreen, never)
      await servesOnly(front, 'green')
      await servedIs(traffic, allGreen, allGreen)
    },
  },
]

const shared: readonly Case[] = [
  {
    name: 'when blue runs alone then it is served, and nothing is wrong with it',
    check: async ({ traffic, front, complaints }) => {
      await servesOnly(front, 'blue')
      const { shares, persisted } = await traffic.served(never)
      assert.ok(shares.blue > 0 && shares.green === 0)
      assert.ok(persisted.blue > 0)
      assert.deepEqual(await complaints(), [])
    },
  },
  {
    name: 'when both run then both are served, and when one ends then the other is',
    check: async (subject) => {
      for (const to of ['green', 'blue'] as const) {
        await replaceBy(subject, to)
        await until('it is told so', async () => {
          const { shares } = await subject.traffic.served(never)
          return shares[to] > 0 && shares[otherSlot(to)] === 0
        })
      }
    },
  },
  {
    name: 'when one replaces the other to and fro under load then no more is lost than it promises',
    check: (subject) => underLoad(subject, replaceBy),
  },
  {
    name: 'when a slow request and a stream are open then they live through the end of their slot, and are counted',
    check: (subject) =>
      heldAcross(subject, async () => {
        await subject.application.start('green')
        await until('green is served, too', async () => ((await servedBy(subject.front, inARow))['green'] ?? 0) > 0)
        return { ended: subject.application.end('blue') }
      }),
  },
  {
    name: 'when somebody else reloads and restarts the proxy while both run then people are served',
    check: async ({ application, front, proxy, traffic }) => {
      await application.start('green')
      for (const again of [proxy.reload, proxy.restart]) {
        await again?.()
        await until('both are told', async () => {
          const { shares } = await traffic.served(never)
          return shares.blue > 0 && shares.green > 0
        })
        await until('both are served', async () => Object.keys(await servedBy(front, inARow)).length === 2)
      }
    },
  },
]

const always: readonly Case[] = [
  {
    name: 'when the proxy is down then it says so',
    check: async ({ traffic, abilities, proxy }) => {
      await proxy.stop()
      const asked = await problemOf(traffic.served(never))
      assert.equal(asked.code, 'E_TRAFFIC_UNREACHABLE')
      assert.ok(asked.hint)
      if (abilities.way !== 'routes') return
      assert.equal((await problemOf(traffic.route(allGreen, never))).code, 'E_TRAFFIC_UNREACHABLE')
    },
  },
  {
    name: 'when its config lacks what is named then a complaint says so before, and an error when it is used',
    check: async ({ lacking }) => {
      assert.ok(lacking.length > 0, 'a proxy without any name cannot be misconfigured: leave no case out')
      for (const { what, traffic, complaints, says } of lacking) {
        const said = (await complaints()).join('\n')
        const { code, message, hint } = await problemOf(traffic.served(never))
        assert.equal(code, 'E_TRAFFIC_CONFIG', what)
        assert.ok(hint, what)
        for (const words of says) {
          assert.match(said, words, what)
          assert.match(`${message}\n${hint}`, words, what)
        }
      }
    },
  },
]

export function trafficContract({ way, weights: weighs, holds: held }: TrafficAbilities): readonly Case[] {
  const waits = way === 'routes' ? holds : queues
  return [...(way === 'routes' ? routes : shared), ...(weighs ? weights : []), ...(held ? waits : []), ...always]
}
