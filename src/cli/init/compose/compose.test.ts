import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { surveyOf } from '../../../../test/fakes/survey.ts'
import { fakeTerminal, portsWith } from '../../../../test/fakes/terminal.ts'
import { allKinds } from '../../../main/kinds.ts'
import { parseConfigValue } from '../../../protocol/config/parse.ts'
import { runCli } from '../../program.ts'

const kinds = await allKinds()

type Files = Readonly<Record<string, string>>

interface Component {
  readonly source: { readonly image: string; readonly tag?: string; readonly prereleases?: boolean }
  readonly strategy: Readonly<Record<string, unknown>>
  readonly policy: { readonly auto: string; readonly window?: unknown; readonly hold?: readonly string[] }
  readonly requires?: Readonly<Record<string, string>>
  readonly aliases?: readonly string[]
  readonly version?: unknown
}

/** `init --from` each of them but those that begin with a dot or are an override; what it writes must be valid. */
async function proposed(files: Files, from = Object.keys(files).filter((name) => !/^\.|override/.test(name))) {
  const disk = new Map(Object.entries(files).map(([name, text]) => [`/work/${name}`, text]))
  const screen = fakeTerminal()
  const ports = portsWith(null, {
    readText: async (path) => disk.get(path) ?? null,
    writeText: async (path, text) => disk.set(path, text) !== undefined,
    survey: async () => surveyOf(disk),
  })
  const code = await runCli(['init', '--json', ...from.flatMap((name) => ['--from', name])], screen.io, ports)
  if (code !== 0) throw new Error(screen.out())
  const text = disk.get('/work/belay.yaml') ?? ''
  const config = parse(text) as {
    agent?: { check: { every: string } }
    components: Readonly<Record<string, Component>>
  }
  parseConfigValue(config, '/work', kinds)
  const said = JSON.parse(screen.out()) as {
    components: string[]
    read_from: string[]
    left_out: { service: string; why: string }[]
  }
  // As a person reads them: sentences, wherever their lines end.
  const comments = text.replace(/\n\s*#(?! -)\s+/g, ' ')
  return { ...said, text, comments, every: config.agent?.check.every, of: config.components }
}

const one = (service: string, more = '') =>
  proposed({ 'docker-compose.yml': `services:\n  app:\n${service.replace(/^/gm, '    ')}\n${more}` })

const watched = (labels: string, settings = 'environment: {}') => `services:
  app:
    image: nginx
    labels: ${labels}
  watchtower:
    image: containrrr/watchtower:latest
    ${settings}
`

describe('the image of a service', () => {
  test.each([
    ['nginx', { image: 'nginx', tag: 'latest' }],
    ['nginx:stable-alpine', { image: 'nginx', tag: 'stable-alpine' }],
    ['ghcr.io/example/app:1.2.3', { image: 'ghcr.io/example/app' }],
    ['localhost:5000/app:1.2.3', { image: 'localhost:5000/app' }],
    ['registry.example:5000/a/b', { image: 'registry.example:5000/a/b', tag: 'latest' }],
    [`nginx:1.27.1@sha256:${'0'.repeat(64)}`, { image: 'nginx' }],
    ['ghcr.io/example/app:<APP_VERSION_HERE>', { image: 'ghcr.io/example/app' }],
    ['ghcr.io/example/app:${UNSET}', { image: 'ghcr.io/example/app' }],
  ])('when it is %s, then it is followed as %j', async (image, source) => {
    const { of } = await one(`image: "${image}"`)
    expect(of['app']?.source).toEqual({ type: 'oci', ...source })
    expect(of['app']?.strategy).toMatchObject({ type: 'compose', file: '/work/docker-compose.yml', service: 'app' })
    expect(of['app']?.policy).toEqual({ auto: 'none' })
  })

  test.each(['postgres:16', 'node:20-alpine', 'nginx:1.25-alpine'])(
    'when %s may move from image to image, then that tag is followed, and it is said how not to',
    async (image) => {
      const { of, comments } = await one(`image: ${image}`)
      const [name, tag] = image.split(':')
      expect(of['app']?.source).toEqual({ type: 'oci', image: name, tag })
      expect(of['app']?.policy.hold).toBeUndefined()
      expect(comments).toContain(`${tag} moves from image to image`)
      expect(comments).toContain('newer versions follow')
    },
  )

  test('when a variable stands for its tag, then its value counts and where it stands is said', async () => {
    const image = 'services: { app: { image: "${REPO}/app:${TAG:-1.0.0}" } }'
    const { of, comments } = await proposed({
      'compose.yaml': image,
      '.env': 'REPO=ghcr.io/example\nTAG="2.0.1" # now\n',
    })
    expect(of['app']?.source.image).toBe('ghcr.io/example/app')
    expect(comments).toContain('Service app, image ghcr.io/example/app:2.0.1.')
    expect(comments).toContain('its image is written as ${REPO}/app:${TAG:-1.0.0}: belay changes the variable')
  })

  test.each([
    ['build: .', 'it is built on this host'],
    ['build: .\nimage: app', 'it is built on this host'],
    ['image: app\npull_policy: never', 'its pull_policy is never'],
    ['image: "${NOWHERE}"', 'its image needs the variable NOWHERE'],
    ['image: "Not An Image"', '"Not An Image" is no image'],
    ['command: x', 'no image is named'],
  ])('when a service has %j, then it is left out and the file says why', async (service, why) => {
    const { left_out: leftOut, comments } = await one(service)
    expect(leftOut).toMatchObject([{ service: 'app', why: expect.stringContaining(why) as string }])
    expect(comments).toContain(`- app of /work/docker-compose.yml: ${leftOut[0]?.why}.`)
  })
})

describe('what stands around it', () => {
  test('when it has volumes, folders and ports, then data and checks are suggested', async () => {
    const { text } = await one(
      `image: nginx:1.27.1
ports: [ "127.0.0.1:8080:80" ]
volumes: [ "db:/db", "own:/own", "./data/:/data", "/etc/localtime:/etc/localtime:ro", "/var/run/docker.sock:/s" ]`,
      'volumes: { db: , own: { name: mine } }',
    )
    expect(text).toContain(
      '# data: [ { type: volume, name: work_db }, { type: volume, name: mine }, { type: path, path: /work/data } ]',
    )
    expect(text).toContain('{ type: health_endpoint, url: "http://localhost:8080/" }')
  })

  test('when it has a healthcheck, a profile and something that starts before it, then that is used', async () => {
    const { of, comments } = await proposed({
      'compose.yml': `services:
  app: { image: "nginx:1.27.1", profiles: [ web ], healthcheck: { test: [ CMD, x ] }, depends_on: { db: { condition: service_healthy } } }
  db: { image: "postgres:16.4" }`,
    })
    expect(of['app']?.strategy['profiles']).toEqual(['web'])
    expect(comments).toContain('The healthcheck in the compose file decides')
    expect(comments).toContain('requires: { db: "*" }')
    expect(of['app']?.requires).toBeUndefined()
  })

  test('when an override stands beside it, then both files are one', async () => {
    const { of, read_from: readFrom } = await proposed({
      'docker-compose.yml': 'services: { app: { image: "a:1.0.0" }, b: { image: "b:1.0.0" } }',
      'docker-compose.override.yml': 'services: { app: { image: "ghcr.io/o/a:2.0.0" } }',
    })
    const files = ['/work/docker-compose.yml', '/work/docker-compose.override.yml']
    expect(readFrom).toEqual(files)
    expect(of['app']).toMatchObject({ source: { image: 'ghcr.io/o/a' }, strategy: { file: files } })
  })

  test('when two files have a service of one name, then each has its own', async () => {
    const text = 'services: { app: { image: nginx } }'
    const { components } = await proposed({ 'one/compose.yml': text, 'two/compose.yml': text, 'two/b.yml': text })
    expect(components).toEqual(['app', 'two-app', 'two-app-2'])
  })

  test('when a file tries to say more than a value, then it stays a value', async () => {
    const evil = JSON.stringify('x\nversion: 2\n# ')
    const { of } = await one(
      `image: nginx\nlabels: { wud.display.name: ${evil}, "wud.x\\nversion: 3": a }\ncontainer_name: ${evil}`,
    )
    expect(Object.keys(of)).toEqual(['app'])
  })
})

describe('DuneBugger', () => {
  const compose = `services:
  remote: { image: "ghcr.io/marco-svitol/dunebugger-remote:<DUNEBUGGER_REMOTE_VERSION_HERE>" }
  scheduler: { image: "ghcr.io/marco-svitol/dunebugger-scheduler:1.0.0-beta.15", depends_on: [ dunebugger-remote ] }
`
  const conf = '[Updater]\nincludePrerelease = True\ndockerComposePath = /work/docker-compose.yml\n'

  test('when its files are read, then its names are kept, remote goes first, and what is wrong with the file is said', async () => {
    const { of, comments } = await proposed({ 'docker-compose.yml': compose, 'd.conf': conf })
    expect(Object.keys(of)).toEqual(['core', 'remote', 'scheduler'])
    expect(of['remote']?.aliases).toEqual(['dunebugger-remote'])
    expect([of['core']?.requires, of['scheduler']?.requires]).toEqual([{ remote: '*' }, { remote: '*' }])
    expect(of['scheduler']?.source.prereleases).toBe(true)
    expect(comments).toContain('the placeholder <DUNEBUGGER_REMOTE_VERSION_HERE>, which compose refuses')
    expect(comments).toContain('scheduler depends_on dunebugger-remote, and there is no such service')
    expect(comments).not.toContain('name it with --from')
  })

  test('when its settings are read alone, then its compose file is asked for', async () => {
    const { comments } = await proposed({ 'd.conf': conf })
    expect(comments).toContain(
      'the containers of /work/docker-compose.yml are not part of this file: name it with --from',
    )
  })
})

describe('Watchtower', () => {
  test.each([
    ['[]', 'environment: {}', { auto: 'all' }, '24h'],
    ['[]', 'command: --interval 300 --cleanup', { auto: 'all' }, '5m'],
    ['[]', 'command: [ "-i=90" ]', { auto: 'all' }, '90s'],
    ['[]', 'environment: [ WATCHTOWER_POLL_INTERVAL=7200 ]', { auto: 'all' }, '2h'],
    ['[]', 'environment: { WATCHTOWER_MONITOR_ONLY: "true" }', { auto: 'none' }, '24h'],
    ['{ com.centurylinklabs.watchtower.monitor-only: "true" }', 'environment: {}', { auto: 'none' }, '24h'],
    [
      '{ com.centurylinklabs.watchtower.monitor-only: "false" }',
      'command: --monitor-only --label-take-precedence',
      { auto: 'all' },
      '24h',
    ],
    [
      '[ com.centurylinklabs.watchtower.enable=true ]',
      'environment: { WATCHTOWER_LABEL_ENABLE: 1, WATCHTOWER_SCHEDULE: "0 30 4 * * ?", TZ: Europe/Rome }',
      { auto: 'all', window: { cron: '30 4 * * *', duration: '1h', timezone: 'Europe/Rome' } },
      '30 4 * * *',
    ],
    ['[]', 'command: -s "@every 6h"', { auto: 'all' }, '6h'],
    ['[]', 'command: -s @daily', { auto: 'all', window: { cron: '0 0 * * *', duration: '1h' } }, '0 0 * * *'],
  ])('when a service has %s and it has %s, then that is the policy', async (labels, settings, policy, every) => {
    const found = await proposed({ 'docker-compose.yml': watched(labels, settings) })
    expect(found.components).toEqual(['app'])
    expect(found.of['app']?.policy).toEqual(policy)
    expect(found.every).toBe(every)
    expect(found.comments).toContain('Watchtower (service watchtower): belay does its work: remove it before')
  })

  test.each([
    ['[ com.centurylinklabs.watchtower.enable=false ]', 'environment: {}', 'enable=false'],
    ['[]', 'command: --label-enable', 'label-enable'],
    ['[]', 'command: --cleanup other', 'was started for other alone'],
    ['[]', 'environment: { WATCHTOWER_DISABLE_CONTAINERS: "x app" }', 'disable-containers'],
    ['[ com.centurylinklabs.watchtower.no-pull=true ]', 'environment: {}', 'no-pull'],
  ])('when it left a service with %s and %s alone, then so does the proposal', async (labels, settings, why) => {
    const { left_out: leftOut } = await proposed({ 'docker-compose.yml': watched(labels, settings) })
    expect(leftOut).toMatchObject([{ service: 'app', why: expect.stringContaining(why) as string }])
  })

  test.each(['1.27.1', '16.4.1'])(
    'when it stayed with %s, then that begins to move only when a person says so',
    async (tag) => {
      const compose = watched('[]').replace('image: nginx', `image: nginx:${tag}`)
      const { of, comments } = await proposed({ 'docker-compose.yml': compose })
      expect(of['app']?.policy).toEqual({ auto: 'none' })
      expect(comments).toContain(`Watchtower stayed with ${tag}`)
    },
  )

  test('when containers depend on each other by its label, then their updates do, and a ring is said', async () => {
    const label = (name: string) => `labels: { com.centurylinklabs.watchtower.depends-on: ${name} }`
    const { of, comments } = await proposed({
      'compose.yml': `services:
  app: { image: nginx, ${label('"/the-db,gone"')} }
  db: { image: mariadb, container_name: the-db, ${label('app')} }`,
    })
    expect(of['app']?.requires).toEqual({ db: '*' })
    expect(of['db']?.requires).toBeUndefined()
    expect(comments).toContain('db and app would require each other')
    expect(comments).toContain("app: Watchtower's depends-on names gone, which is not in this file")
    expect(comments).toContain('its labels are here and its own service is not')
  })

  test('when scopes part the containers, then each follows the one of its scope', async () => {
    const { of } = await proposed({
      'a.yml': `services:
  mine: { image: nginx, labels: [ com.centurylinklabs.watchtower.scope=x ] }
  other: { image: nginx }
  one: { image: nickfedor/watchtower, command: --scope x --monitor-only }
  two: { image: containrrr/watchtower }`,
    })
    expect([of['mine']?.policy.auto, of['other']?.policy.auto]).toEqual(['none', 'all'])
  })

  test('when labels and settings have no counterpart, then each is said, and no secret is', async () => {
    const { text, comments, of } = await proposed({
      'docker-compose.yml': watched(
        `
      - com.centurylinklabs.watchtower.stop-signal=SIGHUP
      - com.centurylinklabs.watchtower.lifecycle.pre-update=/dump.sh --password hunter2
      - com.centurylinklabs.watchtower.lifecycle.post-update=/try.sh
      - com.centurylinklabs.watchtower.frobnicate=1`,
        `env_file: tower.env
    command: --cleanup --stop-timeout 1m30s --notification-url discord://hunter2@1 --frob`,
      ),
      '.env': 'A=b',
    })
    for (const said of [
      'stop_signal: SIGHUP',
      'lifecycle.pre-update: belay runs nothing that a label says',
      'lifecycle.post-update',
      'com.centurylinklabs.watchtower.frobnicate is not known',
      'WATCHTOWER_FROB is not known',
      'cleanup: belay removes old images',
      'notifications: belay sends none yet',
    ])
      expect(comments).toContain(said)
    expect(of['app']?.strategy['stop_grace']).toBe('90s')
    expect(text).not.toContain('hunter2')
  })

  test('when its settings stand in a file of their own, and it in another project, then it is found', async () => {
    const { of, every } = await proposed(
      {
        'app/compose.yml': 'services: { app: { image: nginx } }',
        'tower/compose.yml': 'services: { w: { image: containrrr/watchtower, env_file: [ w.env ] } }',
        'tower/w.env': 'WATCHTOWER_MONITOR_ONLY=true\nWATCHTOWER_POLL_INTERVAL=3600\n',
      },
      ['app/compose.yml', 'tower/compose.yml'],
    )
    expect({ auto: of['app']?.policy.auto, every }).toEqual({ auto: 'none', every: '1h' })
  })
})

describe("What's Up Docker", () => {
  const wud = (labels: string, environment = '{}', image = 'mariadb:10.4.5') => `services:
  app: { image: "${image}", labels: ${labels} }
  wud: { image: getwud/wud, environment: ${environment} }`

  const local = '{ WUD_TRIGGER_DOCKER_LOCAL_PRUNE: "true", WUD_WATCHER_LOCAL_CRON: "0 1 * * *" }'

  test.each([
    ['{}', '{}', 'none', '1h'],
    ['{}', local, 'all', '0 1 * * *'],
    ['{}', '{ WUD_TRIGGER_DOCKERCOMPOSE_A_FILE: /x, WUD_TRIGGER_DOCKERCOMPOSE_A_THRESHOLD: minor }', 'minor', '1h'],
    ['{}', '{ WUD_TRIGGER_DOCKER_A_AUTO: "false" }', 'none', '1h'],
    ['{}', '{ WUD_TRIGGER_DOCKER_A_DRYRUN: "true" }', 'none', '1h'],
    ['{ wud.trigger.exclude: docker.local }', local, 'none', '0 1 * * *'],
    ['[ "wud.trigger.include=smtp.gmail,docker.local:patch" ]', local, 'patch', '0 1 * * *'],
    ['[ wud.trigger.include=smtp.gmail ]', local, 'none', '0 1 * * *'],
    ['{}', '{ WUD_TRIGGER_DOCKER_A_INCLUDEBYDEFAULT: "false" }', 'none', '1h'],
    ['{ getwud.app/trigger.include: docker.a }', '{ WUD_TRIGGER_DOCKER_A_INCLUDEBYDEFAULT: "false" }', 'all', '1h'],
    ['{}', '{ WUD_TRIGGER_DOCKER_A_THRESHOLD: major-only }', 'none', '1h'],
  ])(
    'when a service has %s and it has %s, then %s is installed by itself',
    async (labels, environment, auto, every) => {
      const found = await proposed({ 'compose.yml': wud(labels, environment) })
      expect({ auto: found.of['app']?.policy.auto, every: found.every }).toEqual({ auto, every })
    },
  )

  test.each([
    ['{ wud.watch: "false" }', '{}', 'wud.watch=false'],
    ['{}', '{ WUD_WATCHER_LOCAL_WATCHBYDEFAULT: "false" }', 'WATCHBYDEFAULT=false'],
  ])('when it left a service with %s and %s alone, then so does the proposal', async (labels, environment, why) => {
    const { left_out: leftOut } = await proposed({ 'compose.yml': wud(labels, environment) })
    expect(leftOut).toMatchObject([{ service: 'app', why: expect.stringContaining(why) as string }])
  })

  test('when tags were chosen by expressions, then they become holds where that can be said, else a sentence', async () => {
    const labels = String.raw`{ wud.tag.include: '^10\.\d+\.\d+$$', wud.tag.exclude: '^10\.9\.', wud.tag.transform: '^(.*)-x$$ => $$1',
    wud.watch.digest: true, wud.link.template: 'https://x/$$major', wud.display.name: Maria, wud.whatever: 1 }`
    const { of, comments } = await proposed({ 'compose.yml': wud(labels, '{ WUD_TRIGGER_SMTP_A_HOST: x }') })
    expect(of['app']?.policy.hold).toEqual(['>=11', '10.9.*'])
    for (const said of [
      'wud.tag.transform ^(.*)-x$ => $1',
      'wud.watch.digest: belay follows versions',
      'wud.link.template',
      'wud.display.name Maria',
      'the label wud.whatever is not known',
      'its triggers smtp: belay sends no notifications yet',
      'it only told, so it may stay',
    ])
      expect(comments).toContain(said)
    const odd = await proposed({ 'compose.yml': wud(`{ wud.tag.include: "^(a|b)" }`) })
    expect(odd.of['app']?.policy.hold).toBeUndefined()
    expect(odd.comments).toContain('wud.tag.include ^(a|b): belay follows no expressions')
  })

  test('when the tag names no version, then no range is written, which would hold everything', async () => {
    const { of, comments } = await proposed({
      'compose.yml': wud(String.raw`{ wud.tag.include: '^10\.' }`, '{}', 'mariadb'),
    })
    expect(of['app']?.policy).toEqual({ auto: 'none' })
    expect(comments).toContain('names no version to compare')
  })
})

test('when Diun watched, then nothing is installed by itself, and its schedule is kept', async () => {
  const {
    of,
    every,
    left_out: leftOut,
  } = await proposed({
    'compose.yml': `services:
  app: { image: nginx, labels: [ diun.enable=true ] }
  off: { image: nginx, labels: [ diun.enable=false ] }
  diun: { image: "crazymax/diun:latest", environment: [ "DIUN_WATCH_SCHEDULE=0 */6 * * *" ] }`,
  })
  expect({ auto: of['app']?.policy.auto, every }).toEqual({ auto: 'none', every: '0 */6 * * *' })
  expect(leftOut).toMatchObject([{ service: 'off', why: 'Diun left it alone (diun.enable=false)' }])
})

describe('a file that cannot be read', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
    .split('')
    .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[at]}`).join(',')}]`)
    .join('\n')}\nservices: { x: { image: *h } }`

  test.each([
    ['that is no YAML', 'services:\n  a: [', /line \d+/],
    ['without services', 'volumes: {}', /no services/],
    ['that is made to exhaust a reader', bomb, /exhaust/],
    ['that is nested too deeply', `services: ${'['.repeat(20_000)}`, /exhaust|nested|line/],
    [
      'with too many services',
      `services:\n${Array.from({ length: 300 }, (_, at) => `  s${at}: { image: a }`).join('\n')}`,
      /more than 200/,
    ],
  ])('when one %s is named, then that is wrong usage, and nothing is written', async (_, text, why) => {
    await expect(proposed({ 'compose.yml': text })).rejects.toThrow(why)
  })

  test('when a compose file has another name and ending, then it is known by its services', async () => {
    const { components } = await proposed({ stack: 'services:\n  app:\n    image: nginx\n' }, ['stack'])
    expect(components).toEqual(['app'])
  })
})
