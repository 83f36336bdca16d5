import { describe, expect, test } from 'vitest'
import { fixture, initOn, proposedOn } from '../../../../test/fakes/init.ts'

const compose = (name: string) => fixture(`compose/dunebugger/${name}.docker-compose.yml`)

const core = {
  source: { type: 'github', repo: 'marco-svitol/dunebugger', asset: 'dunebugger-{version}.tar.gz', prereleases: true },
  strategy: {
    type: 'directory',
    path: '/opt/dunebugger/core',
    layout: 'in-place',
    preserve: ['app/config/**'],
    prepare: [
      ['python3', '-m', 'venv', '.venv'],
      ['.venv/bin/python', '-m', 'pip', 'install', '-r', 'requirements.txt'],
    ],
    service: { type: 'systemd', unit: 'dunebugger' },
  },
  version: { file: 'VERSION' },
  aliases: ['dunebugger-core'],
  backups: { keep: 5, path: ['/opt/dunebugger/backups'] },
  trust: { require: 'checksum' },
}

test('when the published settings and compose file are read, then they are its three components and remote goes first', async () => {
  const { config, comments } = await proposedOn(
    {
      'dunebugger.conf': fixture('dunebugger/remote-8e7cbba.dunebugger.conf'),
      '/opt/dunebugger/docker-compose.yml': compose('install-6ddc8d7'),
    },
    ['dunebugger.conf'],
  )
  expect(config.agent).toStrictEqual({ check: { every: '24h' } })
  expect(Object.keys(config.components)).toStrictEqual(['core', 'remote', 'scheduler', 'nats-server'])
  expect(config.components['core']).toStrictEqual({ ...core, requires: { remote: '*' } })
  for (const name of ['remote', 'scheduler']) {
    expect(config.components[name]).toMatchObject({
      source: { type: 'oci', image: `ghcr.io/marco-svitol/dunebugger-${name}`, prereleases: true },
      strategy: { type: 'compose', file: '/opt/dunebugger/docker-compose.yml', service: name },
      aliases: [`dunebugger-${name}`],
    })
  }
  expect(config.components['scheduler']?.['requires']).toStrictEqual({ remote: '*' })
  expect(comments).toContain('depends_on dunebugger-remote, and there is no such service, so compose refuses the file')
  expect(comments).toContain('the placeholder <DUNEBUGGER_REMOTE_VERSION_HERE>')
})

test.each(['install-9bac153', 'remote-5a47b67'])(
  'when the compose file is that of %s, then its services have the names of their components',
  async (name) => {
    const conf = fixture('dunebugger/remote-8e7cbba.dunebugger.conf')
    const { config } = await proposedOn({ 'dunebugger.conf': conf, 'docker-compose.yml': compose(name) }, ['.'])
    expect(Object.keys(config.components)).toEqual(expect.arrayContaining(['core', 'remote', 'nats-server']))
    expect(config.components['remote']?.strategy['service']).toBe('dunebugger-remote')
  },
)

describe('stages of its settings', () => {
  test('when betas were not wanted, then they are not, and it is said that there is nothing else', async () => {
    const conf = fixture('dunebugger/remote-0198d7e.dunebugger.conf')
    const { config, comments } = await proposedOn({ 'd.conf': conf }, ['d.conf'])
    expect(config.components['core']?.source['prereleases']).toBeUndefined()
    expect(comments).toContain('every release of DuneBugger so far is a beta: without prereleases: true none is found')
    expect(comments).toContain('the containers of /opt/dunebugger/docker-compose.yml are not part of this file')
  })

  test('when they are of a time before the updater, then its defaults stand, and that is told', async () => {
    const conf = fixture('dunebugger/remote-5d937a7.dunebugger.conf')
    const { config, comments } = await proposedOn({ 'dunebugger.conf': conf }, ['dunebugger.conf'])
    expect(config.components['core']?.strategy['path']).toBe('/opt/dunebugger/core')
    expect(comments).toContain('/site/dunebugger.conf has no [Updater] section')
  })

  test('when keys and values are written otherwise, then they mean the same', async () => {
    const conf =
      '[UPDATER]\r\ngithubaccount: "me"\r\nINCLUDEPRERELEASE = true\r\nUpdateCheckIntervalHours=12\r\nbackuppath = \'/b/\'\r\ncoreInstallPath = /srv/core\r\n'
    const { config } = await proposedOn({ 'd.conf': conf }, ['d.conf'])
    expect(config).toMatchObject({
      agent: { check: { every: '12h' } },
      components: {
        core: {
          source: { repo: 'me/dunebugger', prereleases: true },
          strategy: { path: '/srv/core' },
          backups: { path: ['/b'] },
        },
      },
    })
  })

  test.each([
    ['githubAccount = a b', 'd.conf:2: githubAccount is not an account of GitHub'],
    ['includePrerelease = maybe', 'd.conf:2: includePrerelease is not True or False'],
    ['updateCheckIntervalHours = often', 'd.conf:2: updateCheckIntervalHours is not a number of hours'],
    ['coreInstallPath = core', 'd.conf:2: coreInstallPath is not an absolute path'],
  ])('when %j makes no sense, then file and line are told, and the default is taken', async (line, said) => {
    const { config, comments } = await proposedOn({ 'd.conf': `[Updater]\n${line}\n` }, ['d.conf'])
    expect(comments).toContain(said)
    expect(config.components['core']).toMatchObject({
      source: { repo: 'marco-svitol/dunebugger' },
      strategy: { path: '/opt/dunebugger/core' },
    })
  })
})

