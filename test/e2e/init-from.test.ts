// needs: git
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { githubBranches, githubReleases, gitlabReleases, serve, updateServer } from './init-from.servers.ts'

const execute = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const fixtures = join(root, 'test/fixtures')

interface Checked {
  readonly latest: string | null
  readonly current: string | null
  readonly error: { readonly code: string } | null
}

/** A folder as somebody has it on a host, and `belay` in it. */
class Home implements AsyncDisposable {
  readonly dir: string
  readonly #env: Readonly<Record<string, string>>

  private constructor(dir: string, env: Readonly<Record<string, string>>) {
    this.dir = dir
    this.#env = env
  }

  static async open(
    files: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Home> {
    const home = new Home(await mkdtemp(join(tmpdir(), 'belay-init-')), env)
    for (const [name, text] of Object.entries(files)) await home.write(name, text)
    return home
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.dir, name)), { recursive: true })
    await writeFile(join(this.dir, name), text)
  }

  async git(folder: string, ...words: readonly string[]): Promise<void> {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'init.defaultBranch=main']
    await execute('git', [...who, ...words], { cwd: join(this.dir, folder), env: { PATH: process.env['PATH'] ?? '' } })
  }

  async belay(
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly said: Record<string, unknown>; readonly err: string }> {
    // Nothing outside of this host is asked: an engine, a proxy or a login of whoever runs the test is none of its business.
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.dir,
      DOCKER_HOST: `unix://${this.dir}/no-engine.sock`,
      ...this.#env,
    }
    const argv = ['--state', join(this.dir, '.state'), '--json', ...words]
    const { stdout, stderr, code } = await execute(join(root, 'bin/belay'), argv, { cwd: this.dir, env }).then(
      (done) => ({ ...done, code: 0 }),
      (error: unknown) => error as { readonly stdout: string; readonly stderr: string; readonly code: number },
    )
    return { code, said: JSON.parse(stdout), err: stderr }
  }

  /** Written, valid, and asked. */
  async moved(...from: readonly string[]) {
    const made = await this.belay('init', ...from.flatMap((name) => ['--from', name]))
    expect(made, JSON.stringify(made)).toMatchObject({ code: 0 })
    const text = await readFile(join(this.dir, 'belay.yaml'), 'utf8')
    // Where the tests run, no systemd may be there to be asked.
    await this.write('belay.yaml', text.replace(/service: \{ type: systemd[^}]*\}/g, 'service: { type: none }'))
    expect(await this.belay('validate')).toMatchObject({ code: 0, said: { valid: true } })
    const { said, code } = await this.belay('check', '--force')
    return {
      text,
      config: parse(text),
      notes: made.said['notes'],
      code,
      checked: said['components'] as Record<string, Checked>,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true })
  }
}

const text = (name: string) => readFile(join(fixtures, name), 'utf8')
const [a, b] = ['a'.repeat(40), 'b'.repeat(40)]

test('when HelpDesk is read, then its branch is found by asking, and checked', async () => {
  await using github = await serve(githubBranches({ 'aboro72/HelpDesk': { master: a, updates: b } }))
  const env = { GITHUB_API_URL: github.url }
  await using home = await Home.open({ 'helpdesk/.env': await text('helpdesk/env.example') }, env)
  const { config, checked, code } = await home.moved('helpdesk/.env')
  expect(config).toMatchObject({
    agent: { allow_http: ['127.0.0.1'] },
    components: {
      helpdesk: {
        source: { type: 'github-tree', repo: 'aboro72/HelpDesk', branch: 'master' },
        strategy: { type: 'files', path: join(home.dir, 'helpdesk') },
        data: [{ type: 'sqlite', path: join(home.dir, 'helpdesk/db.sqlite3') }],
      },
    },
  })
  expect(checked['helpdesk']).toMatchObject({ latest: a.slice(0, 12), error: null })
  expect(code).toBe(0)
})

test('H4: when the branch that is set is not there, then init tells, keeps it, and check is an error', async () => {
  await using github = await serve(githubBranches({ 'aboro72/HelpDesk': { master: a, updates: b } }))
  const env = 'GITHUB_REPO=aboro72/HelpDesk\nGITHUB_BRANCH=main\nAUTO_UPDATE=True\nAUTO_UPDATE_HOUR=3\n'
  await using home = await Home.open({ '.env': env }, { GITHUB_API_URL: github.url })
  const { config, notes, checked, code } = await home.moved('.env')
  expect(config.components.helpdesk).toMatchObject({
    source: { branch: 'main' },
    policy: { auto: 'all', window: { cron: '0 3 * * *', duration: '1h' } },
  })
  expect(String(notes)).toContain('GITHUB_BRANCH main is not there, and aboro72/HelpDesk has a branch master')
  expect(checked['helpdesk']).toMatchObject({ error: { code: 'E_NOT_FOUND' } })
  expect(code).toBe(1)
})

