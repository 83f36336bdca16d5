import { describe, expect, test } from 'vitest'
import { BelayError, type Problem } from '../../core/model/problem.ts'
import { sampleKinds } from '../../protocol/config/kinds.fixture.ts'
import { parseConfigValue } from '../../protocol/config/parse.ts'
import { parseConfig } from './parse.ts'

const kinds = sampleKinds()

function parse(text: string) {
  return parseConfig({ text, file: '/etc/belay/belay.yaml', shown: 'belay.yaml', baseDir: '/etc/belay' }, kinds)
}

function refused(run: () => unknown): Problem {
  try {
    run()
  } catch (error) {
    if (error instanceof BelayError && error.problem.code === 'E_CONFIG_INVALID') return error.problem
    throw error
  }
  throw new Error('it was accepted')
}

function errorsOf(text: string): unknown {
  return refused(() => parse(text)).facts['errors']
}

/** A config with one component; `rest` are lines below it, indented by four. */
function component(
  rest: string,
  source = '{ type: github, repo: a/b }',
  strategy = '{ type: directory, path: /srv/a }',
) {
  return `version: 1\ncomponents:\n  core:\n    source: ${source}\n    strategy: ${strategy}\n${rest}`
}

/** As a person reads it: text of the file, then the lines. */
const bad: readonly (readonly [what: string, text: string, errors: readonly string[]])[] = [
  [
    'a misspelled key in a strategy',
    `version: 1
components:
  core:
    source: { type: github, repo: a/b }
    strategy:
      type: directory
      path: /srv/a
      layot: slots
`,
    ['belay.yaml:8:7 components.core.strategy.layot: unknown key. Did you mean layout? (slots, in-place)'],
  ],
  [
    'a key that resembles none',
    component('    colour: red\n'),
    [
      'belay.yaml:6:5 components.core.colour: unknown key. Known here: source, strategy, version, build_date, aliases, data, checks, policy, trust, manifest, backups, requires, check',
    ],
  ],
  [
    'keys that are blank or hold what separates keys',
    `${component('    "": 1\n    a.b: 1\n')}" ": false\n`,
    [
      'belay.yaml:6:5 components.core."": unknown key. Known here: source, strategy, version, build_date, aliases, data, checks, policy, trust, manifest, backups, requires, check',
      'belay.yaml:7:5 components.core."a.b": unknown key. Known here: source, strategy, version, build_date, aliases, data, checks, policy, trust, manifest, backups, requires, check',
      'belay.yaml:8:1 " ": unknown key. Known here: version, agent, components',
    ],
  ],
  [
    'unknown keys at every depth, and in a check that would let them pass',
    `vresion: 1\n${component('    checks: { before: [ { type: disk_space, minimum_mb: 5, minmum: 1 } ] }\nagent: { listn: "a:1", log: { levl: info } }\n')}`,
    [
      'belay.yaml:1:1 vresion: unknown key. Did you mean version?',
      'belay.yaml:7:60 components.core.checks.before[0].minmum: unknown key. Known here: type, minimum_mb',
      'belay.yaml:8:10 agent.listn: unknown key. Did you mean listen?',
      'belay.yaml:8:31 agent.log.levl: unknown key. Did you mean level? (debug, info, warn, error)',
    ],
  ],
  [
    'an unknown kind of source',
    component('', '{ type: githb, repo: a/b }'),
    [
      'belay.yaml:4:21 components.core.source.type: there is no source of type "githb". Did you mean github? (github, http, oci)',
    ],
  ],
  [
    'an unknown kind of service inside a strategy',
    component('', undefined, '{ type: directory, path: /a, service: { type: upstart } }'),
    [
      'belay.yaml:5:61 components.core.strategy.service.type: there is no service of type "upstart". Known: none, systemd, process',
    ],
  ],
  [
    'a wrong value inside a service inside a strategy',
    component('', undefined, '{ type: directory, path: /a, service: { type: systemd, unit: a b, scop: user } }'),
    [
      'belay.yaml:5:76 components.core.strategy.service.unit: write the name of a unit (found "a b")',
      'belay.yaml:5:81 components.core.strategy.service.scop: unknown key. Did you mean scope? (system, user)',
    ],
  ],
  [
    'missing keys',
    'version: 1\ncomponents:\n  core:\n    source: { type: github }\n    strategy: { path: /srv/a }\n  remote:\n',
    [
      'belay.yaml:4:5 components.core.source: repo is missing: owner/name',
      'belay.yaml:5:5 components.core.strategy: type is missing: one of directory, compose',
      'belay.yaml:6:3 components.remote: expected a map of keys, found nothing',
    ],
  ],
  [
    'no version and no components',
    'agent: {}\n',
    [
      'belay.yaml:1:1: version is missing: the version of this format: 1',
      'belay.yaml:1:1: components is missing: what is kept up to date, by name',
    ],
  ],
  [
    'a version of the format that is not known',
    'version: 2\ncomponents: {}\n',
    ['belay.yaml:1:10 version: expected 1, found the number 2'],
  ],
  [
    'wrong types',
    component(
      '    aliases: core2\n    policy: { hold: [ 1.2 ], auto: mino, soak: 90 }\n    backups: { keep: 0, path: /x }\n',
    ),
    [
      'belay.yaml:6:14 components.core.aliases: expected a list, found text "core2". Write a list: [ "core2" ]',
      'belay.yaml:7:23 components.core.policy.hold[0]: expected text, found the number 1.2. Put it in quotes',
      'belay.yaml:7:36 components.core.policy.auto: text "mino" is not known here. Did you mean minor? (none, patch, minor, all)',
      'belay.yaml:7:48 components.core.policy.soak: a duration looks like 90s, 5m, 24h or 2d (found "90")',
      'belay.yaml:8:22 components.core.backups.keep: must be at least 1, found the number 0',
      'belay.yaml:8:31 components.core.backups.path: expected a list, found text "/x". Write a list: [ "/x" ]',
    ],
  ],
  [
    'commands in one string, numbers in quotes and addresses that are none',
    component(
      '    checks: { after: [ { type: health_endpoint, url: localhost, timeout_seconds: "5" } ] }\n',
      undefined,
      '{ type: directory, path: /a, prepare: [ npm ci, [] ] }',
    ),
    [
      'belay.yaml:5:55 components.core.strategy.prepare[0]: expected a list, found text "npm ci". Write a list: [ "npm", "ci" ]',
      'belay.yaml:5:63 components.core.strategy.prepare[1]: this must not be empty',
      'belay.yaml:6:54 components.core.checks.after[0].url: write a whole address, beginning with https:// (found "localhost")',
      'belay.yaml:6:82 components.core.checks.after[0].timeout_seconds: expected a number, found text "5". Leave the quotes out',
    ],
  ],
  [
    'text where a map belongs',
    component('', 'github'),
    ['belay.yaml:4:13 components.core.source: expected a map of keys, found text "github"'],
  ],
  [
    'a secret in the config, which is not repeated',
    component('', '{ type: github, repo: a/b, token: ghp_abc123 }'),
    [
      'belay.yaml:4:47 components.core.source.token: a secret is never written here itself: use { env: NAME } or { file: PATH }',
    ],
  ],
  [
    'a secret at a place that does not exist',
    component('', '{ type: github, repo: a/b, token: { enw: TOKEN } }'),
    [
      'belay.yaml:4:40 components.core.source.token: env is missing: the name of an environment variable',
      'belay.yaml:4:49 components.core.source.token.enw: unknown key. Did you mean env?',
    ],
  ],
  [
    'a component name that cannot be a folder',
    'version: 1\ncomponents:\n  "My App":\n    source: { type: github, repo: a/b }\n    strategy: { type: directory, path: /srv/a }\n',
    [
      'belay.yaml:3:3 components."My App": use lower-case letters, digits, "-", "_" or ".", at most 64, starting with a letter or digit',
    ],
  ],
  [
    'version probes that say nothing, too much, or the wrong thing',
    `version: 1
components:
  a: { source: { type: http, url: "https://a" }, strategy: { type: directory, path: /a }, version: { fle: VERSION } }
  b: { source: { type: http, url: "https://b" }, strategy: { type: directory, path: /b }, version: { file: V, command: [ v ] } }
  c: { source: { type: http, url: "https://c" }, strategy: { type: directory, path: /c }, version: { file: V, scheme: semvr } }
  d: { source: { type: http, url: "https://d" }, strategy: { type: directory, path: /d }, version: { http: "http://d", json: v } }
  e: { source: { type: http, url: "https://e" }, strategy: { type: directory, path: /e }, version: VERSION }
`,
    [
      'belay.yaml:3:102 components.a.version.fle: this does not say where the version is read. Did you mean file?',
      'belay.yaml:4:111 components.b.version.command: file and command cannot be given together. Keep one',
      'belay.yaml:5:119 components.c.version.scheme: text "semvr" is not known here. Did you mean semver? (semver, pep440, calver, loose)',
      'belay.yaml:6:126 components.d.version.json: must start with "/" (found "v")',
      'belay.yaml:7:100 components.e.version: expected a map of keys, found text "VERSION"',
    ],
  ],
  [
    'names that are given twice, or to nobody',
    `version: 1
agent: { compat: { system: cor } }
components:
  core: { source: { type: http, url: "https://a" }, strategy: { type: directory, path: /a }, aliases: [ app ] }
  remote: { source: { type: http, url: "https://b" }, strategy: { type: directory, path: /b }, aliases: [ app, core ], requires: { cor: ">=1" } }
`,
    [
      'belay.yaml:2:28 agent.compat.system: there is no component cor. Did you mean core?',
      'belay.yaml:5:107 components.remote.aliases[0]: app is an alias of core already. Use another one',
      'belay.yaml:5:112 components.remote.aliases[1]: core is the name of a component already. Use another one',
      'belay.yaml:5:132 components.remote.requires.cor: there is no component cor. Did you mean core?',
    ],
  ],
  [
    'requirements in a ring and ranges that cannot be read',
    `version: 1
components:
  a: { source: { type: http, url: "https://a" }, strategy: { type: directory, path: /a }, requires: { b: "^1" } }
  b: { source: { type: http, url: "https://b" }, strategy: { type: directory, path: /b }, requires: { a: "*", agent: ">=1.2" } }
`,
    [
      'belay.yaml:3:103 components.a.requires.b: these require each other in a ring: a → b → a. Leave one of them out',
      'belay.yaml:3:106 components.a.requires.b: a range looks like 1.2.3, 1.2.*, >=1.2, or ">=1.2 <2" (all must hold)',
    ],
  ],
  [
    'holds, windows and schedules that cannot be read',
    component(`    policy: { hold: [ "~1" ], window: { cron: "at two", duration: 0s, timezone: Europe/Rom } }
    check: { every: daily }
agent: { check: { every: "61 * * * *", cache: 1 hour } }
`),
    [
      'belay.yaml:6:23 components.core.policy.hold[0]: a range looks like 1.2.3, 1.2.*, >=1.2, or ">=1.2 <2" (all must hold)',
      'belay.yaml:6:67 components.core.policy.window.duration: a window must have a length (found "0s")',
      'belay.yaml:6:81 components.core.policy.window.timezone: "Europe/Rom" is not a time zone. Write one like Europe/Rome or UTC',
      'belay.yaml:7:21 components.core.check.every: write a duration like 24h, a cron line like "0 3 * * *", or off (found "daily")',
      'belay.yaml:8:26 agent.check.every: "61 * * * *" is not a cron line. Write minute, hour, day, month and weekday, for example "0 2 * * *" for two in the morning',
      'belay.yaml:8:47 agent.check.cache: a duration looks like 90s, 5m, 24h or 2d (found "1 hour")',
    ],
  ],
  [
    'a checksum of what has none, and the same said twice',
    component('    trust: { checksum: required }\n', '{ type: github, repo: a/b, asset: source-zip }'),
    [
      'belay.yaml:6:24 components.core.trust.checksum: source-zip has no checksum to compare with. Write require: tls, or name a published file as asset',
    ],
  ],
  [
    'an image for a directory, and a release for a compose service',
    `version: 1
components:
  a:
    source: { type: oci, image: nginx }
    strategy: { type: directory, path: /srv/a }
  b:
    source: { type: github, repo: a/b }
    strategy: { type: compose, file: /srv/compose.yml, service: b }
`,
    [
      'belay.yaml:5:23 components.a.strategy.type: an image cannot be unpacked. Use strategy: { type: compose, file: …, service: … }',
      'belay.yaml:7:21 components.b.source.type: a compose service runs an image. Use source: { type: oci, image: … }',
    ],
  ],
  [
    'trust said twice',
    component('    trust: { checksum: required, require: tls }\n'),
    [
      'belay.yaml:6:24 components.core.trust.checksum: require and checksum say the same: keep require (found "required")',
    ],
  ],
  [
    'a path from a home folder and a bad address',
    component('    data: [ { type: path, path: ~/data } ]\nagent: { listen: 8484, allow_http: [ "http://x" ] }\n'),
    [
      'belay.yaml:6:33 components.core.data[0].path: ~ stands for nobody here. Write the whole path',
      'belay.yaml:7:18 agent.listen: expected text, found the number 8484. Put it in quotes',
      'belay.yaml:7:38 agent.allow_http[0]: write a host name or address alone, without http:// (found "http://x")',
    ],
  ],
  [
    'a port that no host has',
    component('agent: { listen: "127.0.0.1:84840" }\n'),
    ['belay.yaml:6:18 agent.listen: ports end at 65535 (found "127.0.0.1:84840")'],
  ],
  ['an empty file', '# nothing yet\n', ['belay.yaml:1:1: nothing is in it. "belay init" writes a first one']],
  ['a list', '- a\n', ['belay.yaml:1:1: expected keys such as version and components']],
]

