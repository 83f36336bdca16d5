import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { belay } from '../faults/support/installed.ts'
import { Agent } from './support/agent.ts'
import { appliance, loginAt, originOf, tokenFor } from './support/frontend.ts'
import { expectShape, place, text, texts, time, whole, yesOrNo } from './support/shapes.ts'

/** The addresses of the seeds' applications, of a real agent: keys and types as their frontends and scripts know them. */
let releases: Releases
let world: World
let agent: Agent
let origin: string
let tokens: Readonly<Record<'read' | 'operate' | 'admin', string>>
let session: Awaited<ReturnType<typeof loginAt>>

beforeAll(async () => {
  releases = await publishReleases()
  world = await appliance(releases.url)
  agent = new Agent(world)
  origin = await originOf(agent)
  const [read, operate, admin] = [
    await tokenFor(world, 'read'),
    await tokenFor(world, 'operate'),
    await tokenFor(world, 'admin'),
  ]
  tokens = { read, operate, admin }
  session = await loginAt(world, origin)
})
afterAll(async () => {
  await agent[Symbol.asyncDispose]()
  await world.remove()
  await releases.close()
})

type As = 'nobody' | 'session' | keyof typeof tokens

function headersOf(as: As): Record<string, string> {
  if (as === 'nobody') return {}
  if (as === 'session') return { cookie: session.cookie, 'x-csrf-token': session.csrf, origin }
  return { authorization: `Bearer ${tokens[as]}` }
}

async function ask(as: As, method: 'GET' | 'POST', path: string, body?: unknown, more: Record<string, string> = {}) {
  const init = { method, redirect: 'manual' as const, headers: { ...headersOf(as), ...more } }
  const json = { 'content-type': 'application/json' }
  const sent =
    body === undefined ? init : { ...init, headers: { ...init.headers, ...json }, body: JSON.stringify(body) }
  const answer = await fetch(`${origin}${path}`, sent)
  const text = await answer.text()
  const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : null
  return { status: answer.status, headers: answer.headers, body: parsed }
}

const reading: readonly (readonly [string, As, string, Readonly<Record<string, unknown>>])[] = [
  [
    'the version',
    'nobody',
    '/api/system/version',
    { version: '1.0.0', build_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), status: 'running' },
  ],
  ['the health', 'nobody', '/api/system/health', { status: 'healthy', version: '1.0.0', timestamp: time }],
  [
    'an update',
    'admin',
    '/api/system/updates/check',
    {
      current_version: '1.0.0',
      last_check: time,
      latest_version: '1.1.0',
      update_available: true,
      release_notes: text,
      download_url: expect.stringMatching(/app-1\.1\.0\.tar\.gz$/),
    },
  ],
  [
    'the newest release',
    'read',
    '/api/latest-version',
    {
      version: '1.1.0',
      release_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      release_notes: text,
      download_url: expect.stringMatching(/app-1\.1\.0\.tar\.gz$/),
    },
  ],
  [
    'the deployment',
    'read',
    '/api/enterprise/deployment-info',
    {
      status: 'success',
      ...place,
      container_type: null,
      application_path: text,
      detected_paths: texts,
      enterprise_features: {
        zero_downtime_updates: yesOrNo,
        permission_safe_operations: yesOrNo,
        automatic_rollback: yesOrNo,
        blue_green_deployment: yesOrNo,
        deployment_aware_strategies: yesOrNo,
        comprehensive_audit_logging: yesOrNo,
      },
      strategy_description: text,
    },
  ],
  [
    "the enterprise updater's check",
    'read',
    '/api/enterprise/check-updates',
    {
      status: 'success',
      ...place,
      container_type: null,
      current_version: '1.0.0',
      latest_version: '1.1.0',
      has_update: true,
      release_notes: text,
      enterprise_features: texts,
      update_method: 'directory',
    },
  ],
  [
    'its state',
    'read',
    '/api/enterprise/update-status',
    {
      status: 'success',
      update_state: expect.stringMatching(/^(idle|success)$/),
      progress: whole,
      message: text,
      ...place,
      container_type: null,
      enterprise_features: texts,
    },
  ],
  [
    "the appliance's check",
    'read',
    '/api/update/check',
    {
      update_available: true,
      current_version: '1.0.0',
      latest_version: '1.1.0',
      update_info: { sha: '1.1.0', message: text, author: null, date: text },
      last_check: time,
    },
  ],
  [
    'its state',
    'read',
    '/api/update/status',
    {
      repo_path: text,
      current_commit: '1.0.0',
      update_available: yesOrNo,
      update_info: expect.toSatisfy((info: unknown) => info === null || typeof info === 'object'),
      last_check: expect.toSatisfy((at: unknown) => at === null || typeof at === 'string'),
      backups: whole,
      recent_commits: expect.arrayContaining([expect.objectContaining({ sha: '1.0.0' })]),
    },
  ],
  [
    'its history',
    'read',
    '/api/update/history',
    { commits: expect.arrayContaining([{ sha: '1.1.0', message: null, author: null, date: text }]) },
  ],
  ['its backups', 'read', '/api/update/backups', { backups: expect.any(Array) }],
  [
    "HelpDesk's check",
    'read',
    '/admin/updates/check/',
    {
      has_updates: true,
      updates: {},
      file_count: 0,
      checked_at: time,
      branch: null,
      repo: expect.stringMatching(/feed\.json$/),
      notification_id: expect.toSatisfy((id: unknown) => id === null || typeof id === 'number'),
      error: null,
    },
  ],
  [
    'its history',
    'read',
    '/admin/updates/history/',
    { notifications: expect.any(Array), total_updates: whole, installed_updates: whole },
  ],
  ['its notifications', 'read', '/admin/updates/notifications/', { notifications: expect.any(Array) }],
]

