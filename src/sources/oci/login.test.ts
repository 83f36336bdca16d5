import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import type { ProblemCode } from '../../core/model/codes.ts'
import { testServer } from '../../host/http/testing.ts'
import { ociBench } from './testing.ts'

const failing = (code: ProblemCode, hint: string) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, hint: expect.stringContaining(hint) }) })

const password = 'hunter2-s3cret'
const alice = { username: 'alice', password }
const basicOfAlice = `Basic ${Buffer.from(`alice:${password}`).toString('base64')}`

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A registry that wants a token of its realm, which is another server. */
async function bearerBench(auth: Parameters<typeof ociBench>[0], realmAnswer?: Answer) {
  const bench = await ociBench(auth)
  const forms: string[] = []
  let given = 0
  const realm = await testServer((request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => forms.push(chunk))
    request.on('end', () => {
      if (realmAnswer !== undefined) return realmAnswer(request, response)
      given++
      response.end(JSON.stringify({ token: `t-${given}`, expires_in: 300 }))
    })
  })
  onTestFinished(async () => {
    await bench[Symbol.asyncDispose]()
    await realm[Symbol.asyncDispose]()
  })
  bench.registry.tags.push('1.0.0')
  bench.registry.door = (request, response) => {
    if (/^Bearer t-\d+$/.test(request.headers.authorization ?? '')) return false
    const challenge = `Bearer realm="${realm.url}/token",service="reg.example",scope="repository:o/app:push,pull"`
    response.writeHead(401, { 'www-authenticate': challenge }).end('{}')
    return true
  }
  const sent = () => bench.server.seen.map(({ headers }) => headers.authorization)
  return { ...bench, realm, forms, sent }
}

test('when anybody may read, then a token is fetched without a login, and used until it ends', async () => {
  const { list, realm, sent, clock } = await bearerBench({})
  await list()
  await list()
  expect(sent()).toStrictEqual([undefined, 'Bearer t-1', 'Bearer t-1'])
  expect(realm.seen.map(({ path }) => path)).toStrictEqual([
    '/token?scope=repository%3Ao%2Fapp%3Apull&service=reg.example',
  ])
  expect(realm.seen[0]?.headers.authorization).toBe(undefined)
  clock.set(clock.now() + 295_000)
  await list()
  expect(sent().slice(3)).toStrictEqual([undefined, 'Bearer t-2'])
})

test('when there is a login, then the realm gets it and the registry never', async () => {
  const { list, realm, sent } = await bearerBench({ auth: alice })
  await list()
  expect(realm.seen[0]?.headers.authorization).toBe(basicOfAlice)
  expect(JSON.stringify(sent())).not.toContain('Basic')
})

test('when the login is an identity token, then it is exchanged in the body of a POST', async () => {
  const { list, realm, forms } = await bearerBench({ auth: { identityToken: password } })
  await list()
  expect(Object.fromEntries(new URLSearchParams(forms.join('')))).toStrictEqual({
    grant_type: 'refresh_token',
    client_id: 'belay',
    refresh_token: password,
    scope: 'repository:o/app:pull',
    service: 'reg.example',
  })
  expect(realm.seen[0]?.path).toBe('/token')
})

test('when a token ends before its time, then another is fetched, once', async () => {
  const { list, registry, realm, sent } = await bearerBench({})
  await list()
  const usual = registry.door
  registry.door = (request, response) => {
    if (request.headers.authorization !== 'Bearer t-1') return usual(request, response)
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm.url}/token"` }).end()
    return true
  }
  await list()
  expect(sent().slice(2)).toStrictEqual(['Bearer t-1', 'Bearer t-2'])
})

test('when no token is enough, then that is said after the second refusal', async () => {
  const { list, registry, server } = await bearerBench({ auth: alice })
  registry.door = (request, response) => {
    response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/v2/token"` }).end()
    return true
  }
  await expect(list()).rejects.toThrow(failing('E_UNAUTHORIZED', 'docker login'))
  expect(server.seen.length).toBeLessThanOrEqual(3)
})

