import { describe, expect, test } from 'vitest'
import { requireOnly } from '../../core/trust/settings.ts'
import { sampleKinds } from '../../protocol/config/kinds.fixture.ts'
import { parseConfigValue } from '../../protocol/config/parse.ts'
import { parseConfig } from './parse.ts'

const kinds = sampleKinds()

function parse(text: string) {
  return parseConfig({ text, file: '/etc/belay/belay.yaml', shown: 'belay.yaml', baseDir: '/etc/belay' }, kinds)
}

/** A config with one component; `rest` are lines below it, indented by four. */
function component(rest: string, source = '{ type: github, repo: a/b }') {
  return `version: 1\ncomponents:\n  core:\n    source: ${source}\n    strategy: { type: directory, path: /srv/a }\n${rest}`
}

const whole = `version: 1
agent:
  state: state
  listen: 127.0.0.1:8484
  tls: { cert: /c.pem, key: /k.pem }
  check: { every: 24h, after_start: 5m, jitter: 10m, cache: 1h }
  log: { file: logs/updates.log, level: warn, rotate: { size: 10MB, keep: 5 } }
  allow_http: [ "127.0.0.1" ]
  compat: { system: core }
components:
  core:
    source: &gh { type: github, repo: marco-svitol/dunebugger, asset: "dunebugger-{version}.tar.gz", token: { env: TOKEN } }
    strategy:
      type: directory
      path: ../opt/core
      prepare: [ [ python3, -m, venv, .venv ] ]
      service: { type: process, command: [ ./run ], stop_timeout: 5s }
    version: { file: VERSION, scheme: pep440 }
    build_date: { file: app/version.py, pattern: 'BUILD_DATE = "(.*)"' }
    aliases: [ dunebugger-core ]
    data: [ { type: sqlite, path: /opt/app.db }, { type: path, path: data } ]
    checks: { before: [], after: [ { type: health_endpoint, url: "http://localhost:5000/health" } ] }
    policy: { auto: none, window: { cron: "0 2 * * *", duration: 2h, timezone: Europe/Rome }, soak: 90s, min_age: 2d, hold: [ "2.*" ] }
    trust: { checksum: required }
    manifest: required
    backups: { keep: 3, path: [ backups ], copies: [ /mnt/b ] }
    requires: { other: ">=1.2", agent: ">=1" }
    check: { cache: 10m, every: off }
  other:
    source: *gh
    strategy: { type: directory, path: /srv/other }
`

