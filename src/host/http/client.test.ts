import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { ProblemCode } from '../../core/model/codes.ts'
import type { HttpStream } from './types.ts'
import { sendJson, testClient, testServer, untouched } from './testing.ts'

const failing = (code: ProblemCode, facts: object = {}) =>
  expect.objectContaining({
    problem: expect.objectContaining({ code, hint: expect.any(String), facts: expect.objectContaining(facts) }),
  })

const get = { signal: untouched() }

async function textOf(stream: HttpStream): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream.chunks) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('when a server answers with JSON, then it comes with status and headers, and the server knows who asked', async () => {
  await using server = await testServer((_, response) => sendJson(response, { a: 1 }, { etag: '"x"' }))
  await using client = testClient()
  const answer = await client.getJson(`${server.url}/x`, get)
  expect(answer).toMatchObject({ status: 200, json: { a: 1 }, headers: { etag: '"x"' } })
  expect(server.seen[0]?.headers['user-agent']).toBe('belay/0.0.0-test')
})

test('when the answer is compressed, then it is unpacked, and measured unpacked', async () => {
  const packed = (json: unknown) => gzipSync(JSON.stringify(json))
  await using server = await testServer((request, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(
      request.url === '/bomb' ? packed('0'.repeat(100_000)) : request.url === '/bad' ? 'no gzip' : packed([1]),
    )
  })
  await using client = testClient()
  expect((await client.getJson(`${server.url}/ok`, get)).json).toStrictEqual([1])
  await expect(client.getJson(`${server.url}/bomb`, get)).rejects.toThrow(failing('E_RESPONSE_TOO_LARGE'))
  await expect(client.getJson(`${server.url}/bad`, get)).rejects.toThrow(failing('E_RESPONSE_INVALID'))
})

test('when an ETag is sent and still holds, then the answer is 304', async () => {
  await using server = await testServer((request, response) => {
    response.statusCode = request.headers['if-none-match'] === '"x"' ? 304 : 200
    response.end(response.statusCode === 304 ? undefined : '[]')
  })
  await using client = testClient()
  expect(await client.getJson(server.url, { ...get, etag: '"x"' })).toMatchObject({ status: 304, json: undefined })
})

test.each([
  ['/html', 'E_RESPONSE_INVALID', 'web page', {}],
  ['/text', 'E_RESPONSE_INVALID', 'not JSON', {}],
  ['/announced', 'E_RESPONSE_TOO_LARGE', 'more than', {}],
  ['/endless', 'E_RESPONSE_TOO_LARGE', 'more than', {}],
  ['/idle', 'E_TIMEOUT', 'stopped sending', { bodyIdleTimeoutMs: 300 }],
  ['/silent', 'E_TIMEOUT', 'no answer', { headersTimeoutMs: 150 }],
  ['/trickle', 'E_TIMEOUT', 'as a whole', { answerTimeoutMs: 300 }],
] as const)('when the server does %s, then the failure is named %s', async (path, code, words, limits) => {
  await using server = await testServer((request, response) => {
    switch (request.url) {
      case '/html':
        return response.end('<!doctype html><p>Sign in')
      case '/text':
        return response.end('{"a":')
      case '/announced':
        return response.writeHead(200, { 'content-length': 10_000_000 }).write('[')
      case '/endless':
        return endless(response)
      case '/idle':
        return response.write('[')
      case '/trickle': {
        const timer = setInterval(() => response.write(' '), 20)
        return response.on('close', () => clearInterval(timer))
      }
      default:
        return
    }
  })
  await using client = testClient(limits)
  const asked = client.getJson(`${server.url}${path}`, get)
  await expect(asked).rejects.toThrow(failing(code))
  await expect(asked).rejects.toThrow(words)
})

function endless(response: NodeJS.WritableStream): void {
  const more = () => {
    while (response.writable && response.write('x'.repeat(8192)));
  }
  response.on('drain', more)
  more()
}

test.each([
  ['reset', 'the connection was cut'],
  ['503', 'answered 503'],
])('when there is a passing %s, then it is asked again, after a pause', async (what) => {
  await using server = await testServer((request, response, count) => {
    if (count > 2) return sendJson(response, 'fine')
    if (what === 'reset') return request.socket.resetAndDestroy()
    response.statusCode = 503
    response.end()
  })
  await using client = testClient()
  expect((await client.getJson(server.url, get)).json).toBe('fine')
  expect(client.clock.sleptMs).toStrictEqual([500, 1000])
})