test.each(reading)(
  'when %s is asked for as %s at %s then keys and types are those that are known',
  async (_what, as, path, shape) => {
    const { status, body } = await ask(as, 'GET', path)
    expect([status, path]).toEqual([200, path])
    expectShape(body, shape)
    const page = await ask('session', 'GET', path)
    expect([page.status, Object.keys(page.body as object)]).toEqual([200, Object.keys(shape)])
  },
)

const closed: readonly (readonly [method: 'GET' | 'POST', path: string, as: As])[] = [
  ...reading.filter(([, as]) => as !== 'nobody').map(([, , path]) => ['GET', path, 'nobody'] as const),
  ['GET', '/api/system/updates/check', 'operate'],
  ...['/api/enterprise/start-update', '/api/update/install', '/api/update/rollback', '/api/update/restart'].flatMap(
    (path) => [['POST', path, 'nobody'] as const, ['POST', path, 'read'] as const],
  ),
  ...['/admin/updates/install/', '/admin/updates/check/force/'].flatMap((path) => [
    ['POST', path, 'nobody'] as const,
    ['POST', path, 'read'] as const,
  ]),
]

test.each(closed)(
  'W2: when %s %s is asked as %s then it is refused, and nothing is begun',
  async (method, path, as) => {
    const { status } = await ask(as, method, path, method === 'POST' ? { backup_name: '1.0.0' } : undefined)
    expect(status).toBe(as === 'nobody' ? 401 : 403)
    expect((await belay(world, (open) => open.runs())).length).toBe(1)
  },
)

test('W2: when a cookie comes without its proof, or from another site, then nothing is begun', async () => {
  const { cookie, csrf } = session
  const forged = [
    { cookie, origin },
    { cookie, origin: 'https://evil.test', 'x-csrf-token': csrf },
  ]
  for (const headers of forged) {
    expect((await ask('nobody', 'POST', '/api/enterprise/start-update', undefined, headers)).status).toBe(403)
  }
  expect((await belay(world, (open) => open.runs())).length).toBe(1)
})

