import { describe, expect, test } from 'vitest'
import { closed, doneTo, journalOf, openedAt } from '../../../test/fakes/journal.ts'
import { corePlan } from '../../../test/fakes/plan.ts'
import { problem } from '../model/problem.ts'
import { type ChannelRules, wants } from './channel.ts'
import { eventKinds } from './event.ts'
import { runEndOf } from './run-end.ts'
import { type LastCheck, offerOf, silenceOf } from './standing.ts'

const why = problem('E_CHECK_FAILED', 'it answers 500', { hint: 'Look.', facts: { log: ['a secret of the log'] } })

describe('the end of a run', () => {
  test.each([
    ['committed', 'updated'],
    ['failed', 'failed'],
    ['rolled-back', 'rolled_back'],
    ['stuck', 'stuck'],
  ] as const)('when it ends %s then that is told as %s, once for each run and outcome', (outcome, kind) => {
    const told = runEndOf(journalOf(corePlan(), closed(outcome, outcome === 'committed' ? null : why)))
    expect(told).toEqual({
      key: `run r-7f3c12ab ${outcome}`,
      event: {
        kind,
        component: 'core',
        run: 'r-7f3c12ab',
        action: 'update',
        from: '1.0.4',
        to: '1.1.0',
        ended: new Date(openedAt).toISOString(),
        problem: outcome === 'committed' ? null : { code: 'E_CHECK_FAILED', message: 'it answers 500', hint: 'Look.' },
      },
    })
  })

  test('when it has not ended, was stopped by somebody, or only changed hands, then nothing is told', () => {
    expect(runEndOf(journalOf(corePlan(), ...doneTo(1)))).toBeNull()
    expect(runEndOf(journalOf(corePlan(), closed('failed', problem('E_CANCELLED', 'stopped'))))).toBeNull()
    expect(runEndOf(journalOf(corePlan({ action: 'adopt' }), closed('committed')))).toBeNull()
    expect(runEndOf(journalOf(corePlan({ action: 'adopt' }), closed('stuck', why)))?.event.kind).toBe('stuck')
  })
})

const check: LastCheck = {
  current: '1.0.4',
  latest: '1.1.0',
  update_available: true,
  release_notes: 'Faster.',
  release_url: 'https://example.com/1.1.0',
  last_checked: '2026-06-01T12:00:00.000Z',
  held: null,
  error: null,
}
const checkedAt = Date.parse('2026-06-01T12:00:00.000Z')

describe('what a check found', () => {
  test('when an update is available then it is told with its notes; when it is held, with the reason', () => {
    expect(offerOf('core', check, null)).toEqual({
      key: 'offer core 1.1.0',
      event: {
        kind: 'update_available',
        component: 'core',
        from: '1.0.4',
        to: '1.1.0',
        notes: 'Faster.',
        url: 'https://example.com/1.1.0',
      },
    })
    const by = { kind: 'hold', pattern: '1.1.*' } as const
    expect(offerOf('core', { ...check, held: by }, null)).toMatchObject({
      key: 'held core 1.1.0 hold',
      event: { kind: 'held', by },
    })
  })

  test('when there is none, the source failed, or a run ended since then, then nothing is told', () => {
    expect(offerOf('core', { ...check, update_available: false }, null)).toBeNull()
    expect(offerOf('core', { ...check, error: why }, null)).toBeNull()
    expect(offerOf('core', check, checkedAt + 1)).toBeNull()
    expect(offerOf('core', check, checkedAt - 1)).not.toBeNull()
  })
})

describe('a source that is silent', () => {
  const silent = { ...check, error: why, update_available: false }
  const day = 86_400_000
  const after = (ms: number) => ({ firstFailed: 0, afterMs: 3 * day, now: checkedAt + ms })

  test('when three days have passed since its last answer then that is told under the name of this silence', () => {
    expect(silenceOf('core', silent, after(3 * day - 1))).toBeNull()
    expect(silenceOf('core', silent, after(4 * day + 1))).toMatchObject({
      key: 'silence core 2026-06-01T12:00:00.000Z',
      event: { kind: 'check_failing', days: 4, since: '2026-06-01T12:00:00.000Z', problem: { code: 'E_CHECK_FAILED' } },
    })
    expect(silenceOf('core', check, after(9 * day))).toBeNull()
  })

  test('when it never answered then it counts from its first failure', () => {
    const never = { ...silent, last_checked: null }
    const first = { firstFailed: checkedAt, afterMs: 3 * day }
    expect(silenceOf('core', never, { ...first, now: checkedAt + 2 * day })).toBeNull()
    expect(silenceOf('core', never, { ...first, now: checkedAt + 3 * day })).not.toBeNull()
  })
})

test('when a channel names events and components then it wants those alone', () => {
  const all: ChannelRules = { on: eventKinds, components: null, quiet: null, digestMs: null, checkFailingMs: 0 }
  const offer = offerOf('core', check, null)?.event
  if (offer === undefined) throw new Error('there is an offer')
  expect(wants(all, offer)).toBe(true)
  expect(wants({ ...all, on: ['stuck'] }, offer)).toBe(false)
  expect(wants({ ...all, components: ['web'] }, offer)).toBe(false)
  expect(wants({ ...all, components: ['core'] }, offer)).toBe(true)
})
