import { describe, expect, test } from 'vitest'
import { corePlan } from '../../../test/fakes/plan.ts'
import { problem } from '../../core/model/problem.ts'
import { languages } from '../messages/render.ts'
import { wordsIn } from './in.ts'
import type { OutcomeFacts } from './outcome.ts'
import { planFacts } from './plan.ts'
import { labels } from './rows.ts'

const actions = ['update', 'rollback', 'adopt', 'forget', 'restore'] as const
const outcomes = ['committed', 'rolled-back', 'failed', 'stuck', 'current'] as const
const report = (change: Partial<OutcomeFacts>): OutcomeFacts => ({
  run: 'r-7f3c12ab',
  component: 'core',
  action: 'update',
  from: '1.0.4',
  to: '1.1.0',
  outcome: 'committed',
  restart_required: false,
  downtime_ms: 1400,
  problem: null,
  ...change,
})

const [en, de] = [wordsIn('en'), wordsIn('de')]

test('when a version waits that somebody went back from, then nobody is told that it failed', () => {
  const reason = { kind: 'failed-before', run: 'r-7f3c12ab' } as const
  expect(en.hold(reason, 0)).toBe('was rolled back here (belay show r-7f3c12ab); not tried by itself again')
  expect(de.hold(reason, 0)).toContain('hier schon zurückgenommen')
})

describe.each(actions)('a run that is an %s', (action) => {
  test.each(outcomes)('when it ended %s then each language says so in words of its own', (outcome) => {
    const both = [en, de].map((words) => words.outcome(report({ action, outcome })))
    for (const text of both) expect(text).toContain('core')
    expect(both[0]).not.toBe(both[1])
    if (outcome === 'current') return
    const items = [en, de].map((words) => words.item({ ...report({ action }), outcome }))
    expect(items[0]).not.toBe(items[1])
  })

  test('when it is planned then each language asks and says what it costs', () => {
    const plan = planFacts(corePlan({ action }))
    expect(en.question(plan)).not.toBe(de.question(plan))
    expect(en.change(plan) === de.change(plan)).toBe(action === 'update' || action === 'rollback')
  })
})

test.each(labels)('when a step %s is shown in German then it has a German word', (label) => {
  expect(en.labels[label]).toBe(label)
  expect(de.labels[label]).not.toBe('')
  expect(label === 'start' || de.labels[label] !== label).toBe(true)
})

test('when a version was put back because of itself then both say that it is not tried again, and only then', () => {
  for (const language of languages) {
    const words = wordsIn(language)
    const blamed = report({ outcome: 'rolled-back', problem: problem('E_CHECK_FAILED', 'not healthy') })
    expect(words.next(blamed)).toContain('1.1.0')
    expect(words.next({ ...blamed, problem: problem('E_CANCELLED', 'cancelled') })).toBeNull()
    expect(words.next(report({}))).toBeNull()
  }
})

test('when a policy has conditions then the sentence names each of them', () => {
  const policy = {
    auto: 'minor' as const,
    window: { cron: '0 2 * * *', durationMs: 7_200_000, timezone: 'Europe/Rome' },
    soakMs: 600_000,
    minAgeMs: 172_800_000,
    hold: ['>=2'],
  }
  expect(en.policy(policy)).toBe(
    'Updates by itself · patch and minor versions · between 02:00 and 04:00 Europe/Rome · after 2 days · watched for 10 min before it counts · never >=2',
  )
  expect(de.policy(policy)).toBe(
    'Aktualisiert von selbst · Patch- und Minor-Versionen · zwischen 02:00 und 04:00 Europe/Rome · nach 2 Tagen · 10 min beobachtet, bevor sie gilt · nie >=2',
  )
})

const hour = 3_600_000
const windows: readonly (readonly [cron: string, hours: number, english: string, german: string])[] = [
  ['30 22 * * *', 3, 'between 22:30 and 01:30', 'zwischen 22:30 und 01:30'],
  ['@daily', 1, 'between 00:00 and 01:00', 'zwischen 00:00 und 01:00'],
  ['0 2 * * 6,0', 2, 'on Saturdays, on Sundays between 02:00 and 04:00', 'samstags, sonntags zwischen 02:00 und 04:00'],
  ['0 2 * * mon-fri', 2, 'Monday to Friday between 02:00 and 04:00', 'Montag bis Freitag zwischen 02:00 und 04:00'],
  [
    '0 2 * * 0,1,2,4',
    1,
    'on Mondays, on Tuesdays, on Thursdays, on Sundays between 02:00 and 03:00',
    'montags, dienstags, donnerstags, sonntags zwischen 02:00 und 03:00',
  ],
  ['0 2 * * 6', 48, 'on Saturdays from 02:00, for 48 h', 'samstags ab 02:00, für 48 h'],
  ['0 2,14 * * *', 1, 'from 0 2,14 * * *, for 60 min', 'ab 0 2,14 * * *, für 60 min'],
  ['0 2 1 * *', 2, 'from 0 2 1 * *, for 2 h', 'ab 0 2 1 * *, für 2 h'],
  ['0 0 2 * * *', 2, 'from 0 0 2 * * *, for 2 h', 'ab 0 0 2 * * *, für 2 h'],
]

test.each(windows)('when a window opens at "%s" for %d h then it is said as "%s"', (cron, hours, english, german) => {
  const policy = {
    auto: 'none' as const,
    window: { cron, durationMs: hours * hour, timezone: null },
    soakMs: 0,
    minAgeMs: 0,
    hold: [],
  }
  expect(en.policy(policy)).toBe(`Nothing is installed by itself · ${english}`)
  expect(de.policy(policy)).toBe(`Nichts wird von selbst installiert · ${german}`)
})

test('when a source is checked at times of a cron line then simple ones are said in words', () => {
  const daily = { every: { kind: 'cron', line: '15 3 * * *' } } as const
  expect([en.schedule(daily), de.schedule(daily)]).toEqual([
    'checked every day at 03:15',
    'wird täglich um 03:15 geprüft',
  ])
  const odd = { every: { kind: 'cron', line: '*/10 3 * * *' } } as const
  expect([en.schedule(odd), de.schedule(odd)]).toEqual(['checked at */10 3 * * *', 'wird geprüft um */10 3 * * *'])
})
