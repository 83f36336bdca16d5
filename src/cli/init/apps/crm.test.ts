import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { survey } from '../../../main/survey.ts'
import { type Component, fixture, initOn, type Proposed, proposedOn } from '../../../../test/fakes/init.ts'

/** As it is published, with another address. */
const versionPy = (
  url: string,
  more = 'ENABLE_AUTO_UPDATE_CHECK = True\nUPDATE_CHECK_INTERVAL_HOURS = 24\n',
) => `# CRM Backend - Version Configuration
VERSION = "1.2.0"
BUILD_DATE = "2025-01-15"
UPDATE_CHECK_URL = "${url}"

# Feature flags
${more}`

const placeholder = 'https://api.github.com/repos/yourusername/crm-backend/releases/latest'

const checkout = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/config':
    '[remote "origin"]\n\turl = https://github.com/dadad132/cem-backend.git\n[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n',
}

async function crm(
  files: Readonly<Record<string, string>>,
  folder = '/opt/crm-backend',
): Promise<Proposed & Component> {
  const at = Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name.startsWith('/') ? name : `${folder}/${name}`, text]),
  )
  const found = await proposedOn(at, [folder], { survey: { changes: async () => 0 } })
  const component = found.config.components['crm']
  if (component === undefined) throw new Error(found.text)
  return { ...found, ...component }
}

describe('where new versions come from', () => {
  test.each([
    [
      'https://api.github.com/repos/acme/crm/releases/latest',
      { type: 'github', repo: 'acme/crm', asset: 'source-tar' },
    ],
    ['https://api.github.com/repos/acme/crm/releases', { type: 'github', repo: 'acme/crm', asset: 'source-tar' }],
    ['https://github.com/acme/crm/releases/latest', { type: 'github', repo: 'acme/crm', asset: 'source-tar' }],
    [
      'https://ghe.example/api/v3/repos/acme/crm/releases/latest',
      { type: 'github', repo: 'acme/crm', api: 'https://ghe.example/api/v3', asset: 'source-tar' },
    ],
    [
      'https://updates.acme.test/api/latest-version',
      { type: 'http', url: 'https://updates.acme.test/api/latest-version' },
    ],
    ['https://gitlab.com/api/v4/projects/4711/releases/latest', { type: 'gitlab', project: 4711, asset: 'source-tar' }],
    [
      'https://gitlab.com/api/v4/projects/acme%2Fcrm/releases/permalink/latest',
      { type: 'gitlab', repo: 'acme/crm', asset: 'source-tar' },
    ],
    [
      'https://git.acme.test/api/v4/projects/12/releases',
      { type: 'gitlab', project: 12, url: 'https://git.acme.test', asset: 'source-tar' },
    ],
  ])('when UPDATE_CHECK_URL is %s and there is no checkout, then that is the source', async (url, source) => {
    const found = await crm({ 'app/core/version.py': versionPy(url) })
    expect(found.source).toStrictEqual(source)
    expect(found.strategy).toMatchObject({ type: 'directory', path: '/opt/crm-backend', layout: 'in-place' })
  })

  test.each([
    placeholder,
    'https://your-update-server.com/api/latest-version',
    'https://gitlab.com/api/v4/projects/YOUR_PROJECT_ID/releases/latest',
    'https://example.com/crm.json',
  ])('C1: when UPDATE_CHECK_URL is still %s, then that is told with its line, and never followed', async (url) => {
    const found = await crm({ 'app/core/version.py': versionPy(url) })
    expect(found.source).toMatchObject({ repo: 'OWNER/REPOSITORY' })
    expect(found.comments).toContain('app/core/version.py:4: UPDATE_CHECK_URL is still the placeholder')
    const git = await crm({ 'app/core/version.py': versionPy(url), ...checkout })
    expect(git.source).toStrictEqual({ type: 'git', url: 'https://github.com/dadad132/cem-backend.git', ref: 'main' })
    expect(git.comments).not.toContain('Or, in place of')
  })

  test('when it is a checkout and an address is written, then git is followed, and the other way stands beside it', async () => {
    const found = await crm({
      'app/core/version.py': versionPy('https://u:hunter2@updates.acme.test/v?key=hunter2'),
      ...checkout,
    })
    expect(found.source).toMatchObject({ type: 'git' })
    expect(found.comments).toContain('its updater pulled this checkout, whatever UPDATE_CHECK_URL said')
    expect(found.comments).toContain('source: { type: http, url: "https://updates.acme.test/v" }')
    expect(found.comments).toContain('strategy: { type: directory, path: /opt/crm-backend, layout: in-place')
    expect(found.comments).toContain('what looked like a password or token in it is not copied')
    expect(found.text).not.toContain('hunter2')
  })
})