test('when a browser opens one of these addresses then it is led to the page, logged in or not', async () => {
  const html = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }
  const led = async (path: string, more = {}) => {
    const { status, headers } = await ask('nobody', 'GET', path, undefined, more)
    return [status, headers.get('location')]
  }
  expect(await led('/admin')).toEqual([303, '/'])
  expect(await led('/admin/')).toEqual([303, '/'])
  expect(await led('/admin/updates/')).toEqual([303, '/'])
  expect(await led('/web/admin/updates')).toEqual([303, '/'])
  expect(await led('/admin/updates/check/', html)).toEqual([303, '/'])
  expect(await led('/admin/updates/history/', html)).toEqual([303, '/history'])
  expect(await led('/admin/updates/notifications/', html)).toEqual([303, '/notifications'])
  expect(await led('/admin/updates/notifications/7/', html)).toEqual([303, '/notifications/7'])
})

test('when the simple update is asked for then it says where that went, and begins nothing', async () => {
  const { status, headers, body } = await ask('nobody', 'POST', '/api/simple-update')
  expect([status, headers.get('location')]).toEqual([308, '/api/enterprise/start-update'])
  expect(body).toMatchObject({ status: 'deprecated', successor: '/api/enterprise/start-update' })
  expect(headers.get('deprecation')).toMatch(/^@\d+$/)
  expect(headers.get('link')).toContain('rel="successor-version"')
  expect((await belay(world, (open) => open.runs())).length).toBe(1)
})

test('when a notification is asked for then it is there by its number, and another is not', async () => {
  await ask('read', 'GET', '/admin/updates/check/force/')
  const { body } = await ask('read', 'GET', '/admin/updates/notifications/')
  const [first] = (body as { notifications: readonly { id: number }[] }).notifications
  const one = await ask('read', 'GET', `/admin/updates/notifications/${first?.id}/`)
  expect(one).toMatchObject({ status: 200, body: { notification: { version: '1.1.0', installed: false } } })
  expect(await ask('read', 'GET', '/admin/updates/notifications/999/')).toMatchObject({
    status: 404,
    body: { code: 'E_NOT_FOUND' },
  })
  expect((await ask('read', 'GET', '/admin/updates/notifications/..%2f/')).status).toBe(400)
})

test('when a restart alone is asked for then it says who does that', async () => {
  expect(await ask('operate', 'POST', '/api/update/restart')).toMatchObject({ status: 400, body: { code: 'E_USAGE' } })
})

test('when the config names no component of several then it is not found, and the hint says what to write', async () => {
  const several = await appliance(releases.url)
  try {
    await several.configure(releases.url, (config) => {
      const { app } = config.components
      const other = {
        ...app,
        strategy: { ...app.strategy, path: `${several.dir}/srv/other`, service: { type: 'none' } },
      }
      const components = { app, other: { ...other, checks: {} } }
      return { ...config, agent: { ...config.agent, listen: '127.0.0.1:0', compat: { helpdesk: 'app' } }, components }
    })
    await using second = new Agent(several)
    const at = await originOf(second)
    const headers = { authorization: `Bearer ${await tokenFor(several, 'admin')}` }
    const answer = await fetch(`${at}/api/system/version`)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({
      code: 'E_NOT_FOUND',
      hint: expect.stringMatching(/agent\.compat\.system: app/),
    })
    expect((await fetch(`${at}/admin/updates/history/`, { headers })).status).toBe(200)
  } finally {
    await several.remove()
  }
})

test('when the application writes its build date down then that is the one', async () => {
  const own = await appliance(releases.url)
  try {
    const config = JSON.parse(await readFile(own.configFile, 'utf8')) as { components: { app: object } }
    const build_date = { file: 'server.mjs', pattern: "from 'node:(fs)'" }
    await writeFile(
      own.configFile,
      JSON.stringify({ ...config, components: { app: { ...config.components.app, build_date } } }),
    )
    await using second = new Agent(own)
    const answer = await fetch(`${await originOf(second)}/api/system/version`)
    expect(await answer.json()).toEqual({ version: '1.0.0', build_date: 'fs', status: 'running' })
  } finally {
    await own.remove()
  }
})
