import { expect, test } from 'vitest'
import type { ProblemCode } from '../../core/model/codes.ts'
import { testClient, testServer, untouched } from './testing.ts'

const failing = (code: ProblemCode) => expect.objectContaining({ problem: expect.objectContaining({ code }) })
const signal = untouched()

test('when only the head is asked for, then the length that it states may be any', async () => {
  await using server = await testServer((request, response) => {
    response.writeHead(200, { 'content-length': 10_000_000, 'x-method': request.method })
    response.end()
  })
  await using client = testClient()
  const answer = await client.ask(server.url, { method: 'HEAD', bytesMax: 10, signal })
  expect(answer).toMatchObject({ status: 200, headers: { 'x-method': 'HEAD' }, body: Buffer.alloc(0) })
  await expect(client.ask(server.url, { bytesMax: 10, signal })).rejects.toThrow(failing('E_RESPONSE_TOO_LARGE'))
})

test('when a status is one that answers the question, then it comes with its headers, and others are failures', async () => {
  await using server = await testServer((_, response) =>
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('no'),
  )
  await using client = testClient()
  const answer = await client.ask(server.url, { passes: [401], signal })
  expect(answer).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="x"' },
    shownUrl: `${server.url}/`,
  })
  expect(answer.body.toString()).toBe('no')
  await expect(client.ask(server.url, { passes: [404], signal })).rejects.toThrow(failing('E_UNAUTHORIZED'))
})

test('when a form is sent, then it is posted, and no redirect takes it elsewhere', async () => {
  const bodies: string[] = []
  await using other = await testServer((_, response) => response.end('stolen'))
  await using server = await testServer((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(`${request.method} ${chunk.toString()}`))
    request.on('end', () =>
      request.url === '/' ? response.end('ok') : response.writeHead(307, { location: other.url }).end(),
    )
  })
  await using client = testClient()
  const form = { token: 'a&b=c', x: 'ü' }
  expect((await client.ask(server.url, { form, signal })).body.toString()).toBe('ok')
  expect(bodies).toStrictEqual(['POST token=a%26b%3Dc&x=%C3%BC'])
  expect(server.seen[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded')
  await expect(client.ask(`${server.url}/moved`, { form, signal })).rejects.toThrow(failing('E_RESPONSE_INVALID'))
  expect(other.seen).toStrictEqual([])
})
