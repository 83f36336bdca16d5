import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Route } from '../../../src/api/route.ts'
import { routes } from '../../../src/api/routes/index.ts'
import { csrfOf } from '../../../src/core/access/secret.ts'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { Agent } from './support/agent.ts'
import { appliance, loginAt, originOf, tokenFor } from './support/frontend.ts'
import { ask, covers, type Headers, random, standingOf, worthless } from './support/intruder.ts'

/** Every address that the agent has × everybody who may try it. The table is the list of routes itself. */
const scopes = ['read', 'operate', 'admin'] as const
let releases: Releases
let world: World
let agent: Agent
let origin: string
let cookie: string
let csrf: string
const tokens: Record<string, string> = {}

beforeAll(async () => {
  releases = await publishReleases()
  world = await appliance(releases.url)
  agent = new Agent(world)
  origin = await originOf(agent)
  ;({ cookie, csrf } = await loginAt(world, origin))
  for (const scope of scopes) tokens[scope] = await tokenFor(world, scope)
})
afterAll(async () => {
  await agent.stop()
  await world.remove()
  await releases.close()
})

/** Something that is of the right form as far as possible, and that there is not. */
const absent: Readonly<Record<string, string>> = { name: 'nonesuch', id: 'r-0000000000000000', code: 'E_NONESUCH' }
const pathOf = ({ path }: Route) => path.replaceAll(/\{(\w+)\}/g, (_, key: string) => absent[key] ?? 'nonesuch')
const nameOf = ({ method, path }: Route) => `${method} ${path}`
const changing = routes.filter(({ method }) => method !== 'GET')
const guarded = routes.filter(({ scope }) => scope !== 'public')

/** `body`: what nobody who is let in would take for a request. */
const attempt = (route: Route, headers: Headers, body = '{"nonsense":true}') =>
  ask(origin, route.method, pathOf(route), {
    headers,
    ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body }),
  })

/** Whoever may, has it done: there is nothing in the request that could be wrong. */
const doesAtOnce = ({ method, path, body }: Route) => method === 'POST' && !path.includes('{') && body === undefined

async function statuses(of: readonly Route[], headers: Headers): Promise<Record<string, number>> {
  const all: Record<string, number> = {}
  for (const route of of) all[nameOf(route)] = (await attempt(route, headers)).status
  return all
}

const all = (of: readonly Route[], status: number) => Object.fromEntries(of.map((route) => [nameOf(route), status]))

test('when somebody has no credential that is worth anything then no address but the public ones answers', async () => {
  const before = await standingOf(world)
  for (const [what, headers] of Object.entries(worthless(world))) {
    expect(await statuses(guarded, headers), what).toEqual(all(guarded, 401))
  }
  expect(await standingOf(world)).toEqual({
    ...(before as object),
    tokens: expect.arrayContaining((before as { tokens: string[] }).tokens),
  })
})

test.each(scopes)(
  'when a program has the scope %s then every address beyond it is refused, and no other',
  async (scope) => {
    const before = await standingOf(world)
    const headers = { authorization: `Bearer ${tokens[scope]}` }
    for (const route of guarded) {
      const may = route.scope === 'public' || covers(scope, route.scope)
      if (may && doesAtOnce(route)) continue
      const { status, text } = await attempt(route, headers, '{')
      // What is there is asked for things that there are not: it may say so, and nothing worse.
      if (may) expect([401, 500].includes(status), `${nameOf(route)} ${status} ${text}`).toBe(false)
      if (may && route.scope !== 'read') expect(status, `${nameOf(route)} ${text}`).not.toBe(403)
      if (!may) expect(status, nameOf(route)).toBe(403)
    }
    expect(await standingOf(world)).toEqual(before)
  },
)