describe('UPDATER_ variables', () => {
  const remote = (more: string) =>
    `services:\n  remote:\n    image: ghcr.io/marco-svitol/dunebugger-remote:1.0.0-beta.5\n${more}`
  const account = (found: Awaited<ReturnType<typeof proposedOn>>) => found.config.components['core']?.source['repo']

  test('when they are in an env file, then they are its settings', async () => {
    const env =
      'SECRET_TOKEN=hunter2\nUPDATER_GITHUBACCOUNT=me\nUPDATER_INCLUDEPRERELEASE=True\nUPDATER_UPDATECHECKINTERVALHOURS=x\n'
    const found = await proposedOn({ 'remote.env': env }, ['remote.env'])
    expect(account(found)).toBe('me/dunebugger')
    expect(found.comments).toContain('/site/remote.env:4: UPDATER_UPDATECHECKINTERVALHOURS is not a number of hours')
    expect(found.text).not.toContain('hunter2')
  })

  test.each([
    ['environment: [ UPDATER_GITHUBACCOUNT=me ]', {}],
    ['environment: { UPDATER_GITHUBACCOUNT: me }', {}],
    ['env_file: [ .env ]', { '.env': 'UPDATER_GITHUBACCOUNT=me\nOTHER=hunter2\n' }],
  ])('when a compose file has %s, then they are its settings', async (line, more) => {
    const found = await proposedOn({ 'docker-compose.yml': remote(`    ${line}\n`), ...more }, ['docker-compose.yml'])
    expect(account(found)).toBe('me/dunebugger')
    expect(found.config.components['core']?.['requires']).toStrictEqual({ remote: '*' })
    expect(found.text).not.toContain('hunter2')
  })

  test('when another program has variables that begin so, then there is no DuneBugger', async () => {
    const found = await initOn({ 'x.env': 'UPDATER_TOKEN=hunter2\n' }, ['x.env'], { env: { UPDATER_MODE: 'fast' } })
    expect([found.code, found.text]).toStrictEqual([2, null])
  })

  test('when several places say the same, then the process comes before the container, and that before the file', async () => {
    const files = {
      'd.conf': '[Updater]\ngithubAccount = conf\nbackupPath = /conf\ncoreInstallPath = /conf\n',
      'docker-compose.yml': remote('    environment: { UPDATER_GITHUBACCOUNT: box, UPDATER_BACKUPPATH: /box }\n'),
    }
    const found = await proposedOn(files, ['d.conf', 'docker-compose.yml'], {
      env: { UPDATER_GITHUBACCOUNT: 'process' },
    })
    expect(account(found)).toBe('process/dunebugger')
    expect(found.config.components['core']).toMatchObject({ strategy: { path: '/conf' }, backups: { path: ['/box'] } })
  })
})

test('when the core is the git checkout that old installations have, then git is followed, and releases stand beside it', async () => {
  const { config, comments } = await proposedOn(
    {
      '/opt/dunebugger/app/main.py': '',
      '/opt/dunebugger/.git/HEAD': 'ref: refs/heads/main\n',
      '/opt/dunebugger/.git/config': '[remote "origin"]\n\turl = https://github.com/marco-svitol/dunebugger\n',
      '/etc/systemd/system/dunebugger.service': fixture('dunebugger/dunebugger.service'),
      'dunebugger.conf': fixture('dunebugger/remote-8e7cbba.dunebugger.conf'),
    },
    ['dunebugger.conf', 'dunebugger'],
  )
  expect(Object.keys(config.components)).toStrictEqual(['core'])
  expect(config.components['core']).toMatchObject({
    source: { type: 'git', url: 'https://github.com/marco-svitol/dunebugger' },
    strategy: { type: 'git', path: '/opt/dunebugger', user: 'pi', service: { unit: 'dunebugger' } },
  })
  expect(comments.match(/Or, in place of/g)).toHaveLength(1)
  expect(comments).toContain("Or, in place of the source and strategy above: DuneBugger's own releases")
})

test('when a file is no UTF-8 text, then nothing is written', async () => {
  const { code, text } = await initOn({ 'd.conf': '\ufffd\ufffd[\0U\0p\0' }, ['d.conf'])
  expect([code, text]).toStrictEqual([2, null])
})