test.each([
  [500, {}, 'E_HTTP_STATUS', 1],
  [502, {}, 'E_HTTP_STATUS', 3],
  [503, { 'retry-after': '3600' }, 'E_HTTP_STATUS', 1],
  [404, {}, 'E_NOT_FOUND', 1],
  [429, { 'retry-after': '3600' }, 'E_RATE_LIMITED', 1],
  [429, { 'retry-after': '2' }, 'E_RATE_LIMITED', 3],
] as const)(
  'when the answer stays %i with %j, then it is %s after %i requests',
  async (status, headers, code, requests) => {
    await using server = await testServer((_, response) =>
      response.writeHead(status, headers).end('{"message":"because"}'),
    )
    await using client = testClient()
    await expect(client.getJson(`${server.url}/a?token=secret`, get)).rejects.toThrow(failing(code, { status }))
    await expect(client.getJson(`${server.url}/a?token=secret`, get)).rejects.toThrow('because')
    expect(server.seen).toHaveLength(requests * 2)
  },
)

test('when nothing listens, then the refusal is told at once', async () => {
  await using server = await testServer(() => {})
  const { url } = server
  await server[Symbol.asyncDispose]()
  await using client = testClient()
  await expect(client.getJson(url, get)).rejects.toThrow(failing('E_NETWORK', { reason: 'refused' }))
  expect(client.clock.sleptMs).toStrictEqual([])
})

test('when the host name cannot exist, then the name is told to be unknown', async () => {
  await using client = testClient({}, ['nowhere.invalid'])
  const asked = client.getJson('http://nowhere.invalid/', get)
  await expect(asked).rejects.toThrow(failing('E_NETWORK', { reason: expect.stringMatching(/^dns/) }))
})

test('when something else than HTTP answers, then that is said', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.2\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await using client = testClient()
  const port = typeof address === 'object' ? address?.port : 0
  await expect(client.getJson(`http://127.0.0.1:${port}/`, get)).rejects.toThrow(failing('E_RESPONSE_INVALID'))
  server.close()
})

test('when a redirect stays at the origin, then the token goes along; when it leaves, it is dropped for good', async () => {
  await using other = await testServer((request, response) => {
    if (request.url === '/back') return void response.writeHead(302, { location: `${home.url}/end` }).end()
    sendJson(response, 'other')
  })
  await using home = await testServer((request, response) => {
    if (request.url === '/inside') return void response.writeHead(301, { location: '/end' }).end()
    if (request.url === '/away') return void response.writeHead(302, { location: `${other.url}/end` }).end()
    if (request.url === '/boomerang') return void response.writeHead(307, { location: `${other.url}/back` }).end()
    sendJson(response, 'home')
  })
  await using client = testClient()
  const options = { ...get, secretHeaders: { authorization: 'Bearer s3cret' } }
  for (const path of ['/inside', '/away', '/boomerang']) await client.getJson(`${home.url}${path}`, options)
  const sent = [...home.seen, ...other.seen].map(({ path, headers }) => [path, headers.authorization ?? null])
  expect(sent).toStrictEqual([
    ['/inside', 'Bearer s3cret'],
    ['/end', 'Bearer s3cret'],
    ['/away', 'Bearer s3cret'],
    ['/boomerang', 'Bearer s3cret'],
    ['/end', null],
    ['/end', null],
    ['/back', null],
  ])
})

test('when a redirect leads to plain http, then it is refused, and nothing is asked there', async () => {
  await using server = await testServer((_, response) =>
    response.writeHead(302, { location: 'http://localhost:1/x' }).end(),
  )
  await using client = testClient()
  await expect(client.getJson(server.url, get)).rejects.toThrow(failing('E_HTTP_INSECURE'))
  await expect(client.getJson('http://example.org/', get)).rejects.toThrow(failing('E_HTTP_INSECURE'))
})

test('when redirects go round in circles, then it ends after five', async () => {
  await using server = await testServer((_, response) => response.writeHead(302, { location: '/again' }).end())
  await using client = testClient()
  await expect(client.getJson(server.url, get)).rejects.toThrow(failing('E_RESPONSE_INVALID'))
  expect(server.seen).toHaveLength(6)
})

