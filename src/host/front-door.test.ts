import { expect, test } from 'vitest'
import { problem } from '../core/model/problem.ts'
import { testServer } from './http/testing.ts'
import type { Answer } from './ask.ts'
import { isLost, versionIn, watchFront } from './front-door.ts'

const answer = (more: Partial<Answer>): Answer => ({
  status: 200,
  body: '',
  truncated: false,
  location: null,
  headers: {},
  ms: 1,
  ...more,
})

test.each([
  [{ header: 'X-Version' }, answer({ headers: { 'x-version': '1.1.0' } }), '1.1.0'],
  [{ header: 'X-Version' }, answer({ headers: { 'x-version': ['1.1.0', '9'] } }), '1.1.0'],
  [{ header: 'X-Version' }, answer({}), null],
  [{ json: '/app/version' }, answer({ body: '{"app":{"version":"1.1.0"}}' }), '1.1.0'],
  [{ json: '/version' }, answer({ body: '{"version":7}' }), '7'],
  [{ json: '/version' }, answer({ body: '<html>' }), null],
  [{ pattern: 'v([\\d.]+)' }, answer({ body: 'shop v1.1.0 ' }), '1.1.0'],
  [{ pattern: 'shop' }, answer({ body: 'shop v1.1.0' }), null],
])('when %j is looked for in an answer, then its version is told', (identity, given, version) => {
  expect(versionIn(given, identity)).toBe(version)
})

test('when nobody answered, or a proxy did in place of somebody, then the request is lost', () => {
  for (const status of [502, 503, 504]) expect(isLost(answer({ status }))).toBe(true)
  for (const status of [200, 404, 500]) expect(isLost(answer({ status }))).toBe(false)
  expect(isLost(problem('E_NETWORK', 'nobody is there'))).toBe(true)
})

test('when the front door is watched, then every request is counted, also one that is answered late', async () => {
  let asked = 0
  let letGo = () => {}
  const late = new Promise<void>((resolve) => (letGo = resolve))
  await using server = await testServer(async (_request, response) => {
    asked += 1
    if (asked === 1) await late
    response.writeHead(asked === 2 ? 503 : 200).end()
    if (asked === 3) letGo()
  })
  const watch = watchFront(server.url)
  await late
  const seen = await watch.stop()
  expect(seen).toMatchObject({ asked, failed: 1 })
  expect(seen.worstMs).toBeGreaterThan(50)
})
