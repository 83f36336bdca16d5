import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { detected } from '../../../test/fakes/detected.ts'
import { surveyOf } from '../../../test/fakes/survey.ts'
import { fakeTerminal, portsWith } from '../../../test/fakes/terminal.ts'
import { fail } from '../../core/model/problem.ts'
import { survey } from '../../main/survey.ts'
import type { Survey } from '../ports.ts'
import { runCli } from '../program.ts'
import { noFacts } from './facts.ts'
import { joinFacts } from './join.ts'
import { hasSection, last, parseIni } from './ini.ts'
import { starterConfig } from './starter.ts'
import { fixture, initOn, proposedOn } from '../../../test/fakes/init.ts'
import { unitFacts } from './unit.ts'

const unit = fixture('dunebugger/dunebugger.service')
const conf = fixture('dunebugger/remote-8e7cbba.dunebugger.conf')

test('when a file is read then sections, quotes, comments and long lines are understood', () => {
  const ini = parseIni(`\ufeff; c\r\n[A]\r\nKey = "v w"\r\nlong = a \\\r\n b\r\nkey: 2\r\nnonsense\r\n`)
  expect(last(ini, 'A', 'KEY')).toBe('2')
  expect(last(ini, 'A', 'long')).toBe('a   b')
  expect(last(parseIni('[A]\nkey = "v w"\nempty =\n'), 'A', 'key')).toBe('v w')
  expect(last(parseIni('[A]\nempty =\n'), 'A', 'empty')).toBeNull()
  expect(hasSection(parseIni('[updater]\n'), 'Updater')).toBe(true)
})

test('when two units are read then they are two components', () => {
  const [a, b] = [
    unitFacts(parseIni('[Service]\nWorkingDirectory=/srv/a\n'), 'a.service'),
    unitFacts(parseIni('[Service]\n'), 'B_2@x.service'),
  ]
  expect(joinFacts([a, b]).components.map(({ name, path }) => [name, path])).toEqual([
    ['a', '/srv/a'],
    ['b_2-x', null],
  ])
})

test('when nothing is known then the config is an example that says what to change', () => {
  const text = starterConfig(noFacts)
  expect(Object.keys(parse(text).components)).toEqual(['app'])
  expect(text).toContain('change this')
})

test('when a file tries to say more than a value then it stays a value', () => {
  const evil = parseIni('[Service]\nUser=pi }, x: {\nWorkingDirectory=/srv/a: "b" # c\n')
  const facts = unitFacts(evil, 'a\nversion: 2.service')
  const config = parse(starterConfig({ ...facts, notes: ['one\nversion: 3'] }))
  expect(config.version).toBe(1)
  expect(Object.values(config.components)).toMatchObject([
    { strategy: { path: '/srv/a: "b" # c', user: 'pi }, x: {' } },
  ])
})

describe('systemd units', () => {
  test.each([
    [
      'crm/crm-backend.service',
      'crm',
      { path: '/opt/crm-backend', user: 'crm', service: { type: 'systemd', unit: 'crm-backend' } },
    ],
    [
      'whisper/whisper-appliance.service',
      'whisper',
      { path: '/opt/whisper-appliance', user: 'whisper', service: { type: 'systemd', unit: 'whisper-appliance' } },
    ],
    [
      'dunebugger/dunebugger.service',
      'core',
      { type: 'directory', path: '/opt/dunebugger', user: 'pi', service: { type: 'systemd', unit: 'dunebugger' } },
    ],
    [
      'dunebugger/dunebugger-starter.service.template',
      'dunebugger-starter',
      { path: '/opt/dunebugger-starter', user: 'pi' },
    ],
  ])('when %s is read, then it is the component %s, with what the unit says', async (name, component, strategy) => {
    const file = name.split('/').at(-1) ?? ''
    const { config } = await proposedOn({ [file]: fixture(name) }, [file])
    expect(Object.keys(config.components)).toStrictEqual([component])
    expect(config.components[component]?.strategy).toMatchObject(strategy)
  })

  test('when a unit of another host is named beside the application, then both are one, where the application is', async () => {
    const files = {
      'crm/app/core/version.py': 'VERSION = "1"\nBUILD_DATE = "2"\n',
      'crm-backend.service': fixture('crm/crm-backend.service'),
    }
    for (const from of [
      ['crm', 'crm-backend.service'],
      ['crm-backend.service', 'crm'],
    ]) {
      const { config, comments } = await proposedOn(files, from)
      expect(Object.keys(config.components)).toStrictEqual(['crm'])
      expect(config.components['crm']?.strategy).toMatchObject({
        path: '/site/crm',
        user: 'crm',
        service: { unit: 'crm-backend' },
      })
      expect(comments).toContain('crm-backend.service works in /opt/crm-backend, which is not on this host')
    }
  })

  test("when it is DuneBugger's own updater, then it is no component, and it is said what to do with it", async () => {
    const name = 'dunebugger-update-coordinator.6ddc8d7.service'
    const { comments } = await proposedOn({ [name]: fixture(`dunebugger/${name}`) }, [name])
    expect(comments).toContain("is DuneBugger's own updater: belay does its work, so stop and disable it")
  })

  test('when the core is all of /opt/dunebugger, then what lies beside it there is carried over, too', async () => {
    const { config } = await proposedOn({ 'dunebugger.service': unit }, ['dunebugger.service'])
    expect(config.components['core']?.strategy['preserve']).toEqual(
      expect.arrayContaining(['docker-compose.*', 'data/**']),
    )
  })
})

