import { expect, test } from 'vitest'
import type { SeenAtPort, Trial } from './report.ts'
import { isWell, verdictOf } from './verdict.ts'

const port: SeenAtPort = { request: 'half-sent', answered: 'yes', idle: 'closed', idle_ms: 5, refuses_ms: 40 }
const whole: Trial = {
  slot: 'green',
  version: '1.0.0',
  ready_ms: 800,
  problem: null,
  served: { asked: 40, failed: 0, steady: true },
  process: null,
  port,
  gone_ms: 300,
  waited_ms: 300,
  exit_code: null,
}

test.each<[string, Partial<Trial>, ReturnType<typeof verdictOf>]>([
  ['it finished what it had', {}, 'drains'],
  ['a request was not answered', { port: { ...port, answered: 'no' } }, 'cuts'],
  ['the request was over before', { port: { ...port, request: 'slow', answered: 'quick' } }, 'unproven'],
  ['it was still there', { gone_ms: null, waited_ms: 30_000 }, 'ignores'],
  ['its manager killed it', { gone_ms: 10_200, exit_code: 137 }, 'ignores'],
  ['it was never ready', { ready_ms: null, port: null }, 'unready'],
  ['it does not answer', { port: null }, 'unready'],
  ['the one that serves failed', { served: { asked: 40, failed: 3, steady: true } }, 'alone'],
  [
    'the one that serves was started again',
    { served: { asked: 40, failed: 0, steady: false }, ready_ms: null },
    'alone',
  ],
])('when %s then that decides', (_, change, verdict) => {
  expect(verdictOf({ ...whole, ...change })).toBe(verdict)
  expect(isWell(verdict)).toBe(verdict === 'drains' || verdict === 'unproven')
})