test('when the other way is taken from its comments, then that is a valid config, too', async () => {
  const real = survey({}, '0.0.0')
  for (const url of [
    'https://updates.acme.test/v',
    'https://github.com/acme/crm',
    'https://gitlab.com/api/v4/projects/1/releases',
  ]) {
    const { text } = await crm({ 'app/core/version.py': versionPy(url), ...checkout })
    const lines = text.split('\n')
    const kept = lines.filter(
      (each) => !/^ {4}(?:source|strategy):$|^ {6}/.test(each) || /^ {6}(?:auto|window|- )/.test(each),
    )
    const exchanged = kept.map((each) => each.replace(/^ {4}# (source|strategy): /, '    $1: ')).join('\n')
    expect(parse(exchanged).components.crm).toMatchObject({ strategy: { type: 'directory' } })
    await real.validate(exchanged, '/site/belay.yaml')
  }
})

test('when its folder is named, then database, attachments, packages, tables and unit come along', async () => {
  const found = await crm({
    'app/core/version.py': versionPy(placeholder),
    '.env': fixture('crm/env.example'),
    'alembic.ini': fixture('crm/alembic.ini'),
    'requirements.txt': '',
    'venv/bin/python': '',
    'uploads/a.pdf': '',
    'app/uploads/b.pdf': '',
    'migrate_contacts.py': '',
    'fix_totals.py': '',
    '/etc/systemd/system/crm-backend.service': fixture('crm/crm-backend.service'),
    ...checkout,
  })
  expect(Object.keys(found.config.components)).toStrictEqual(['crm'])
  expect(found.strategy).toMatchObject({
    type: 'git',
    path: '/opt/crm-backend',
    user: 'crm',
    migrate: [['venv/bin/python', '-m', 'alembic', 'upgrade', 'head']],
    service: { type: 'systemd', unit: 'crm-backend' },
  })
  expect(found).toMatchObject({
    aliases: ['crm-backend'],
    data: [
      { type: 'sqlite', path: '/opt/crm-backend/data.db' },
      { type: 'path', path: '/opt/crm-backend/uploads' },
      { type: 'path', path: '/opt/crm-backend/app/uploads' },
    ],
    policy: { auto: 'none' },
    check: { every: '24h' },
    backups: { keep: 10 },
  })
  expect(found.comments).toContain('its updater ran 2 scripts such as fix_totals.py at every update')
  expect(found.comments).toContain('http://localhost:8000/api/system/health')
  expect(found.text).not.toContain('change-me-in-production')
})

test('when there is no .env, then alembic.ini tells where the database is; without it, it is the default one', async () => {
  const module = { 'app/core/version.py': versionPy(placeholder) }
  const ini = '[alembic]\nsqlalchemy.url = postgresql://crm:hunter2@db/crm\n'
  const found = await crm({ ...module, 'alembic.ini': ini })
  expect(found['data']).toStrictEqual([
    { type: 'postgres', database: 'crm', host: 'db', user: 'crm', password: { env: 'CRM_DATABASE_PASSWORD' } },
  ])
  expect(found.text).not.toContain('hunter2')
  expect((await crm(module))['data']).toStrictEqual([{ type: 'sqlite', path: '/opt/crm-backend/data.db' }])
})

test.each([
  ['ENABLE_AUTO_UPDATE_CHECK = False\nUPDATE_CHECK_INTERVAL_HOURS = 6\n', { every: 'off' }, ''],
  ['UPDATE_CHECK_INTERVAL_HOURS = 6\n', { every: '6h' }, ''],
  [
    'UPDATE_CHECK_INTERVAL_HOURS = "often"\n',
    undefined,
    'version.py:7: UPDATE_CHECK_INTERVAL_HOURS is not a number of hours',
  ],
  [
    'UPDATE_CHECK_INTERVAL_HOURS = int(os.environ["H"])\n',
    undefined,
    'version.py:7: UPDATE_CHECK_INTERVAL_HOURS is computed',
  ],
  ['ENABLE_AUTO_UPDATE_CHECK = 1\n', undefined, 'version.py:7: ENABLE_AUTO_UPDATE_CHECK is not True or False'],
])('when it is to be asked as %j says, then that is kept, or told with its line', async (more, check, said) => {
  const found = await crm({ 'app/core/version.py': versionPy(placeholder, more) })
  expect(found['check']).toStrictEqual(check)
  expect(found.comments).toContain(said)
})

test.each([
  ['VERSION = "1.2.0"', '1.2.0'],
  ["VERSION='1.2.0'", '1.2.0'],
  ['VERSION: str = "1.2.0"', '1.2.0'],
  ['MIN_VERSION = "1.0.0"', null],
])('when the version is written as %j, then the probe reads %s', async (line, version) => {
  const found = await crm({ 'app/core/version.py': versionPy('https://github.com/a/b') })
  const { pattern } = found['version'] as { readonly pattern: string }
  expect(new RegExp(pattern).exec(line)?.[1] ?? null).toBe(version)
})

test.each([
  ['/srv/crm/app/core/version.py', '/srv/crm', 'app/core/version.py'],
  ['/srv/crm/version.py', '/srv/crm', 'version.py'],
])('when the module %s itself is named, then %s is the application', async (file, path, inside) => {
  const { config } = await proposedOn({ [file]: versionPy('https://github.com/a/b') }, [file])
  expect(config.components['crm']).toMatchObject({ strategy: { path }, version: { file: inside } })
})

test.each([
  ['VERSION = "1.2.0', '/site/version.py:1: a text begins here and does not end'],
  ['import os\n', 'none of the files that can be read here'],
])('when the module is %j, then nothing is written, and the reason is told', async (text, said) => {
  const found = await initOn({ 'version.py': text }, ['version.py'])
  expect(found.code).toBe(2)
  expect(JSON.stringify(found.said)).toContain(said)
  expect(found.text).toBeNull()
})

test('when its .env alone is named, then it is taken for CRM by what is in it', async () => {
  const { config } = await proposedOn({ '.env': fixture('crm/env.example') }, ['.env'])
  expect(Object.keys(config.components)).toStrictEqual(['crm'])
})
