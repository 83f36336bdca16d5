import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { problem } from '../model/problem.ts'
import type { ChannelRules } from './channel.ts'
import { eventKinds, type SingleEvent } from './event.ts'
import { digestOf, mayPass, nextFor, retryDue, type Waiting } from './sending.ts'

const hour = 3_600_000
const day = 24 * hour
const now = Date.parse('2026-06-01T12:00:00Z')
const plain: ChannelRules = { on: eventKinds, components: null, quiet: null, digestMs: null, checkFailingMs: 3 * day }
const night: ChannelRules = { ...plain, quiet: { from: 11 * 60, to: 14 * 60, timezone: 'UTC' } }
const daily: ChannelRules = { ...plain, digestMs: day }

function event(kind: 'updated' | 'failed' | 'stuck' | 'rolled_back', component = 'core'): SingleEvent {
  const run = { component, run: 'r-00000001', action: 'update', from: '1', to: '2', ended: '', problem: null } as const
  return { kind, ...run }
}

function row(change: Partial<Waiting> = {}): Waiting {
  return { id: 'msg_1', at: now - hour, due: now - hour, attempts: 0, ready: false, event: event('updated'), ...change }
}
const urgent = (change: Partial<Waiting> = {}) => row({ id: 'msg_9', ready: true, event: event('stuck'), ...change })

describe('one by one', () => {
  test('when nothing waits then there is nothing to wait for', () => {
    expect(nextFor(plain, [], now)).toEqual({ do: 'wait', ms: Infinity })
  })

  test('when several are due then the oldest goes first', () => {
    const rows = [row(), row({ id: 'msg_2' })]
    expect(nextFor(plain, rows, now)).toEqual({ do: 'send', row: rows[0] })
  })

  test('when the oldest is tried again later then the others need not wait for it', () => {
    const rows = [row({ due: now + hour }), row({ id: 'msg_2', due: now + 2 * hour })]
    expect(nextFor(plain, rows, now)).toEqual({ do: 'wait', ms: hour })
    expect(nextFor(plain, [...rows, row({ id: 'msg_3' })], now)).toMatchObject({ do: 'send', row: { id: 'msg_3' } })
  })

  test('when the wall clock was set back then what seems to wait for years goes at once', () => {
    const ahead = row({ at: now + 3650 * day, due: now + 3651 * day })
    expect(nextFor(plain, [ahead], now)).toMatchObject({ do: 'send' })
  })
})

describe('quiet hours', () => {
  test('when it is quiet then what can wait goes at their end, and what cannot goes now', () => {
    expect(nextFor(night, [row()], now)).toEqual({ do: 'wait', ms: 2 * hour })
    expect(nextFor(night, [row(), urgent()], now)).toMatchObject({ do: 'send', row: { id: 'msg_9' } })
    expect(nextFor(night, [row()], now + 2 * hour)).toMatchObject({ do: 'send', row: { id: 'msg_1' } })
  })

  test('when a digest is ripe in them then it waits for their end', () => {
    const rules = { ...night, digestMs: hour }
    expect(nextFor(rules, [row()], now)).toEqual({ do: 'wait', ms: 2 * hour })
    expect(nextFor(rules, [row()], now + 2 * hour)).toMatchObject({ do: 'digest' })
  })
})

describe('digests', () => {
  test('when events are collected then they go a day after the first of them, all at once', () => {
    const rows = [row(), row({ id: 'msg_2', at: now, due: now })]
    expect(nextFor(daily, rows, now)).toEqual({ do: 'wait', ms: 23 * hour })
    expect(nextFor(daily, rows, now + 23 * hour)).toEqual({ do: 'digest', rows })
  })

  test('when something failed then it does not wait, and what is collected does', () => {
    expect(nextFor(daily, [row(), urgent()], now)).toMatchObject({ do: 'send', row: { id: 'msg_9' } })
  })

  test('when one event was collected then it is told as itself, and of many the newest are named', () => {
    expect(digestOf([row()])).toEqual(event('updated'))
    const many = Array.from({ length: 60 }, (_, n) => row({ event: event('updated', `c${n}`) }))
    const digest = digestOf(many)
    expect(digest).toMatchObject({ kind: 'digest', more: 10 })
    expect(digest.kind === 'digest' ? digest.events.map(({ component }) => component) : []).toEqual(
      many.slice(10).map(({ event: { ...one } }) => ('component' in one ? one.component : '')),
    )
  })
})

describe('trying again', () => {
  const down = problem('E_NETWORK', 'down', { retryable: true })

  test('when it fails again and again then it is left alone for longer and longer, up to an hour', () => {
    const pauses = [1, 2, 3, 8, 50].map((attempts) => retryDue(attempts, down, { now, share: 0 }) - now)
    expect(pauses).toEqual([30_000, 60_000, 120_000, hour, hour])
  })

  test('whatever chance says then the pause is at most a quarter longer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, share) => {
        const pause = retryDue(attempts, down, { now, share }) - now
        const least = retryDue(attempts, down, { now, share: 0 }) - now
        expect(pause).toBeGreaterThanOrEqual(least)
        expect(pause).toBeLessThanOrEqual(least * 1.25)
      }),
    )
  })

  test('when the receiver names a time then it is left alone until then, and no longer than a day', () => {
    const limited = (retryAt: string) => problem('E_RATE_LIMITED', 'later', { retryable: true, facts: { retryAt } })
    const asked = new Date(now + 5 * hour).toISOString()
    expect(retryDue(1, limited(asked), { now, share: 0 })).toBe(now + 5 * hour)
    expect(retryDue(1, limited('2099-01-01T00:00:00Z'), { now, share: 0 })).toBe(now + day)
    expect(retryDue(1, limited('nonsense'), { now, share: 0 })).toBe(now + 30_000)
  })

  test('when the receiver refused it for good then it is not tried again; what somebody can put right is', () => {
    expect(mayPass(problem('E_NOTIFY_REFUSED', '404'))).toBe(false)
    expect(mayPass(problem('E_NOTIFY_REFUSED', '451', { retryable: true }))).toBe(true)
    expect(mayPass(problem('E_SECRET_MISSING', 'not set'))).toBe(true)
  })
})
