import { expect, test } from 'vitest'
import { fail } from '../../../core/model/problem.ts'
import { type Component, fixture, initOn, type Proposed, proposedOn } from '../../../../test/fakes/init.ts'

const real = ['aboro72/HelpDesk@master', 'aboro72/HelpDesk@updates', 'aboro72/HelpDesk@']

/** GitHub with these branches; a name without a branch: its default one is there. */
function github(branches: readonly string[], asked: string[] = []) {
  return {
    ask: async (source: { readonly [key: string]: unknown }) => {
      const wanted = [source['repo'], source['branch']].join('@')
      asked.push(wanted)
      if (branches.includes(wanted)) return ['0123456789ab']
      throw fail('E_NOT_FOUND', 'Not Found')
    },
  }
}

const offline = {
  ask: async () => {
    throw fail('E_NETWORK', 'api.github.com cannot be reached.')
  },
}

async function helpdesk(
  env: string,
  survey: Parameters<typeof proposedOn>[2] = { survey: github(real) },
  more = {},
): Promise<Proposed & Component> {
  const found = await proposedOn({ 'helpdesk/.env': env, ...more }, ['helpdesk/.env'], survey)
  const component = found.config.components['helpdesk']
  if (component === undefined) throw new Error(found.text)
  return { ...found, ...component }
}

const both = (found: Proposed) => `${found.comments}\n${found.notes.join('\n')}`

test('when the published example is read, then its database is backed up, and its four files are protected', async () => {
  const found = await helpdesk(fixture('helpdesk/env.example'))
  expect(found.strategy).toMatchObject({
    type: 'files',
    path: '/site/helpdesk',
    protect: ['.env', 'helpdesk/settings.py', 'db.sqlite3', 'manage.py'],
  })
  expect(found['data']).toStrictEqual([{ type: 'sqlite', path: '/site/helpdesk/db.sqlite3' }])
  expect(found['policy']).toStrictEqual({ auto: 'none' })
  expect(found.comments).toContain('DATABASE_URL in .env:28')
  expect(found.text).not.toContain('your-secret-key')
})

test('when keys are missing and nobody can be asked, then the defaults of its updater stand, and that is told', async () => {
  const found = await helpdesk('AUTO_UPDATE=False\n', { survey: offline })
  expect(found.source).toStrictEqual({ type: 'github-tree', repo: 'aborowczak/HelpDesk', branch: 'main' })
  expect(both(found)).toContain('could not be asked (api.github.com cannot be reached): belay check tells')
})

test('when the defaults are not there and the public repository is, then that one is followed, and it is told', async () => {
  const found = await helpdesk('AUTO_UPDATE=False\n')
  expect(found.source).toStrictEqual({ type: 'github-tree', repo: 'aboro72/HelpDesk', branch: 'master' })
  expect(found.comments).toContain('aborowczak/HelpDesk with a branch main')
  expect(found.notes.join()).toContain('aboro72/HelpDesk has a branch master')
})

test('when what is set is there, then it is followed without a word, by one question', async () => {
  const asked: string[] = []
  const env = 'GITHUB_REPO=https://github.com/aboro72/HelpDesk.git\nexport GITHUB_BRANCH="updates" # ours\n'
  const found = await helpdesk(env, { survey: github(real, asked) })
  expect(found.source).toStrictEqual({ type: 'github-tree', repo: 'aboro72/HelpDesk', branch: 'updates' })
  expect(found.notes).toStrictEqual([])
  expect(asked).toStrictEqual(['aboro72/HelpDesk@updates'])
})

test.each([
  [
    'GITHUB_REPO=aboro72/HelpDesk\nGITHUB_BRANCH=main',
    'aboro72/HelpDesk',
    'main',
    'GITHUB_BRANCH main is not there, and aboro72/HelpDesk has a branch master',
  ],
  [
    'GITHUB_REPO=aboro72/HelpDesks\nGITHUB_BRANCH=updates',
    'aboro72/HelpDesks',
    'updates',
    'GITHUB_REPO aboro72/HelpDesks is not to be found, and aboro72/HelpDesk has a branch updates',
  ],
  [
    'GITHUB_REPO=me/fork\nGITHUB_BRANCH=stable',
    'me/fork',
    'stable',
    'GITHUB_BRANCH stable is not there, and me/fork has a default branch',
  ],
])('H4: when %j is wrong, then it is kept, and what would be right is told', async (env, repo, branch, said) => {
  const found = await helpdesk(env, { survey: github([...real, 'me/fork@']) })
  expect(found.source).toStrictEqual({ type: 'github-tree', repo, branch })
  expect(found.comments).toContain(said)
  expect(both(found)).toContain('if that is meant, change it here')
})

test('when the branch alone is missing and the default one is not there, then the one that is there is followed', async () => {
  const found = await helpdesk('GITHUB_REPO=aboro72/HelpDesk\n')
  expect(found.source).toMatchObject({ repo: 'aboro72/HelpDesk', branch: 'master' })
})