describe('a config that is right', () => {
  test('when it says everything, then the settings say the same, with absolute paths and milliseconds', () => {
    const settings = parse(whole)
    expect(settings.file).toBe('/etc/belay/belay.yaml')
    expect(settings.agent).toEqual({
      state: '/etc/belay/state',
      cacheMs: 3_600_000,
      allowHttp: ['127.0.0.1'],
      log: { file: '/etc/belay/logs/updates.log', level: 'warn', rotate: { sizeBytes: 10_000_000, keep: 5 } },
      listen: { host: '127.0.0.1', port: 8484, tls: { cert: '/c.pem', key: '/k.pem' } },
      access: { remote: 'read', proxies: [], hosts: ['127.0.0.1'] },
      traces: null,
      compat: { system: 'core', enterprise: null, helpdesk: null },
      notify: {},
    })
    const [core, other] = settings.components.values()
    expect(core).toEqual({
      name: 'core',
      source: {
        type: 'github',
        repo: 'marco-svitol/dunebugger',
        asset: 'dunebugger-{version}.tar.gz',
        token: { env: 'TOKEN' },
      },
      strategy: {
        type: 'directory',
        path: '/etc/opt/core',
        prepare: [['python3', '-m', 'venv', '.venv']],
        service: { type: 'process', command: ['./run'], stop_timeout: '5s' },
      },
      version: { probe: { type: 'file', file: 'VERSION' }, scheme: 'pep440' },
      buildDate: { type: 'file', file: 'app/version.py', pattern: 'BUILD_DATE = "(.*)"' },
      aliases: ['dunebugger-core'],
      data: [
        { type: 'sqlite', path: '/opt/app.db' },
        { type: 'path', path: '/etc/belay/data' },
      ],
      checks: { before: [], after: [{ type: 'health_endpoint', url: 'http://localhost:5000/health' }] },
      policy: {
        auto: 'none',
        window: { cron: '0 2 * * *', durationMs: 7_200_000, timezone: 'Europe/Rome' },
        soakMs: 90_000,
        minAgeMs: 172_800_000,
        hold: ['2.*'],
      },
      trust: requireOnly('checksum'),
      manifest: 'required',
      backups: { keep: 3, keepForMs: null, path: ['/etc/belay/backups'], copies: ['/mnt/b'] },
      requires: { other: '>=1.2', agent: '>=1' },
      cacheMs: 600_000,
      check: { every: { kind: 'off' }, afterStartMs: 300_000, jitterMs: 600_000 },
    })
    expect(other?.source).toEqual(core?.source)
  })

  test('when it says the least, then the defaults are those of the reference', () => {
    const settings = parse(component(''))
    expect(settings.agent).toEqual({
      state: null,
      cacheMs: 3_600_000,
      allowHttp: [],
      log: { file: null, level: 'info', rotate: { sizeBytes: 10_000_000, keep: 5 } },
      listen: { host: '127.0.0.1', port: 8484, tls: null },
      access: { remote: 'read', proxies: [], hosts: ['127.0.0.1'] },
      traces: null,
      compat: { system: null, enterprise: null, helpdesk: null },
      notify: {},
    })
    expect([...settings.components.values()]).toEqual([
      {
        name: 'core',
        source: { type: 'github', repo: 'a/b' },
        strategy: { type: 'directory', path: '/srv/a' },
        version: { probe: { type: 'none' }, scheme: 'semver' },
        buildDate: null,
        aliases: [],
        data: [],
        checks: { before: null, after: null },
        policy: { auto: 'none', window: null, soakMs: 0, minAgeMs: 0, hold: [] },
        trust: requireOnly('checksum'),
        manifest: 'optional',
        backups: { keep: 5, keepForMs: null, path: [], copies: [] },
        requires: {},
        cacheMs: 3_600_000,
        check: { every: { kind: 'interval', ms: 86_400_000 }, afterStartMs: 300_000, jitterMs: 600_000 },
      },
    ])
  })

  test.each([
    ['{ type: github, repo: a/b }', '', 'checksum'],
    ['{ type: github, repo: a/b }', '    trust: { require: tls }\n', 'tls'],
    ['{ type: github, repo: a/b, asset: source-zip }', '', 'tls'],
    ['{ type: github, repo: a/b, asset: source-tar }', '    trust: { require: tls }\n', 'tls'],
  ])('when the source is %s and trust %j, then %s is required', (source, trust, expected) => {
    const [core] = parse(component(trust, source)).components.values()
    expect(core?.trust.require).toBe(expected)
  })

  test.each([
    ['{ file: VERSION, pattern: "v(.*)" }', { type: 'file', file: 'VERSION', pattern: 'v(.*)' }],
    ['{ command: [ ./app, --version ], scheme: loose }', { type: 'command', command: ['./app', '--version'] }],
    ['{ http: "http://localhost/v", json: /version }', { type: 'http', http: 'http://localhost/v', json: '/version' }],
    ['{ package: package.json }', { type: 'package', package: 'package.json' }],
    ['{ type: file, file: VERSION }', { type: 'file', file: 'VERSION' }],
    ['{ scheme: calver }', { type: 'none' }],
  ])('when the version is %s, then the probe is %j', (text, probe) => {
    const [core] = parse(component(`    version: ${text}\n`)).components.values()
    expect(core?.version.probe).toEqual(probe)
  })

  test.each([
    ['', '', 'semver'],
    ['', '    version: { scheme: loose }\n', 'loose'],
    [', tag: "1.2-alpine"', '', 'digest'],
    [', tag: latest', '', 'digest'],
    [', tag: latest', '    version: { scheme: loose }\n', 'digest'],
  ])('when an image is followed by%s and%s, then versions count by %s', (tag, version, scheme) => {
    const text = `version: 1
components:
  core:
    source: { type: oci, image: ghcr.io/o/app${tag} }
    strategy: { type: compose, file: /srv/compose.yml, service: app }
${version}`
    expect([...parse(text).components.values()][0]?.version.scheme).toBe(scheme)
  })

  test('when it is given as a value, then it has no file', () => {
    const value = {
      version: 1,
      components: { a: { source: { type: 'github', repo: 'a/b' }, strategy: { type: 'directory', path: 'x' } } },
    }
    const settings = parseConfigValue(value, '/base', kinds)
    expect(settings.file).toBeNull()
    expect([...settings.components.values()][0]?.strategy['path']).toBe('/base/x')
  })
})
