import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { routes } from '../../../src/api/routes/index.ts'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { belay, cli } from '../faults/support/installed.ts'
import { Agent, until } from './support/agent.ts'
import { appliance, loginAt, originOf, password, tokenFor } from './support/frontend.ts'
import { ask } from './support/intruder.ts'

/** Secrets of every kind are planted and used; then everything that belay wrote or says is looked through for them. */
const planted = {
  source: 'planted-0source-token',
  channel: `whsec_${Buffer.alloc(32, 'planted').toString('base64')}`,
  typed: 'planted-0typed-password',
}
let releases: Releases
let world: World
beforeAll(async () => {
  vi.stubEnv('PLANTED_SOURCE', planted.source)
  vi.stubEnv('PLANTED_CHANNEL', planted.channel)
  releases = await publishReleases()
  // Nobody is there: what it would be told stays in the outbox.
  const hook = { type: 'webhook', url: 'http://127.0.0.1:9/', secret: { env: 'PLANTED_CHANNEL' } }
  world = await appliance(releases.url, { agent: { notify: { hook } } })
  const config = JSON.parse(await readFile(world.configFile, 'utf8')) as {
    components: { app: { source: Record<string, unknown> } }
  }
  config.components.app.source['token_env'] = 'PLANTED_SOURCE'
  await world.configure(releases.url, () => config as never)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await world.remove()
  await releases.close()
})

async function filesBelow(dir: string): Promise<readonly string[]> {
  const all = await readdir(dir, { recursive: true, withFileTypes: true })
  return all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

test('when secrets are used then none of them is in journal, logs, answers, audit log or any other file', async () => {
  await using agent = new Agent(world, ['--log-level', 'debug'])
  const origin = await originOf(agent)
  await agent.says(/valid once: \S+\n/)
  const setup = (await readFile(join(world.state, 'setup-secret'), 'utf8')).trim()
  const token = await tokenFor(world, 'admin')
  const { cookie, csrf } = await loginAt(world, origin)
  const session = cookie.split('=')[1] ?? ''
  const headers = { authorization: `Bearer ${token}` }

  const wrong = { name: 'anna', password: planted.typed }
  await ask(origin, 'POST', '/api/v1/session', { body: JSON.stringify(wrong) })
  await ask(origin, 'POST', '/api/v1/session', { body: JSON.stringify({ ...wrong, name: planted.typed }) })
  await ask(origin, 'POST', '/api/v1/session', { body: `{"name":"anna","password":"${planted.typed}` })
  await ask(origin, 'POST', '/api/v1/setup', { body: JSON.stringify({ ...wrong, name: 'eve', secret: planted.typed }) })
  await ask(origin, 'POST', '/api/v1/users', {
    headers,
    body: JSON.stringify({ name: 'bob', scope: 'read', password: planted.typed }),
  })
  await ask(origin, 'GET', `/api/v1/components?token=${planted.typed}`, { headers })
  const update = await ask(origin, 'POST', '/api/v1/components/app/update', { headers, body: '{}' })
  expect(update.status, update.text).toBe(202)
  await until(async () => (await belay(world, (open) => open.runs()))[0]?.outcome === 'committed')

  const answers: string[] = []
  for (const { method, path } of routes) {
    if (method !== 'GET' || /events/.test(path)) continue
    const { text } = await ask(origin, 'GET', path.replace('{name}', 'app').replace('{id}', 'r-00000000'), { headers })
    answers.push(text)
  }
  const audit = await ask(origin, 'GET', '/api/v1/audit', { headers })
  expect(audit.text).toMatch(/"action":"update".*"target":"app"/)
  expect(JSON.parse(audit.text)).toMatchObject({ intact: true })
  await agent.stop()

  const files = await filesBelow(world.state)
  expect(files.map((file) => file.slice(world.state.length + 1))).toEqual(
    expect.arrayContaining(['access.db', 'audit.db', 'journal.db']),
  )
  const places: Record<string, string> = { 'the lines of the agent': agent.said, 'the answers': answers.join('\n') }
  for (const file of files) places[file] = await readFile(file, 'latin1')
  places['the command line'] = JSON.stringify([await cli(world, ['token', 'list']), await cli(world, ['user', 'list'])])
  const secrets = { ...planted, token, session, csrf, password }
  for (const [place, text] of Object.entries(places)) {
    for (const [what, secret] of Object.entries(secrets))
      expect(text.includes(secret), `${what} in ${place}`).toBe(false)
    // Printed for who starts the agent, and nowhere else; it is worth nothing now.
    if (place !== 'the lines of the agent')
      expect(text.includes(setup), `the secret of the set-up in ${place}`).toBe(false)
  }
})

test('when lines are JSON then the secret of the set-up is in none of them, and it works once', async () => {
  const fresh = await appliance(releases.url)
  try {
    await using agent = new Agent(fresh, ['--json'])
    const origin = await originOf(agent)
    const said = await agent.says(/valid once: \S+(?=\n)/)
    const secret = said.slice('valid once: '.length)
    const lines = agent.said.split('\n').filter((line) => line.startsWith('{'))
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.some((line) => line.includes(secret))).toBe(false)
    const setup = (name: string) =>
      ask(origin, 'POST', '/api/v1/setup', { body: JSON.stringify({ secret, name, password }) })
    expect((await setup('anna')).status).toBe(200)
    expect((await setup('eve')).status).toBe(403)
    expect(await readdir(fresh.state)).not.toContain('setup-secret')
  } finally {
    await fresh.remove()
  }
})
