import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createClient, path } from './client.ts'
import { ApiProblem, Unreachable } from './problem.ts'

async function served(listener: RequestListener) {
  const asked: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = []
  const failed: unknown[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    listener(request, response)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const api = createClient({
    fetch: async (input, init) =>
      fetch(`http://127.0.0.1:${port}${input instanceof Request ? input.url : input.toString()}`, init),
    language: () => 'de',
    csrf: () => 'the-token',
    failed: (error) => failed.push(error),
  })
  return { api, asked, failed, server }
}

test('when something is changed then the token of the session goes along, when it is read then not', async () => {
  const { api, asked } = await served((_request, response) => response.end('{"ok":true}'))
  expect(await api.get(path('components', 'a b/c'), { query: { limit: 3, before: undefined } })).toStrictEqual({
    ok: true,
  })
  await api.post(path('components', 'core', 'check'), { force: true })
  expect(asked.map(({ url }) => url)).toStrictEqual([
    '/api/v1/components/a%20b%2Fc?limit=3',
    '/api/v1/components/core/check',
  ])
  expect(
    asked.map(({ headers }) => [headers['x-csrf-token'], headers['accept-language'], headers['content-type']]),
  ).toStrictEqual([
    [undefined, 'de', undefined],
    ['the-token', 'de', 'application/json'],
  ])
})

test('when the agent refuses then its problem document is thrown, and told', async () => {
  const body = { type: '/docs/problems/E_HELD', title: 'Held.', status: 409, code: 'E_HELD', hint: 'Wait.' }
  const { api, failed } = await served((_request, response) => {
    response.writeHead(409, { 'content-type': 'application/problem+json; charset=utf-8' }).end(JSON.stringify(body))
  })
  await expect(api.get('/x')).rejects.toMatchObject({ document: { code: 'E_HELD', hint: 'Wait.' } })
  expect(failed).toHaveLength(1)
})

test('when a proxy answers for an agent that is gone, or nobody does, then it cannot be reached', async () => {
  const { api, server } = await served((_request, response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
  })
  await expect(api.get('/x')).rejects.toThrow(Unreachable)
  server.closeAllConnections()
  await new Promise((resolve) => {
    server.close(resolve)
  })
  await expect(api.get('/x')).rejects.toThrow(Unreachable)
})

test('when an answer is neither what was asked for nor a problem document then its status is told', async () => {
  const { api } = await served((_request, response) => void response.writeHead(418).end('tea'))
  await expect(api.get('/x')).rejects.toThrow(ApiProblem)
})

test('when somebody does not wait for the answer then nothing has failed', async () => {
  const { api, failed } = await served(() => {})
  const left = new AbortController()
  const asking = api.get('/x', { signal: left.signal })
  left.abort()
  await expect(asking).rejects.toThrow('aborted')
  expect(failed).toStrictEqual([])
})