test('when the caller cancels, then that is the outcome, also inside a body', async () => {
  await using server = await testServer((_, response) => response.write('['))
  await using client = testClient()
  const abort = new AbortController()
  const stream = await client.openStream(server.url, { offset: 0, signal: abort.signal })
  const text = textOf(stream)
  abort.abort()
  await expect(text).rejects.toThrow(failing('E_CANCELLED'))
  await expect(client.getJson(server.url, { signal: abort.signal })).rejects.toThrow(failing('E_CANCELLED'))
})

test('when an error repeats the token, then the message does not', async () => {
  await using server = await testServer((request, response) => {
    response.statusCode = 401
    response.end(JSON.stringify({ message: `bad token ${request.headers.authorization}` }))
  })
  await using client = testClient()
  const asked = client.getJson(server.url, { ...get, secretHeaders: { authorization: 'Bearer s3cret' } })
  await expect(asked).rejects.toThrow('bad token …')
})

const body = '0123456789'

/** Serves `body` with ranges, as a file server does. */
const fileServer = () =>
  testServer((request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1)
    const current = request.headers['if-range'] === undefined || request.headers['if-range'] === '"now"'
    if (request.url === '/whole' || start === -1 || !current) return void response.end(body)
    if (start >= body.length) return void response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end()
    const from = request.url === '/wrong' ? start + 1 : start
    response.writeHead(206, { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` })
    response.end(body.slice(from))
  })

test.each([
  ['/file', 0, undefined, { offset: 0, totalBytes: 10, status: 200 }, body],
  ['/file', 4, undefined, { offset: 4, totalBytes: 10, status: 206 }, '456789'],
  ['/file', 4, '"now"', { offset: 4, totalBytes: 10, status: 206 }, '456789'],
  ['/file', 4, '"old"', { offset: 0, totalBytes: 10, status: 200 }, body],
  ['/whole', 4, undefined, { offset: 0, totalBytes: 10, status: 200 }, body],
  ['/file', 10, undefined, { offset: 10, totalBytes: 10, status: 416 }, ''],
  ['/file', 12, undefined, { offset: 0, totalBytes: 10, status: 200 }, body],
])(
  'when %s is opened at %i with If-Range %s, then it says where it starts',
  async (path, offset, ifRange, is, text) => {
    await using server = await fileServer()
    await using client = testClient()
    const stream = await client.openStream(`${server.url}${path}`, {
      ...get,
      offset,
      ...(ifRange === undefined ? {} : { ifRange }),
    })
    expect(stream).toMatchObject(is)
    expect(await textOf(stream)).toBe(text)
  },
)

test('when a server gives another range than was asked for, then it is not used', async () => {
  await using server = await fileServer()
  await using client = testClient()
  const opened = client.openStream(`${server.url}/wrong`, { ...get, offset: 4 })
  await expect(opened).rejects.toThrow(failing('E_RESPONSE_INVALID'))
})

test('when a body ends before its announced length, then the reader hears of it', async () => {
  await using server = await testServer((_, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('half', () => response.destroy())
  })
  await using client = testClient()
  const stream = await client.openStream(server.url, { ...get, offset: 0 })
  await expect(textOf(stream)).rejects.toThrow(failing('E_NETWORK', { reason: 'reset' }))
})

test('when files are sent compressed, then the bytes come as they are: the digest is of these', async () => {
  const packed = gzipSync('content')
  await using server = await testServer((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
  )
  await using client = testClient()
  const stream = await client.openStream(server.url, { ...get, offset: 0 })
  expect(await textOf(stream)).toBe(packed.toString())
  expect(server.seen[0]?.headers['accept-encoding']).toBe('identity')
})

test('when the environment names a proxy, then requests go through it, except those to this host', async () => {
  const lines: string[] = []
  const proxy = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (data) => {
      lines.push(data.toString().split('\r\n')[0] ?? '')
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  const proxyUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  await using server = await testServer((_, response) => sendJson(response, 'direct'))
  await using client = testClient({}, ['127.0.0.1', 'example.test'], { HTTPS_PROXY: proxyUrl, http_proxy: proxyUrl })
  await expect(client.getJson('https://example.test/', get)).rejects.toThrow(failing('E_NETWORK'))
  expect(lines).toStrictEqual(['CONNECT example.test:443 HTTP/1.1'])
  expect((await client.getJson(server.url, get)).json).toBe('direct')
  expect(lines).toHaveLength(1)
  proxy.close()
})