const versionPy = (url: string) => `VERSION = "1.2.0"
BUILD_DATE = "2025-01-15"
UPDATE_CHECK_URL = "${url}"
ENABLE_AUTO_UPDATE_CHECK = True
UPDATE_CHECK_INTERVAL_HOURS = 24
`

test.each([
  [
    'A, GitHub',
    githubReleases('acme/crm', ['v1.3.0', 'v1.2.0'], (v) => `crm-${v}.zip`),
    '/repos/acme/crm/releases/latest',
    'github',
  ],
  ['B, a server of its own', updateServer('1.3.0'), '/api/latest-version', 'http'],
  ['C, GitLab', gitlabReleases('4711', ['v1.3.0', 'v1.2.0']), '/api/v4/projects/4711/releases/latest', 'gitlab'],
] as const)(
  'C1: when CRM asks option %s, then so does belay, and the newer version is seen',
  async (_, answer, path, type) => {
    await using server = await serve(answer)
    await using home = await Home.open({
      'crm/app/core/version.py': versionPy(`${server.url}${path}`),
      'crm/.env': await text('crm/env.example'),
      'crm/alembic.ini': await text('crm/alembic.ini'),
    })
    const { config, checked, code } = await home.moved('crm')
    expect(config.components.crm).toMatchObject({ source: { type }, strategy: { type: 'directory' } })
    expect(checked['crm']).toMatchObject({
      current: '1.2.0',
      latest: expect.stringMatching(/^v?1\.3\.0$/) as string,
      error: null,
    })
    expect(code).toBe(0)
  },
)

/** A checkout in `folder`, of a repository that has one commit more by now. */
async function checkoutIn(home: Home, folder: string): Promise<void> {
  await mkdir(join(home.dir, 'origin.git'))
  await home.git('origin.git', 'init', '-q', '--bare')
  await home.git(folder, 'init', '-q')
  await home.git(folder, 'add', '.')
  await home.git(folder, 'commit', '-q', '-m', 'one')
  await home.git(folder, 'remote', 'add', 'origin', join(home.dir, 'origin.git'))
  await home.git(folder, 'commit', '-q', '--allow-empty', '-m', 'two')
  await home.git(folder, 'push', '-q', '-u', 'origin', 'main')
  await home.git(folder, 'reset', '-q', '--hard', 'HEAD~1')
}

test('when CRM is the checkout that it really is, then git is followed, and the new commit is seen', async () => {
  const address = 'https://api.github.com/repos/yourusername/crm-backend/releases/latest'
  await using home = await Home.open({ 'crm/app/core/version.py': versionPy(address), 'crm/requirements.txt': '' })
  await checkoutIn(home, 'crm')
  await home.write('crm/requirements.txt', 'edited')
  const { config, checked, notes } = await home.moved('crm')
  expect(config.components.crm).toMatchObject({
    source: { type: 'git', url: join(home.dir, 'origin.git'), ref: 'main' },
    strategy: { type: 'git', path: join(home.dir, 'crm') },
  })
  expect(String(notes)).toContain('UPDATE_CHECK_URL is still the placeholder')
  expect(String(notes)).toContain('one file was changed in the checkout')
  expect(checked['crm']).toMatchObject({ update_available: true, error: null })
})

test('when the whisper appliance is read, then it is its checkout, its data is kept, and a mark left behind is told', async () => {
  await using home = await Home.open({
    'whisper/src/main.py': '',
    'whisper/.gitignore': 'ssl/\ndata/\n.maintenance_mode\n',
    'whisper/ssl/whisper-appliance.key': 'PRIVATE',
    'whisper/data/chat.json': '{}',
    'whisper/.maintenance_mode': '{"enabled_at": "2025-07-05T10:00:00", "auto_mode": true, "pid": 999999999}',
  })
  for (const name of ['VERSION', 'whisper-appliance_version.txt', 'maintenance_config.json'])
    await cp(join(fixtures, 'whisper', name), join(home.dir, 'whisper', name))
  await checkoutIn(home, 'whisper')
  const { config, checked, notes } = await home.moved('whisper')
  expect(config.components.whisper).toMatchObject({
    source: { type: 'git' },
    data: [{ path: join(home.dir, 'whisper/ssl') }, { path: join(home.dir, 'whisper/data') }],
  })
  expect(String(notes)).toContain('its process 999999999 is gone')
  expect(checked['whisper']).toMatchObject({ update_available: true, error: null })
})