test.each([401, 403])('when the realm refuses the login with %i, then the hint says how to log in', async (status) => {
  const { list } = await bearerBench({ auth: alice }, (_, response) =>
    response.writeHead(status).end(`{"details":"no ${password}"}`),
  )
  const listed = list()
  await expect(listed).rejects.toThrow(failing('E_UNAUTHORIZED', 'docker login 127.0.0.1'))
  await expect(listed).rejects.not.toThrow(password)
})

test.each([
  ['no JSON', 'hello'],
  ['no token', '{"hello":1}'],
  ['a token that is a header of its own', '{"token":"a\\r\\nx-evil: 1"}'],
])('when the realm answers with %s, then that is an error', async (_, body) => {
  const { list } = await bearerBench({}, (_request, response) => response.end(body))
  await expect(list()).rejects.toThrow(failing('E_RESPONSE_INVALID', ''))
})

test.each([
  ['http://localhost:1/token'],
  ['http://auth.example/token'],
  ['ftp://127.0.0.1/token'],
  ['https://user:x@auth.example/token'],
  ['token'],
])('when the registry wants logins to be sent to %s, then nothing is sent there', async (realm) => {
  await using bench = await ociBench({ auth: alice, allowHttp: ['127.0.0.1', 'localhost', 'auth.example'] })
  bench.registry.door = (_, response) => {
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end()
    return true
  }
  await expect(bench.list()).rejects.toThrow(failing('E_HTTP_INSECURE', 'https alone'))
})

const basicDoor: Answer = (request, response) =>
  request.headers.authorization === basicOfAlice
    ? response.end('{"tags":["1.0.0"]}')
    : response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end('{}')

test('when a registry wants a name and a password itself, then it gets them, and is not asked without them again', async () => {
  await using bench = await ociBench({ auth: alice })
  bench.registry.door = (request, response) => (basicDoor(request, response), true)
  expect((await bench.list()).releases).toHaveLength(1)
  await bench.list()
  expect(bench.server.seen.map(({ headers }) => headers.authorization)).toStrictEqual([
    undefined,
    basicOfAlice,
    basicOfAlice,
  ])
})

test.each([
  ['none is known', null, 'docker login'],
  ['another is known', { username: 'alice', password: 'wrong' }, 'still valid'],
  ['only an identity token is known', { identityToken: 'x' }, 'docker login'],
])('when a registry wants a login and %s, then that is said without it', async (_, auth, hint) => {
  await using bench = await ociBench({ auth })
  bench.registry.door = (request, response) => (basicDoor(request, response), true)
  await expect(bench.list()).rejects.toThrow(failing('E_UNAUTHORIZED', hint))
})

test('when a registry lets everybody read, then no login is looked for', async () => {
  await using bench = await ociBench({ auth: alice })
  bench.registry.tags.push('1.0.0')
  await bench.list()
  expect(bench.asked).toStrictEqual([])
})

test('when the quota of pulls is spent, then the hint says until when, and that a login helps', async () => {
  await using bench = await ociBench()
  bench.registry.door = (_, response) => {
    const quota = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600', 'retry-after': '3600' }
    response.writeHead(429, quota).end('{"errors":[{"code":"TOOMANYREQUESTS","message":"too many"}]}')
    return true
  }
  await expect(bench.list()).rejects.toThrow(failing('E_RATE_LIMITED', 'after 2026-01-01T01:00:00.000Z'))
  await expect(bench.list({ tag: 'latest' })).rejects.toThrow(failing('E_RATE_LIMITED', 'log in'))
})

test('when a registry speaks plain http and nobody allowed that, then the hint says how to', async () => {
  await using bench = await ociBench({ allowHttp: [] })
  await expect(bench.list()).rejects.toThrow(failing('E_NETWORK', `add "${bench.host}" to agent.allow_http`))
})
