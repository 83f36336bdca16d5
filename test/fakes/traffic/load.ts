/**
 * People in front of an application, in a process of its own: `node load.ts '{"url":"http://127.0.0.1:8080","seconds":12}'`.
 * None of them tries anything twice. Prints what came of it as JSON, after that time or when it is told to end, by SIGTERM or by the
 * end of its channel: whoever started it is gone then, or wants it so. Each asks a last time: what is served at the end is seen.
 */
import { writeFileSync } from 'node:fs'
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import { type Asked, caller } from './load-client.ts'
import type { LoadMessage, LoadOptions, LoadResult } from './load-result.ts'
import { holdStreams } from './load-streams.ts'

const given = JSON.parse(process.argv[2] ?? '{}') as Partial<LoadOptions>
const { url = '', seconds = Number.POSITIVE_INFINITY, clients = 40, everyMs = 30 } = given
const { slow = 4, slowMs = 3000, streams = 10, started } = given

const beganAt = performance.now()
let endsAt = beganAt + seconds * 1000
for (const event of ['SIGTERM', 'disconnect']) {
  process.once(event, () => {
    endsAt = performance.now()
  })
}
const say = (message: LoadMessage) => {
  // Whoever started it may be gone in this moment.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}
const now = () => Math.round(performance.now() - beganAt)
const result: LoadResult = {
  requests: 0,
  answered: 0,
  failed: {},
  worstStallMs: 0,
  gapMs: 0,
  slowestMs: 0,
  slow: { asked: 0, answered: 0, failed: {} },
  streams: { opened: 0, echoed: 0, cutAtMs: [] },
  versions: {},
}
let lastAnswerAt = beganAt

function countIn(failed: Record<string, number>, failure: string): void {
  if (failed[failure] === undefined) say({ met: failure })
  failed[failure] = (failed[failure] ?? 0) + 1
}

function count({ failure, version, ms }: Asked): void {
  result.requests += 1
  if (failure !== null) {
    countIn(result.failed, failure)
    return
  }
  const at = performance.now()
  result.answered += 1
  result.gapMs = Math.max(result.gapMs, at - lastAnswerAt)
  result.slowestMs = Math.max(result.slowestMs, ms)
  lastAnswerAt = at
  const seen = (result.versions[version] ??= { answers: 0, firstAtMs: now(), lastAtMs: 0, worstStallMs: 0 })
  if (seen.answers === 0) say({ met: version })
  seen.answers += 1
  seen.lastAtMs = now()
}

/** One person: asks, reads, asks again. `wantsSince`: from when on they have gone without a good answer. */
async function person(begun: () => void): Promise<void> {
  const { ask, close } = caller(url)
  // Not all of them in the same instant, for ever.
  await pause(Math.random() * everyMs)
  let wantsSince = performance.now()
  for (let last = false; !last; ) {
    last = performance.now() >= endsAt
    const asked = await ask('/')
    count(asked)
    begun()
    const wantedMs = performance.now() - wantsSince
    if (asked.failure === null || last) result.worstStallMs = Math.max(result.worstStallMs, wantedMs)
    const seen = asked.failure === null ? result.versions[asked.version] : undefined
    if (seen !== undefined) seen.worstStallMs = Math.max(seen.worstStallMs, wantedMs)
    await pause(everyMs)
    // The end of a connection that came meanwhile is seen first, however long this process stood still.
    await turn()
    if (asked.failure === null) wantsSince = performance.now()
  }
  close()
}

async function slowPerson(begun: () => void): Promise<void> {
  const { ask, close } = caller(url)
  // On a connection that stands, a request is under way as soon as it is sent.
  await ask('/')
  while (performance.now() < endsAt - slowMs) {
    result.slow.asked += 1
    const asked = ask(`/slow?ms=${slowMs}`)
    begun()
    const { failure } = await asked
    if (failure === null) {
      result.slow.answered += 1
    } else {
      countIn(result.slow.failed, failure)
      await pause(1000)
    }
  }
  begun()
  close()
}

type Run = (begun: () => void) => Promise<void>

/** `begun`: each has had an answer, or has sent what will be answered late. */
function many(count: number, run: Run): { readonly begun: Promise<void>; readonly done: Promise<void> }[] {
  return Array.from({ length: count }, () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    return { begun: promise, done: run(resolve).finally(resolve) }
  })
}

const held = await holdStreams(url, streams, () => result.streams.cutAtMs.push(now()))
lastAnswerAt = performance.now()
const people = [...many(clients, person), ...many(slow, slowPerson)]
await Promise.all(people.map(({ begun }) => begun))
if (started !== undefined) writeFileSync(started, '')
say({ begun: true })
await Promise.all(people.map(({ done }) => done))
result.gapMs = Math.max(result.gapMs, performance.now() - lastAnswerAt)
result.streams.opened = held.opened
result.streams.echoed = await held.close()
process.stdout.write(JSON.stringify(result), () => process.exit(0))