function host(files: Readonly<Record<string, string>>) {
  const disk = new Map(Object.entries(files))
  const screen = fakeTerminal({ columns: 80 })
  const ports = portsWith(null, {
    readText: async (path) => disk.get(path) ?? null,
    writeText: async (path, text, { overwrite }) => {
      if (disk.has(path) && !overwrite) return false
      disk.set(path, text)
      return true
    },
    survey: async () => surveyOf(disk),
    detect: async () => detected(),
  })
  return { disk, screen, run: (...words: string[]) => runCli(words, screen.io, ports) }
}

test('when init reads a unit by its name then it finds it where systemd does', async () => {
  const { run, disk, screen } = host({ '/etc/systemd/system/dunebugger.service': unit })
  expect(await run('init', '--from', 'dunebugger')).toBe(0)
  expect(parse(disk.get('/site/belay.yaml') ?? '').components.core.strategy.user).toBe('pi')
  expect(screen.out()).toContain('/site/belay.yaml is written, with core.')
})

test('when a config is there already then it is not touched without --force', async () => {
  const { run, disk, screen } = host({ '/site/belay.yaml': 'mine' })
  expect(await run('init')).toBe(2)
  expect(disk.get('/site/belay.yaml')).toBe('mine')
  expect(screen.err()).toContain('/site/belay.yaml is there already and was not touched.')
  expect(await run('init', '--force')).toBe(0)
  expect(disk.get('/site/belay.yaml')).toContain('version: 1')
})

test('when another config is named then that one is written', async () => {
  const { run, disk } = host({ '/site/d.conf': conf })
  expect(await run('-c', 'x/my.yaml', 'init', '--from', 'd.conf', '--json')).toBe(0)
  expect([...disk.keys()]).toContain('/site/x/my.yaml')
})

test.each([
  ['that is missing', 'gone.conf', 1],
  ['of another kind', 'other.conf', 2],
  ['that is a folder with nothing in it', 'empty', 2],
])('when a file %s is named then nothing is written', async (_, name, code) => {
  const { run, disk } = host({ '/site/other.conf': '[Elsewhere]\na = b\n', '/site/empty/readme.txt': 'x' })
  expect(await run('init', '--from', name)).toBe(code)
  expect(disk.has('/site/belay.yaml')).toBe(false)
})

test('when a folder holds nothing that is known, then what was looked for is said', async () => {
  const { run, screen } = host({ '/site/empty/readme.txt': 'x' })
  await run('init', '--from', 'empty')
  expect(screen.err().replace(/\s+/g, ' ')).toContain(
    "Looked for: HelpDesk's .env or manage.py, CRM's app/core/version.py",
  )
})

test('when something has to be known, then it is said after the file is written, too', async () => {
  const { run, screen } = host({ '/site/d.conf': '[Updater]\nupdateCheckIntervalHours = often\n' })
  await run('init', '--from', 'd.conf')
  expect(screen.out().replace(/\s+/g, ' ')).toContain(
    'look at /site/d.conf:2: updateCheckIntervalHours is not a number',
  )
})

