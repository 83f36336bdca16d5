import { expect, test } from 'vitest'
import { answerHeaders, requestHeaders } from './headers.ts'

const plain = { method: 'GET', peer: '10.0.0.7', chunked: false, upgrade: null }

test('when a request is passed on then what is about one connection stays behind, and the rest keeps order and spelling', () => {
  const raw = [
    'HOST',
    'a.example',
    'Connection',
    'keep-alive, X-Hop',
    'X-Hop',
    '1',
    'TE',
    'trailers',
    'x-A',
    '1',
    'x-A',
    '2',
  ]
  expect(requestHeaders({ ...plain, raw }).slice(0, 6)).toEqual(['HOST', 'a.example', 'x-A', '1', 'x-A', '2'])
})

test('when a client names what a request means as its own connection then it is passed on all the same', () => {
  const raw = [
    'Host',
    'a',
    'Connection',
    'Host, Authorization, Content-Length',
    'Authorization',
    'x',
    'Content-Length',
    '3',
  ]
  const sent = requestHeaders({ ...plain, method: 'POST', raw })
  expect(sent).toEqual(expect.arrayContaining(['Host', 'Authorization', 'Content-Length']))
})

test('when a client is behind another proxy then what that said is kept, and its address is added', () => {
  const raw = ['Host', 'a', 'X-Forwarded-For', '1.2.3.4', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'b']
  const sent = requestHeaders({ ...plain, raw })
  expect(sent).toEqual([
    'Host',
    'a',
    'X-Forwarded-Proto',
    'https',
    'X-Forwarded-Host',
    'b',
    'X-Forwarded-For',
    '1.2.3.4, 10.0.0.7',
  ])
})

test('when a client says that our additions are its own then they are added anyway', () => {
  const raw = ['Host', 'a', 'Connection', 'X-Forwarded-For, X-Forwarded-Host']
  const sent = requestHeaders({ ...plain, raw })
  expect(sent).toEqual([
    'Host',
    'a',
    'X-Forwarded-For',
    '10.0.0.7',
    'X-Forwarded-Proto',
    'http',
    'X-Forwarded-Host',
    'a',
  ])
})

test.each([
  [{ method: 'POST', chunked: true }, ['Transfer-Encoding', 'chunked']],
  [{ method: 'POST', chunked: false }, ['Content-Length', '0']],
  [{ method: 'GET', chunked: false }, ['X-Forwarded-Proto', 'http']],
  [{ method: 'GET', chunked: false, upgrade: 'websocket' }, ['Connection', 'Upgrade', 'Upgrade', 'websocket']],
])('when it is %j then its body is framed so', (how, end) => {
  const sent = requestHeaders({ ...plain, ...how, raw: ['Transfer-Encoding', 'chunked', 'Upgrade', 'x'] })
  expect(sent.slice(-end.length)).toEqual(end)
})

test('when an answer is passed on then what is about one connection stays behind', () => {
  const raw = [
    'Date',
    'x',
    'Connection',
    'close',
    'Keep-Alive',
    'timeout=5',
    'Transfer-Encoding',
    'chunked',
    'Set-Cookie',
    'a',
    'Set-Cookie',
    'b',
  ]
  expect(answerHeaders(raw)).toEqual(['Date', 'x', 'Set-Cookie', 'a', 'Set-Cookie', 'b'])
})
