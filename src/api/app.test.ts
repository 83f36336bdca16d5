import { expect, test } from 'vitest'
import { z } from 'zod'
import { fail } from '../core/model/problem.ts'
import { messagesIn } from '../protocol/messages/render.ts'
import { createApp } from './app.ts'
import type { ApiPorts } from './ports.ts'
import { type Route, route } from './route.ts'

const peer = { address: '127.0.0.1', secure: false }

const echo = route({
  method: 'POST',
  path: '/echo/{name}',
  scope: 'operate',
  summary: 'Gives back what it got.',
  params: z.object({ name: z.string().max(5) }),
  query: z.object({ times: z.coerce.number().int().default(1) }),
  body: z.strictObject({ text: z.string() }),
  answer: z.object({ said: z.string() }),
  handle: async ({ params, query, body }) => ({ said: `${params.name} ${body.text.repeat(query.times)}` }),
})
const broken = route({
  method: 'GET',
  path: '/broken',
  scope: 'public',
  summary: 'Fails.',
  answer: null,
  handle: async () => Promise.reject(new Error('a secret path')),
})

function app(routes: readonly Route[] = [echo, broken]) {
  const admitted: string[] = []
  const ports = {
    gate: {
      async admit({ headers, path }, need) {
        admitted.push(`${need} ${path}`)
        if (need !== 'public' && headers.get('authorization') === null) throw fail('E_LOGIN_NEEDED', 'Who are you?')
        return { kind: 'nobody' }
      },
    },
    page: { files: async () => null, read: async () => null },
  } as Pick<ApiPorts, 'gate' | 'page'> as ApiPorts
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await createApp(ports, routes)(new Request(`http://belay.test${path}`, init), peer)
    const { status, headers } = response
    const asks = headers.get('www-authenticate')
    return { status, asks, type: headers.get('content-type'), body: await response.json() }
  }
  return { ask, admitted }
}

const post = (body: string, type = 'application/json'): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': type, authorization: 'Bearer x' },
})

test('when a request is right then its handler sees path, query and body parsed', async () => {
  const { ask } = app()
  expect(await ask('/echo/core?times=2', post('{"text":"ab"}'))).toMatchObject({
    status: 200,
    body: { said: 'core abab' },
  })
})

test('when nobody is logged in then the scope is asked for before anything of the request is looked at', async () => {
  const { ask, admitted } = app()
  const answer = await ask('/echo/far-too-long', { method: 'POST', body: 'not json' })
  expect(answer).toMatchObject({
    status: 401,
    asks: 'Bearer',
    type: 'application/problem+json',
    body: { code: 'E_LOGIN_NEEDED', status: 401 },
  })
  expect(admitted).toEqual(['operate /echo/far-too-long'])
})

test('when a request is wrong in several places then each is named', async () => {
  const { ask } = app()
  const { status, body } = await ask('/echo/far-too-long?times=x', post('{"text":1,"more":2}'))
  expect(status).toBe(400)
  expect(body).toMatchObject({ code: 'E_REQUEST_INVALID', facts: { errors: [expect.stringMatching(/^path\.name: /)] } })
  const second = await ask('/echo/core', post('{"text":1,"more":2}'))
  expect(JSON.stringify(second.body)).toMatch(/body\.text: .*body: .*more/)
})

test('when a body is no JSON, not marked as such, no UTF-8 or too long then it is refused with 400 or 413', async () => {
  const { ask } = app()
  expect(await ask('/echo/core', post('{'))).toMatchObject({ status: 400, body: { code: 'E_REQUEST_INVALID' } })
  expect(await ask('/echo/core', post('{"text":"a"}', 'text/plain'))).toMatchObject({ status: 400 })
  expect(await ask('/echo/core', post('a=b', 'application/x-www-form-urlencoded'))).toMatchObject({ status: 400 })
  expect(await ask('/echo/core', post(`{"text":"${'a'.repeat(70_000)}"}`))).toMatchObject({
    status: 413,
    body: { code: 'E_REQUEST_TOO_LARGE' },
  })
})

test('when something breaks inside then the answer is 500 and says nothing of what it was', async () => {
  const { ask } = app()
  const { status, body } = await ask('/broken')
  expect(status).toBe(500)
  expect(JSON.stringify(body)).not.toContain('secret')
})

test('when a reader prefers German then a problem is told in German, and nothing of what broke inside with it', async () => {
  const { ask } = app()
  const german = { headers: { 'accept-language': 'de' } }
  const { title, hint } = messagesIn('de').E_LOGIN_NEEDED
  expect(await ask('/echo/core', { method: 'POST', ...german })).toMatchObject({ body: { title, hint } })
  const { body } = await ask('/broken', german)
  expect(body).toMatchObject({ title: messagesIn('de').E_INTERNAL.title, facts: {} })
  expect(JSON.stringify(body)).not.toContain('secret')
  expect(await ask('/nothing', german)).toMatchObject({ body: { title: messagesIn('de').E_NOT_FOUND.title } })
})

test('when there is nothing at an address then it is a problem document too', async () => {
  expect(await app().ask('/nothing')).toMatchObject({ status: 404, body: { code: 'E_NOT_FOUND' } })
})

test('when whoever refuses has no hint of their own then the document has that of the code', async () => {
  const { ask } = app()
  const hintOf = async (path: string, init?: RequestInit) => ((await ask(path, init)).body as { hint: unknown }).hint
  expect(await hintOf('/nothing')).toBe(messagesIn('en').E_NOT_FOUND.hint)
  expect(await hintOf('/echo/core', post('{'))).toBe(messagesIn('en').E_REQUEST_INVALID.hint)
})