test('when a page of another site sends what a browser would then nothing is changed, whatever cookie comes along', async () => {
  const before = await standingOf(world)
  const proof = { cookie, 'x-csrf-token': csrf }
  const { port } = new URL(origin)
  const foreign: readonly Headers[] = [
    { ...proof, origin: 'https://evil.example' },
    { ...proof, origin: `http://127.0.0.1:${Number(port) + 1}` },
    { ...proof, origin: 'null' },
    { ...proof, 'sec-fetch-site': 'cross-site' },
    { ...proof, 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example', authorization: `Bearer ${tokens['admin']}` },
  ]
  for (const headers of foreign) {
    expect(await statuses(changing, headers), JSON.stringify(headers)).toEqual(all(changing, 403))
  }
  const unproven: readonly Headers[] = [
    { cookie },
    { cookie, 'x-csrf-token': '' },
    { cookie, 'x-csrf-token': csrfOf(random()) },
  ]
  const own = changing.filter(({ scope }) => scope !== 'public')
  for (const headers of unproven) expect(await statuses(own, { ...headers, origin })).toEqual(all(own, 403))
  expect(await standingOf(world)).toEqual(before)
})

test('when another site leads its own name here then nothing is answered', async () => {
  const { request } = await import('node:http')
  const { hostname, port } = new URL(origin)
  const statusFor = (host: string, path: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { host, authorization: `Bearer ${tokens['admin']}` }
      const asking = request({ hostname, port, path, headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
      asking.once('error', reject)
      asking.end()
    })
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example']) {
    for (const path of ['/', '/healthz', '/api/v1/components', '/api/v1/session']) {
      expect(await statusFor(host, path), `${host} ${path}`).toBe(403)
    }
  }
  expect(await statusFor(`localhost:${port}`, '/api/v1/components')).toBe(200)
})

test('when something is answered then it says that no other site may read, frame or keep it', async () => {
  const headers = { authorization: `Bearer ${tokens['admin']}`, origin: 'https://evil.example' }
  const answers = [
    ...(await Promise.all(routes.filter(({ method }) => method === 'GET').map((route) => attempt(route, headers)))),
    await ask(origin, 'OPTIONS', '/api/v1/components', { headers }),
    await ask(origin, 'GET', '/nothing/here', { headers }),
    await ask(origin, 'GET', '/', { headers }),
  ]
  for (const { headers: told } of answers) {
    expect([...told.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    expect(told.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/,
    )
    expect(told.get('x-content-type-options')).toBe('nosniff')
    expect(told.get('referrer-policy')).toBe('no-referrer')
    expect(told.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(told.get('cache-control')).not.toBeNull()
  }
})

test('W2: when nobody is logged in then nothing can be installed, put back or restarted, and no other site may ask', async () => {
  const before = await standingOf(world)
  const targets = changing.filter(({ path }) => /install|update|rollback|restart|restore|resume|cancel/.test(path))
  expect(targets.length).toBeGreaterThan(8)
  for (const name of ['app', '..%2f..%2fetc', '%2e%2e']) {
    for (const route of targets.filter(({ scope }) => scope !== 'public')) {
      const path = route.path.replaceAll(/\{\w+\}/g, name)
      const body = '{"component":"app","backup_name":"../../etc","to":"1.1.0","now":true}'
      const { status } = await ask(origin, route.method, path, { body })
      expect(status === 401 || status === 404, `${route.method} ${path} ${status}`).toBe(true)
      const preflight = await ask(origin, 'OPTIONS', path, { headers: { origin: 'https://evil.example' } })
      expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    }
  }
  expect(await standingOf(world)).toEqual(before)
})

test('when a session is over, or its user is removed, then it is over at once, also after a restart of the agent', async () => {
  const add = async (name: string) => {
    const headers = { cookie, 'x-csrf-token': csrf }
    const user = { name, password: 'another good password', scope: 'operate' }
    expect((await ask(origin, 'POST', '/api/v1/users', { headers, body: JSON.stringify(user) })).status).toBe(201)
    const login = await ask(origin, 'POST', '/api/v1/session', {
      body: JSON.stringify({ name, password: user.password }),
    })
    return login.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
  }
  const sees = async (session: string) =>
    (await ask(origin, 'GET', '/api/v1/components', { headers: { cookie: session } })).status
  const [bob, carl] = [await add('bob'), await add('carl')]
  expect([await sees(bob), await sees(carl)]).toEqual([200, 200])
  await agent.stop()
  agent = new Agent(world)
  origin = await originOf(agent)
  expect([await sees(bob), await sees(carl), await sees(cookie)]).toEqual([200, 200, 200])
  const headers = { cookie, 'x-csrf-token': csrf }
  expect((await ask(origin, 'DELETE', '/api/v1/users/bob', { headers })).status).toBe(200)
  const logout = { cookie: carl, 'x-csrf-token': csrfOf(carl.split('=')[1] ?? '') }
  expect((await ask(origin, 'DELETE', '/api/v1/session', { headers: logout })).status).toBe(204)
  expect([await sees(bob), await sees(carl), await sees(cookie)]).toEqual([401, 401, 200])
})