describe('without a file', () => {
  test('when nothing is named, then this host, its default strategy and what is on it stand at the top', async () => {
    const { run, disk } = host({})
    expect(await run('init')).toBe(0)
    const text = (disk.get('/site/belay.yaml') ?? '').replace(/\n#\s+/g, ' ')
    expect(text).toContain('This is an unprivileged LXC container with systemd')
    expect(text).toContain('What fits here by default: directory, in-place, with systemd.')
    expect(text).toContain(
      'There is something in /srv/shop (the unit shop.service, a git checkout): belay init --from /srv/shop',
    )
    expect(parse(text).components.app.strategy).toMatchObject({ type: 'directory', layout: 'in-place' })
  })

  test.each([
    [{ type: 'git', why: 'development' }, 'git', 'git'],
    [{ type: 'compose', why: 'container-image' }, 'oci', 'compose'],
    [{ type: 'files', why: 'any-tree' }, 'github-tree', 'files'],
    [{ type: 'directory', layout: 'slots', why: 'own-machine' }, 'github', 'directory'],
  ] as const)('when %j fits the host, then the example is of that kind', (strategy, source, type) => {
    const text = starterConfig(noFacts, detected({ strategy }))
    expect(parse(text).components.app).toMatchObject({ source: { type: source }, strategy: { type } })
    expect(text).toContain('change this')
  })
})

test('when several are named, then they are one config, and two of one name stay two', async () => {
  const shop = (folder: string) => ({
    [`${folder}/.git/HEAD`]: 'ref: refs/heads/main\n',
    [`${folder}/.git/config`]: '[remote "origin"]\n\turl = https://a.example/x\n',
  })
  const files = { ...shop('one/shop'), ...shop('two/shop'), 'd.conf': conf }
  const { config } = await proposedOn(files, ['one/shop', 'two/shop', 'd.conf'])
  expect(Object.keys(config.components)).toStrictEqual(['shop', 'shop-2', 'core'])
})

test('when the config would not be valid, then nothing is written, and the files are named', async () => {
  const validate = async () => {
    throw fail('E_CONFIG_INVALID', 'x has 1 error', { facts: { errors: ['belay.yaml:3:1 components: wrong'] } })
  }
  const { code, said, text } = await initOn({ 'd.conf': conf }, ['d.conf'], { survey: { validate } })
  expect([code, text]).toStrictEqual([2, null])
  expect(JSON.stringify(said)).toContain(
    'What /site/d.conf says makes no valid config: belay.yaml:3:1 components: wrong',
  )
})

describe('any bytes', () => {
  const real = survey({}, '0.0.0')
  const validate: Survey['validate'] = (config, file) => real.validate(config, file)
  const pieces = [
    ...['[Updater]', '[Service]', '[alembic]', '[remote "origin"]', '[branch "main"]', 'services:'].map(
      (each) => `${each}\n`,
    ),
    ...'WorkingDirectory=/ ExecStart=/ User= backupPath=/ githubAccount= coreInstallPath=/ GITHUB_REPO=a/'.split(' '),
    ...'GITHUB_BRANCH= AUTO_UPDATE=True AUTO_UPDATE_HOUR= DATABASE_URL= UPDATER_BACKUPPATH=/ UPDATE_CHECK_URL="'.split(
      ' ',
    ),
    ...'https://h/ /repos/a/b/releases /api/v4/projects/1/releases sqlite:/// postgres://u:p@h/ mysql://u@h/'.split(
      ' ',
    ),
    'url = ',
    'merge = refs/heads/',
    'gitdir: ',
    'ref: refs/heads/',
    'VERSION = "1"\n',
    '  a: { image: ',
    ...'\n,\n,",#,: ,{,\\,/, '.split(','),
  ]
  const piece = fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 8 }))
  const text = fc.array(piece, { maxLength: 25 }).map((all) => all.join(''))
  /** How such a file begins, so that what follows is looked at. */
  const beginnings: Readonly<Record<string, string>> = {
    '.env': 'AUTO_UPDATE=True\n',
    'app/core/version.py': 'VERSION = "1"\nBUILD_DATE = "2"\n',
    'dunebugger.conf': '[Updater]\n',
    'docker-compose.yml': 'services:\n  a:\n    image: nginx\n',
    'x.service': '[Service]\nWorkingDirectory=/srv/x',
    '.git': 'gitdir: ',
    '.git/HEAD': 'ref: refs/heads/main',
    '.git/config': '[branch "main"]\nmerge = refs/heads/main\n[remote "origin"]\nurl = https://h/r',
    'alembic.ini': '[alembic]\nsqlalchemy.url = sqlite:///',
    '.maintenance_mode': '{"pid": 1',
    'helpdesk/settings.py': '',
    'manage.py': '',
    'whisper-appliance_version.txt': '',
  }
  const names = Object.keys(beginnings)
  const content = fc
    .tuple(fc.constantFrom(...names), fc.boolean(), text)
    .map(([name, begun, rest]) => [`app/${name}`, `${begun ? beginnings[name] : ''}${rest}`] as const)

  test('when any of these files holds anything, then a valid config is written or the reason told, and no crash', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(content, { minLength: 1, maxLength: 6 }),
        fc.oneof(fc.constant(''), fc.constantFrom(...names)),
        async (files, name) => {
          const found = await initOn(Object.fromEntries(files), [`app/${name}`], {
            survey: { ask: async () => [], validate },
          })
          const code = found.text === null ? Reflect.get(Object(found.said['error']), 'code') : 'written'
          expect(['written', 'E_USAGE', 'E_NOT_FOUND'], JSON.stringify(found)).toContain(code)
        },
      ),
      { numRuns: 100 },
    )
  })

  const many = 300_000
  test.each([
    ['a.conf', `[Updater]\n${'a=b\n'.repeat(many / 4)}`],
    ['b.conf', `[Updater]\nbackupPath = ${' '.repeat(many)}x`],
    ['c.conf', `[Updater]\n${'a\\\n'.repeat(many / 3)}`],
    ['.env', `AUTO_UPDATE=True\nGITHUB_REPO=${'a/'.repeat(many)}\nDATABASE_URL=mysql://${'@:'.repeat(many)}`],
    ['version.py', `VERSION = "1"\nBUILD_DATE = ${'('.repeat(many)}`],
    ['app.service', `[Service]\nWorkingDirectory=/${'a/'.repeat(many)}\nExecStart=/${'venv/'.repeat(many)}`],
  ])('when %s is made to keep a reader busy, then it is done long before the time is over', async (name, held) => {
    const { code } = await initOn({ [name]: held }, [name], { survey: { ask: async () => [] } })
    expect([0, 2]).toContain(code)
  })

  const secret = fc
    .string({ unit: fc.constantFrom('a', 'X', '0', '-', '_', '.', '~', '!', '$'), minLength: 1, maxLength: 12 })
    .map((word) => `S3CRET${word}`)
  const hidden = (word: string): Readonly<Record<string, string>> => ({
    'a/.env': `SECRET_KEY=${word}\nDATABASE_URL=mysql://u:${word}@h/d\nGITHUB_REPO=https://${word}@github.com/o/r\nEMAIL_PASSWORD="${word}"\n`,
    'a/manage.py': '',
    'b/app/core/version.py': `VERSION = "1"\nUPDATE_CHECK_URL = "https://u:${word}@h/feed?access_token=${word}&x=1"\nKEY = "${word}"\n`,
    'b/.env': `SECRET_KEY=${word}\nDATABASE_URL=postgresql+asyncpg://u:${word}@h/d\n`,
    'b/.git/HEAD': 'ref: refs/heads/main\n',
    'b/.git/config': `[remote "origin"]\nurl = https://u:${word}@h/r.git\n[http]\nextraheader = Authorization: ${word}\n`,
    'c/dunebugger.conf': `[Auth]\nclientSecret = ${word}\n[MessageQueue]\nmQueueServers = nats://u:${word}@h:4222\n[Updater]\nbackupPath = ${word}\n`,
    'c/docker-compose.yml': `services: { remote: { image: "ghcr.io/a/dunebugger-remote:1.0.0", environment: { TOKEN: "${word}" } } }\n`,
    'd.service': `[Service]\nWorkingDirectory=/srv/d\nEnvironment="TOKEN=${word}"\nExecStart=/srv/d/run --password ${word}\n`,
  })

  test('when secrets stand where they stand in such files, then none is in the config or in what is said', async () => {
    await fc.assert(
      fc.asyncProperty(secret, async (word) => {
        const found = await initOn(hidden(word), ['a', 'b', 'c', 'd.service'], {
          survey: { ask: async () => [], validate },
        })
        expect(found.code).toBe(0)
        expect(`${found.text}${JSON.stringify(found.said)}`).not.toContain('S3CRET')
      }),
      { numRuns: 20 },
    )
  })
})