test('when DuneBugger is read, then its core is checked, and no container that cannot be asked is "up to date"', async () => {
  const releases = githubReleases(
    'marco-svitol/dunebugger',
    ['v1.0.0-beta.6', 'v1.0.0-beta.5'],
    (v) => `dunebugger-${v}.tar.gz`,
  )
  await using github = await serve(releases)
  await using home = await Home.open(
    { 'core/VERSION': await text('dunebugger/remote-5171c0a.VERSION') },
    { GITHUB_API_URL: github.url },
  )
  const conf = (await text('dunebugger/remote-8e7cbba.dunebugger.conf')).replaceAll('/opt/dunebugger', home.dir)
  // No registry of the world is asked: this one is not there.
  const compose = (await text('compose/dunebugger/install-6ddc8d7.docker-compose.yml')).replaceAll(
    'ghcr.io',
    'localhost:1',
  )
  await home.write('config/dunebugger.conf', conf)
  await home.write('docker-compose.yml', compose)
  const { config, checked, text: written, code } = await home.moved('.')
  expect(Object.keys(config.components)).toStrictEqual(['core', 'remote', 'scheduler', 'nats-server'])
  expect([config.components.core.requires, config.components.scheduler.requires]).toStrictEqual([
    { remote: '*' },
    { remote: '*' },
  ])
  expect(written).toContain('so compose refuses the file')
  expect(checked['core']).toMatchObject({
    current: '1.0.0-beta.5',
    latest: expect.stringContaining('1.0.0-beta.6') as string,
    error: null,
  })
  for (const name of ['remote', 'scheduler']) expect(checked[name]?.error).not.toBeNull()
  expect(code).toBe(1)
})

test.each([
  'crm/crm-backend.service',
  'whisper/whisper-appliance.service',
  'dunebugger/dunebugger.service',
  'dunebugger/dunebugger-starter.service.template',
])('when the unit %s is read, then the config is valid as it stands', async (name) => {
  const file = name.split('/').at(-1) ?? ''
  await using home = await Home.open({ [file]: await text(name) })
  expect(await home.belay('init', '--from', file)).toMatchObject({ code: 0 })
  expect(await home.belay('validate')).toMatchObject({ said: { valid: true } })
})

test('when nothing is named, then what this host is stands at the top, and the config is valid', async () => {
  await using home = await Home.open({})
  expect(await home.belay('init')).toMatchObject({ code: 0 })
  expect(await home.belay('validate')).toMatchObject({ said: { valid: true } })
  expect(await readFile(join(home.dir, 'belay.yaml'), 'utf8')).toMatch(
    /^# This is [^:]*What fits here[\s#]+by default/m,
  )
})

test('when all of them are named, then they are one config; when it is there, then it stays without --force', async () => {
  await using github = await serve(githubBranches({ 'aboro72/HelpDesk': { master: a } }))
  await using home = await Home.open(
    {
      'helpdesk/.env': 'GITHUB_REPO=aboro72/HelpDesk\nGITHUB_BRANCH=master\n',
      'crm/app/core/version.py': versionPy('https://updates.acme.test/v'),
      'dunebugger.conf': await text('dunebugger/remote-8e7cbba.dunebugger.conf'),
      'whisper-appliance.service': await text('whisper/whisper-appliance.service'),
    },
    { GITHUB_API_URL: github.url },
  )
  const from = ['helpdesk', 'crm', 'dunebugger.conf', 'whisper-appliance.service'].flatMap((name) => ['--from', name])
  expect((await home.belay('init', ...from)).said).toMatchObject({ components: ['helpdesk', 'crm', 'whisper', 'core'] })
  expect(await home.belay('validate')).toMatchObject({ said: { valid: true } })
  expect(await home.belay('init', '--from', 'crm')).toMatchObject({ code: 2 })
  expect((await home.belay('init', '--force', '--from', 'crm')).said).toMatchObject({ components: ['crm'] })
})
