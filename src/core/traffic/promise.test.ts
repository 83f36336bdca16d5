import { expect, test } from 'vitest'
import { type PromisedFrom, type PromisedFront, promiseOf } from './promise.ts'

const settings = { twice: true, drain: { requestsMs: 30_000, streamsMs: 600_000 }, warmMs: 0 }
const proxy: PromisedFront = { way: 'routes', holds: false, lost: 'none', settings, from: 'blue', terminates: true }
const alone = { ...settings, twice: false }

function promise(front: Partial<PromisedFront> | null, of: Partial<PromisedFrom> = {}) {
  const base = { stops: false, lastDowntimeMs: null, lastMeasured: null }
  return promiseOf({ ...base, front: front === null ? null : { ...proxy, ...front }, ...of })
}

test('when both versions run at once then nothing is lost, and streams stay as long as the drain lasts', () => {
  expect(promise({})).toEqual({
    requests: 'none',
    streams: { keptMs: 600_000, told: false },
    outageMs: 0,
    basis: 'by-design',
  })
  expect(promise({ settings: { ...settings, warmMs: 60_000 } }).streams).toEqual({ keptMs: 660_000, told: false })
})

test('when both are served as long as both run then the old version is told to end', () => {
  const shared = { way: 'shares', settings: { ...settings, warmMs: 60_000 } } as const
  expect(promise(shared).streams).toEqual({ keptMs: 600_000, told: true })
  expect(promise({ ...shared, terminates: false }).streams).toEqual({ keptMs: 600_000, told: false })
})

test.each([
  ['nothing is known', 'unknown', null, 'unknown', 'unknown'],
  ['none was lost last time', 'unknown', { asked: 900, failed: 0 }, 'none', 'measured'],
  ['some were lost last time', 'unknown', { asked: 900, failed: 2 }, { oneIn: 450 }, 'measured'],
  ['the method loses none', 'none', { asked: 900, failed: 0 }, 'none', 'by-design'],
  ['the method loses none and some were lost here', 'none', { asked: 900, failed: 2 }, { oneIn: 450 }, 'measured'],
  ['the method loses some', { oneIn: 10_000 }, null, { oneIn: 10_000 }, 'by-design'],
  ['fewer were lost than it may lose', { oneIn: 100 }, { asked: 900, failed: 2 }, { oneIn: 100 }, 'by-design'],
  ['more were lost than it may lose', { oneIn: 10_000 }, { asked: 900, failed: 2 }, { oneIn: 450 }, 'measured'],
  ['nobody asked last time', 'unknown', { asked: 0, failed: 0 }, 'unknown', 'unknown'],
] as const)('when %s then no more is promised than that', (_, lost, seen, requests, basis) => {
  const lastMeasured = seen === null ? null : { ...seen, worstMs: 45 }
  expect(promise({ lost }, { lastMeasured })).toMatchObject({ requests, basis })
})

test('when it may not run twice then requests wait where they can be held, else nobody is served', () => {
  const measured = { lastDowntimeMs: 1400, stops: true }
  const held = { requests: 'held', streams: 'closed', outageMs: 1400, basis: 'measured' }
  expect(promise({ settings: alone, holds: true }, measured)).toEqual(held)
  expect(promise({ settings: alone }, measured)).toEqual({ ...held, requests: 'all' })
  const unknown = { outageMs: null, basis: 'unknown' }
  expect(promise({ settings: alone, holds: true }, { stops: true })).toEqual({ ...held, ...unknown })
})

test('when nothing is in front then the outage is the last one, and none where nothing is stopped', () => {
  const stopped = { requests: 'all', streams: 'closed', outageMs: 1400, basis: 'measured' }
  expect(promise(null, { stops: true, lastDowntimeMs: 1400 })).toEqual(stopped)
  expect(promise({ way: 'none' }, { stops: true, lastDowntimeMs: 1400 })).toEqual(stopped)
  expect(promise(null, { stops: true })).toEqual({ ...stopped, outageMs: null, basis: 'unknown' })
  const untouched = { requests: 'none', streams: 'untouched', outageMs: 0, basis: 'by-design' }
  expect(promise(null, { lastDowntimeMs: 1400 })).toEqual(untouched)
  expect(promise({ from: null })).toEqual(untouched)
})
