import { expect, test } from 'vitest'
import { retryAt, statusFailure } from './status.ts'

const nowMs = Date.UTC(2026, 0, 1, 12)
const resetSeconds = String(nowMs / 1000 + 1800)

function failure(status: number, headers: Record<string, string> = {}, body = '', secrets: string[] = []) {
  return statusFailure({ url: 'https://x.org/', status, headers, body, secrets, nowMs }).problem
}

test.each([
  [401, {}, 'E_UNAUTHORIZED'],
  [403, {}, 'E_UNAUTHORIZED'],
  [403, { 'x-ratelimit-remaining': '12' }, 'E_UNAUTHORIZED'],
  [403, { 'x-ratelimit-remaining': '0' }, 'E_RATE_LIMITED'],
  [403, { 'retry-after': '60' }, 'E_RATE_LIMITED'],
  [429, {}, 'E_RATE_LIMITED'],
  [404, {}, 'E_NOT_FOUND'],
  [410, {}, 'E_NOT_FOUND'],
  [400, {}, 'E_HTTP_STATUS'],
  [500, {}, 'E_HTTP_STATUS'],
  [503, {}, 'E_HTTP_STATUS'],
])('when a server answers %i with %j, then it is %s with a hint', (status, headers, code) => {
  const problem = failure(status, headers)
  expect(problem.code).toBe(code)
  expect(problem.hint).not.toBeNull()
})

test('when GitHub names its secondary limit only in words, then it is the rate limit', () => {
  const body = JSON.stringify({ message: 'You have exceeded a secondary rate limit.' })
  expect(failure(403, {}, body).code).toBe('E_RATE_LIMITED')
})

test('D11: when the quota is spent, then the report says until when', () => {
  const problem = failure(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetSeconds })
  expect(problem.facts['retryAt']).toBe('2026-01-01T12:30:00.000Z')
  expect(problem.hint).toContain('2026-01-01T12:30:00.000Z')
  expect(problem.hint).toContain('token')
})

test.each([
  [{ 'retry-after': '90' }, '2026-01-01T12:01:30.000Z'],
  [{ 'retry-after': 'Thu, 01 Jan 2026 13:00:00 GMT' }, '2026-01-01T13:00:00.000Z'],
  [{ 'retry-after': 'Thu, 01 Jan 2025 13:00:00 GMT' }, '2026-01-01T12:00:00.000Z'],
  [{ 'retry-after': '999999999' }, '2026-01-02T12:00:00.000Z'],
  [{ 'retry-after': 'soon' }, null],
  [{ 'ratelimit-reset': '30', 'ratelimit-remaining': '0' }, '2026-01-01T12:00:30.000Z'],
  [{ 'x-ratelimit-reset': resetSeconds, 'x-ratelimit-remaining': '5' }, null],
  [{}, null],
])('when the headers are %j, then it may be asked again at %s', (headers, at) => {
  expect(retryAt(headers, nowMs)).toBe(at)
})

test('when a server repeats the token or sends escape sequences, then neither is shown', () => {
  const body = JSON.stringify({ message: 'bad \u001b[31mtoken s3cret\u202e' })
  const { message, facts } = failure(401, {}, body, ['Bearer s3cret', 's3cret'])
  expect(message).toContain('bad [31mtoken …')
  expect(JSON.stringify({ message, facts })).not.toMatch(/s3cret|\\u001b|\u202e/)
})
