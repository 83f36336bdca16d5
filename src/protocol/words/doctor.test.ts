import { expect, test } from 'vitest'
import type { Finding, NotTried, SeenAtPort, Trial } from '../../core/doctor/report.ts'
import type { Verdict } from '../../core/doctor/verdict.ts'
import { problem } from '../../core/model/problem.ts'
import { doctorWords } from './doctor.ts'

const [en, de] = [doctorWords('en'), doctorWords('de')]
const failed = problem('E_SLOT_UNFIT', 'It cannot run twice.', { hint: 'Use a template.' })

const findings: readonly Finding[] = [
  { code: 'problem', component: 'core', problem: failed },
  { code: 'state-room', component: null, path: '/var/lib/belay', freeBytes: 2_100_000 },
  { code: 'agent-absent', component: 'core', needs: 'service' },
  { code: 'agent-absent', component: 'core', needs: 'policy' },
  { code: 'agent-absent', component: 'core', needs: 'drain' },
  { code: 'unfinished', component: 'core', run: 'r-7f3c12ab' },
  { code: 'version-unknown', component: 'core' },
  { code: 'service-missing', component: 'core', service: 'systemd core' },
  { code: 'source-failed', component: 'core', problem: failed },
  { code: 'backup-place', component: 'core', problem: failed },
  { code: 'unguarded', component: 'core', service: 'systemd core' },
  { code: 'ignores-term', component: 'core', patienceMs: 10_000 },
  { code: 'ignores-term', component: 'core', patienceMs: null },
]

test.each(findings)('when $code is found then each language says what, and what to do', (finding) => {
  const told = [en.finding(finding), de.finding(finding)]
  for (const { what, why, hint } of told) for (const text of [what, why, hint]) expect(text).not.toBe('')
  expect(told[0]?.what).not.toBe(told[1]?.what)
})

const port: SeenAtPort = { request: 'half-sent', answered: 'yes', idle: 'closed', idle_ms: 5, refuses_ms: 40 }
const whole: Trial = {
  slot: 'green',
  version: '1.0.0',
  ready_ms: 800,
  problem: null,
  served: { asked: 40, failed: 0, steady: true },
  process: { pid: 812, first: true, handles: true, patience_ms: 10_000 },
  port,
  gone_ms: 1300,
  waited_ms: 1300,
  exit_code: 0,
}

test('when a trial went well then it is told in its order', () => {
  expect(en.trial(whole)).toEqual([
    '1.0.0 was ready in green after 0.8 s.',
    'Two at once: the instance that people get answered all 40 requests meanwhile.',
    'Process 812, the first one of its container, has a handler for SIGTERM.',
    'Told to end by SIGTERM, it took no new connections after 40 ms.',
    'The request that was half sent was answered.',
    'An idle connection was closed cleanly after 5 ms.',
    'It was gone after 1.3 s with exit code 0.',
  ])
  expect(de.trial(whole)).toHaveLength(7)
})

test('when something ended only with the process then it was not its own doing', () => {
  const late = { ...port, idle_ms: 1290, refuses_ms: 1300 }
  expect(en.trial({ ...whole, port: late }).join(' ')).toMatch(
    /new connections until its end.* stayed open until its end/,
  )
})

const others: readonly Trial[] = [
  { ...whole, served: { asked: 40, failed: 3, steady: true } },
  { ...whole, served: { asked: 40, failed: 0, steady: false } },
  { ...whole, ready_ms: null, problem: failed, port: null },
  { ...whole, port: null, problem: failed },
  { ...whole, port: { ...port, answered: 'no', idle: 'reset' }, gone_ms: null },
  { ...whole, port: { ...port, request: 'slow', answered: 'quick', idle: 'none', idle_ms: null, refuses_ms: null } },
  { ...whole, port: { ...port, request: 'slow', idle: 'stayed' }, exit_code: null },
  { ...whole, process: { pid: 812, first: true, handles: null, patience_ms: null } },
  { ...whole, process: { pid: 812, first: true, handles: false, patience_ms: null } },
]

test.each(others)('when a trial went otherwise then each sentence is in either language (%#)', (trial) => {
  const [english, german] = [en.trial(trial), de.trial(trial)]
  expect(german).toHaveLength(english.length)
  const same = english.filter((sentence, i) => sentence === german[i] && sentence !== failed.message)
  expect(same).toEqual([])
})

const verdicts: readonly Verdict[] = ['drains', 'cuts', 'ignores', 'unproven', 'unready', 'alone']
test.each(verdicts)('when the verdict is %s then either language gives it and says what to do', (verdict) => {
  expect(en.verdict(verdict, whole)).not.toEqual(de.verdict(verdict, whole))
  expect(en.verdict(verdict, whole).hint).not.toBe('')
})

const reasons: readonly NotTried[] = [
  { why: 'no-slots' },
  { why: 'not-installed' },
  { why: 'not-served' },
  { why: 'shared-door' },
  { why: 'one-at-a-time' },
  { why: 'occupied', slot: 'green' },
  { why: 'unfinished', run: 'r-7f3c12ab' },
  { why: 'refused' },
]
test.each(reasons)('when nothing was tried ($why) then either language says why', (reason) => {
  expect(en.notTried(reason)).not.toBe(de.notTried(reason))
})
