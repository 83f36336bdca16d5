import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { fakeTerminal, portsWith } from '../../../test/fakes/terminal.ts'
import { runCli } from '../program.ts'
import { dunebuggerFacts } from './dunebugger.ts'
import { joinFacts, noFacts } from './facts.ts'
import { last, parseIni } from './ini.ts'
import { starterConfig } from './starter.ts'
import { unitFacts } from './unit.ts'

const unit = `[Unit]
Description=Dunebugger Core App
After=network.target

[Service]
# who
User=pi
WorkingDirectory=/opt/dunebugger
ExecStart=/opt/dunebugger/.venv/bin/python \\
  /opt/dunebugger/app/main.py
Environment="PYTHONUNBUFFERED=1"
`

const conf = `[General]
general_setting = "dummy"

[Updater]
githubAccount = marco-svitol
includePrerelease = True
updateCheckIntervalHours = 12
dockerComposePath = /opt/dunebugger/docker-compose.yml
coreInstallPath = /opt/dunebugger/core
backupPath = /opt/dunebugger/backups
`

test('when a file is read then sections, quotes, comments and long lines are understood', () => {
  const ini = parseIni(`\ufeff; c\r\n[A]\r\nKey = "v w"\r\nlong = a \\\r\n b\r\nkey: 2\r\nnonsense\r\n`)
  expect(last(ini, 'A', 'KEY')).toBe('2')
  expect(last(ini, 'A', 'long')).toBe('a   b')
  expect(last(parseIni('[A]\nkey = "v w"\nempty =\n'), 'A', 'key')).toBe('v w')
  expect(last(parseIni('[A]\nempty =\n'), 'A', 'empty')).toBeNull()
})

test('when a unit and a DuneBugger config are about the same application then they become one component', () => {
  const facts = joinFacts([
    unitFacts(parseIni(unit), '/etc/systemd/system/dunebugger.service'),
    dunebuggerFacts(parseIni(conf), 'd.conf'),
  ])
  expect(facts.components).toEqual([
    {
      name: 'core',
      github: { repo: 'marco-svitol/dunebugger', asset: 'dunebugger-{version}.tar.gz', prereleases: true },
      path: '/opt/dunebugger/core',
      unit: 'dunebugger',
      user: 'pi',
      preserve: ['app/config/**'],
    },
  ])
  const config = parse(starterConfig(facts))
  expect(config).toEqual({
    version: 1,
    agent: { check: { every: '12h' } },
    components: {
      core: {
        source: {
          type: 'github',
          repo: 'marco-svitol/dunebugger',
          asset: 'dunebugger-{version}.tar.gz',
          prereleases: true,
        },
        strategy: {
          type: 'directory',
          path: '/opt/dunebugger/core',
          layout: 'in-place',
          user: 'pi',
          preserve: ['app/config/**'],
          service: { type: 'systemd', unit: 'dunebugger' },
        },
        version: { file: 'VERSION' },
        backups: { keep: 5, path: ['/opt/dunebugger/backups'] },
        trust: { require: 'checksum' },
      },
    },
  })
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

function host(files: Readonly<Record<string, string>>) {
  const disk = new Map(Object.entries(files))
  const screen = fakeTerminal()
  const ports = portsWith(null, {
    readText: async (path) => disk.get(path) ?? null,
    writeText: async (path, text, { overwrite }) => {
      if (disk.has(path) && !overwrite) return false
      disk.set(path, text)
      return true
    },
  })
  return { disk, screen, run: (...words: string[]) => runCli(words, screen.io, ports) }
}

test('when init reads a unit by its name then it finds it where systemd does', async () => {
  const { run, disk, screen } = host({ '/etc/systemd/system/dunebugger.service': unit })
  expect(await run('init', '--from', 'dunebugger')).toBe(0)
  expect(parse(disk.get('/work/belay.yaml') ?? '').components.dunebugger.strategy.user).toBe('pi')
  expect(screen.out()).toContain('/work/belay.yaml is written, with dunebugger.')
})

test('when a config is there already then it is not touched without --force', async () => {
  const { run, disk, screen } = host({ '/work/belay.yaml': 'mine' })
  expect(await run('init')).toBe(2)
  expect(disk.get('/work/belay.yaml')).toBe('mine')
  expect(screen.err()).toContain('/work/belay.yaml is there already and was not touched.')
  expect(await run('init', '--force')).toBe(0)
  expect(disk.get('/work/belay.yaml')).toContain('version: 1')
})

test('when another config is named then that one is written', async () => {
  const { run, disk } = host({ '/work/d.conf': conf })
  expect(await run('-c', 'x/my.yaml', 'init', '--from', 'd.conf', '--json')).toBe(0)
  expect([...disk.keys()]).toContain('/work/x/my.yaml')
})

test.each([
  ['that is missing', 'gone.conf', 1],
  ['of another kind', 'other.conf', 2],
])('when a file %s is named then nothing is written', async (_, name, code) => {
  const { run, disk } = host({ '/work/other.conf': '[Elsewhere]\na = b\n' })
  expect(await run('init', '--from', name)).toBe(code)
  expect(disk.has('/work/belay.yaml')).toBe(false)
})