test('when nothing of it is to be found, then the settings stay, and it is said that it may be private', async () => {
  const found = await helpdesk('GITHUB_REPO=me/secret\nGITHUB_BRANCH=x\n', { survey: github([]) })
  expect(found.source).toMatchObject({ repo: 'me/secret', branch: 'x' })
  expect(both(found)).toContain('where it is private, add token_env: GITHUB_TOKEN')
})

test.each([
  ['AUTO_UPDATE=True\nAUTO_UPDATE_HOUR=4', { auto: 'all', window: { cron: '0 4 * * *', duration: '1h' } }, ''],
  [
    'AUTO_UPDATE=on',
    { auto: 'all', window: { cron: '0 2 * * *', duration: '1h' } },
    'AUTO_UPDATE_HOUR is not set, which is 2',
  ],
  ['AUTO_UPDATE=False\nAUTO_UPDATE_HOUR=4', { auto: 'none' }, 'window: { cron: "0 4 * * *", duration: 1h }'],
  [
    'AUTO_UPDATE=True\nAUTO_UPDATE_HOUR=24',
    { auto: 'all', window: { cron: '0 2 * * *', duration: '1h' } },
    '.env:2: AUTO_UPDATE_HOUR is no hour',
  ],
  ['AUTO_UPDATE=sure', { auto: 'none' }, '.env:1: AUTO_UPDATE is neither True nor False'],
])('when it says %j, then that is the policy', async (env, policy, said) => {
  const found = await helpdesk(env)
  expect(found['policy']).toStrictEqual(policy)
  expect(found.comments).toContain(said)
})

test.each(['GITHUB_REPO=not a repository', 'GITHUB_REPO=../..', 'GITHUB_BRANCH=-x'])(
  'when %j cannot be read, then file and line are told and the default is taken',
  async (env) => {
    const found = await helpdesk(`# first\n${env}\n`)
    expect(found.comments).toMatch(/\/site\/helpdesk\/\.env:2: GITHUB_\w+ cannot be read/)
    expect(found.source).toMatchObject({ repo: 'aboro72/HelpDesk', branch: 'master' })
  },
)

test('when the folder is named, then what stands in it is used: environment, uploads, unit, checkout', async () => {
  const { config, comments } = await proposedOn(
    {
      '/srv/helpdesk/manage.py': '',
      '/srv/helpdesk/helpdesk/settings.py': '',
      '/srv/helpdesk/requirements.txt': '',
      '/srv/helpdesk/venv/bin/python': '',
      '/srv/helpdesk/media/a.png': '',
      '/srv/helpdesk/.env':
        'DATABASE_URL=mysql://help:hunter2@localhost:3306/helpdesk_db\nGITHUB_REPO=aboro72/HelpDesk\nGITHUB_BRANCH=master\n',
      '/srv/helpdesk/.git/HEAD': 'ref: refs/heads/master\n',
      '/srv/helpdesk/.git/config':
        '[remote "origin"]\n\turl = https://github.com/aboro72/HelpDesk\n[branch "master"]\n\tremote = origin\n\tmerge = refs/heads/master\n',
      '/etc/systemd/system/gunicorn.service': '[Service]\nUser=www-data\nWorkingDirectory=/srv/helpdesk\n',
    },
    ['/srv/helpdesk'],
    { survey: { ...github(real), changes: async () => 0 } },
  )
  expect(Object.keys(config.components)).toStrictEqual(['helpdesk'])
  expect(config.components['helpdesk']).toMatchObject({
    source: { type: 'github-tree' },
    strategy: {
      type: 'files',
      user: 'www-data',
      service: { type: 'systemd', unit: 'gunicorn' },
      migrate: [['venv/bin/python', 'manage.py', 'migrate', '--noinput']],
    },
    data: [
      {
        type: 'mysql',
        database: 'helpdesk_db',
        host: 'localhost',
        port: 3306,
        user: 'help',
        password: { env: 'HELPDESK_DATABASE_PASSWORD' },
      },
      { type: 'path', path: '/srv/helpdesk/media' },
    ],
  })
  expect(comments).toContain('Or, in place of the source and strategy above: /srv/helpdesk is a git checkout of it')
  expect(comments).toContain('source: { type: git, url: "https://github.com/aboro72/HelpDesk", ref: master }')
  expect(comments).not.toContain('hunter2')
})

test('when GitHub is another one, as its own programs are told, then it is asked there', async () => {
  const found = await helpdesk('GITHUB_REPO=me/fork\nGITHUB_BRANCH=x\n', {
    survey: github(['me/fork@x']),
    env: { GITHUB_API_URL: 'https://me:hunter2@github.example/api/v3/' },
  })
  expect(found.source['api']).toBe('https://github.example/api/v3')
  expect(found.text).not.toContain('hunter2')
})

test.each([
  ['FOO=bar\n', 'none of the files that can be read here'],
  ['\0F\0O\0O', 'no text in UTF-8'],
])('when an .env is nobody’s (%j), then nothing is written, and what was looked for is said', async (env, said) => {
  const { code, said: document, text } = await initOn({ '.env': env }, ['.env'], { survey: github(real) })
  expect(code).toBe(2)
  expect(JSON.stringify(document)).toContain(said)
  expect(text).toBeNull()
})
