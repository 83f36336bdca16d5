import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { cli } from '../faults/support/installed.ts'
import { Agent } from './support/agent.ts'
import { appliance, originOf, tokenFor } from './support/frontend.ts'
import { ask } from './support/intruder.ts'

/** Where callers come from, and how the agent follows its config without being started again. */
let releases: Releases
let world: World
beforeAll(async () => {
  releases = await publishReleases()
  world = await appliance(releases.url)
})
afterAll(async () => {
  await world.remove()
  await releases.close()
})

const fixture = (name: string) => new URL(`../../fixtures/tls/${name}.pem`, import.meta.url).pathname

async function configure(more: Readonly<Record<string, unknown>>): Promise<void> {
  const config = JSON.parse(await readFile(world.configFile, 'utf8')) as { agent: object }
  const { tls: _, ...agent } = config.agent as { tls?: unknown }
  await writeFile(world.configFile, JSON.stringify({ ...config, agent: { ...agent, ...more } }))
}

async function reload(): Promise<void> {
  const { code, stdout, stderr } = await cli(world, ['reload'])
  if (code !== 0) throw new Error(stdout + stderr)
}

/** An address of this host that other hosts see it by; null: it has none. */
const outer = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address

const portOf = (agent: Agent, nth: number) => {
  const found = [...agent.said.matchAll(/answering at \S+?:(\d+)\b/g)][nth]
  return Number(found?.[1])
}

test.skipIf(outer === undefined)(
  'when somebody comes from another host then they may look, until the config says more',
  async () => {
    await configure({ listen: '0.0.0.0:0' })
    await using agent = new Agent(world)
    const { port } = new URL(await originOf(agent))
    await agent.says(/agent\.listen 0\.0\.0\.0:0 is open to other hosts without encryption/)
    const headers = { authorization: `Bearer ${await tokenFor(world, 'admin')}` }
    const backup = async (host: string, more = {}) =>
      ask(`http://${host}:${port}`, 'POST', '/api/v1/components/app/check', {
        headers: { ...headers, ...more },
        body: '{}',
      })
    const far = outer ?? ''
    expect((await ask(`http://${far}:${port}`, 'GET', '/api/v1/components', { headers })).status).toBe(200)
    const refused = await backup(far)
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('agent.remote: operate')
    expect((await backup('127.0.0.1')).status).toBe(200)
    // A proxy on this host that nobody named: its callers are strangers.
    expect((await backup('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' })).status).toBe(403)

    await configure({ listen: '0.0.0.0:0', remote: 'operate', proxies: ['127.0.0.1'] })
    await reload()
    expect((await backup(far)).status).toBe(200)
    expect((await ask(`http://${far}:${port}`, 'GET', '/api/v1/users', { headers })).status).toBe(403)
    expect((await backup('127.0.0.1', { 'x-forwarded-for': '203.0.113.7' })).status).toBe(200)
  },
)

test('when address and certificate change then a reload follows them, and a wrong one changes nothing', async () => {
  const seen = async (port: number): Promise<string> => {
    const asking = request({ host: '127.0.0.1', port, path: '/healthz', rejectUnauthorized: false, agent: false })
    asking.end()
    const [answer] = await once(asking, 'response')
    const name: unknown = answer.socket.getPeerCertificate().subject.CN
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d+$/)
    answer.resume()
    return String(name)
  }
  await configure({ listen: '127.0.0.1:0' })
  await using agent = new Agent(world)
  await originOf(agent)

  const [cert, key] = [`${world.dir}/cert.pem`, `${world.dir}/key.pem`]
  const put = async (name: string) => {
    await writeFile(cert, readFileSync(fixture(name)))
    await writeFile(key, readFileSync(fixture(`${name}-key`)))
  }
  await put('one')
  await configure({ listen: '127.0.0.1:0', tls: { cert, key } })
  await reload()
  await agent.says(/answering at https:/)
  const port = portOf(agent, 1)
  expect(await seen(port)).toBe('one.belay.test')
  await put('two')
  await reload()
  await agent.says(/the config was read again[^]*the config was read again/)
  await expect.poll(() => seen(port), { timeout: 60_000 }).toBe('two.belay.test')
  await writeFile(key, 'no key')
  await reload()
  await agent.says(/E_LISTEN .*The certificate that was in use stays/)
  expect(await seen(port)).toBe('two.belay.test')
})

test('when the command line changes something then that is on record, with who it was', async () => {
  await configure({ listen: '127.0.0.1:0' })
  await using agent = new Agent(world)
  const origin = await originOf(agent)
  const headers = { authorization: `Bearer ${await tokenFor(world, 'admin')}` }
  expect((await cli(world, ['update', 'app', '--yes'])).code).toBe(0)
  const { text } = await ask(origin, 'GET', '/api/v1/audit', { headers })
  const { entries, intact } = JSON.parse(text) as { entries: readonly Record<string, unknown>[]; intact: boolean }
  expect(intact).toBe(true)
  const who = `(uid ${process.getuid?.() ?? ''})`
  expect(entries.slice(0, 2)).toMatchObject([
    { action: 'update', target: 'app', outcome: 'committed', from: 'command line', run: expect.stringMatching(/^r-/) },
    { action: 'update', target: 'app', outcome: 'started', from: 'command line', who: expect.stringContaining(who) },
  ])
  expect(entries[2]).toMatchObject({ action: 'token-create', outcome: 'admin' })
})