describe('a config that is wrong', () => {
  test.each(bad)('when it has %s, then every line says where and what instead', (_, text, errors) => {
    expect(errorsOf(text)).toEqual(errors)
  })

  const syntax: readonly (readonly [text: string, errors: readonly string[]])[] = [
    ['version: 1\nversion: 1\n', ['belay.yaml:2:1: this key is here twice. Keep one of the two']],
    ['version: 1\n\tagent: {}\n', ['belay.yaml:2:1: a tab in the indentation. Use blanks']],
    ['a: b: c\n', ['belay.yaml:1:4: a second colon in this line. Put the text in quotes, or begin a new line']],
    ['a: 1\n---\nb: 1\n', ['belay.yaml:2:1: a second document begins here (---). Keep one']],
    ['a: *b\n', ['belay.yaml:1:4: there is no anchor &b']],
    ['a: &a [1, *a]\n', ['belay.yaml:1:11: *a stands in &a itself']],
    ['version: 1\na: &a\n  b: &b { c: *a }\n', ['belay.yaml:3:14: *a stands in &a itself']],
    ['a: !env TOKEN\n', ['belay.yaml:1:4: this is not YAML: unresolved tag: !env']],
    ['a: "b\n', ['belay.yaml:2:1: this is not YAML: missing closing "quote']],
    ['? [a]\n: 1\n', ['belay.yaml:1:3: a key must be plain text']],
    [
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n`,
      ['belay.yaml:1:1: this uses too many aliases'],
    ],
  ]
  test.each(syntax)('when the text is %j, then the place is told', (text, errors) => {
    expect(errorsOf(text)).toEqual(errors)
  })

  test('when it is nested beyond reason, then it is refused', () => {
    expect(errorsOf(`a: ${'['.repeat(100_000)}`)).toEqual([
      expect.stringMatching(/^belay\.yaml:1:\d+: this is nested too deeply$/),
    ])
  })

  test('when there is one error, then it is the message; when there are more, then their number is', () => {
    const one = refused(() => parse(component('    agent: 1\n')))
    expect(one.message).toMatch(/^belay\.yaml:6:5 components\.core\.agent: unknown key\./)
    expect(one.hint).toBe('Correct it and run "belay validate".')
    const two = refused(() => parse('vrsion: 1\n'))
    expect([two.message, two.hint]).toEqual(['belay.yaml has 3 errors', '"belay validate" lists all of them.'])
  })

  test('when it is given as a value, then the path alone says where', () => {
    const value = {
      version: 1,
      components: { core: { source: { type: 'github', repo: 'a/b' }, strategy: { type: 'x' } } },
    }
    expect(refused(() => parseConfigValue(value, '/', kinds)).message).toBe(
      'config components.core.strategy.type: there is no strategy of type "x". Known: directory, compose',
    )
  })
})
