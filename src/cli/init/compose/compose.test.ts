import { describe, expect, test } from 'vitest'
import { proposedFrom } from '../../../../test/fakes/init-compose.ts'

const one = (service: string, more = '') =>
  proposedFrom({ 'docker-compose.yml': `services:\n  app:\n${service.replace(/^/gm, '    ')}\n${more}` })

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
    expect(of['app']?.strategy).toMatchObject({ type: 'compose', file: '/site/docker-compose.yml', service: 'app' })
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
    const { of, comments } = await proposedFrom({
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
    expect(comments).toContain(`- app of /site/docker-compose.yml: ${leftOut[0]?.why}.`)
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
      '# data: [ { type: volume, name: site_db }, { type: volume, name: mine }, { type: path, path: /site/data } ]',
    )
    expect(text).toContain('{ type: health_endpoint, url: "http://localhost:8080/" }')
  })

  test('when it has a healthcheck, a profile and something that starts before it, then that is used', async () => {
    const { of, comments } = await proposedFrom({
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
    const { of, read_from: readFrom } = await proposedFrom({
      'docker-compose.yml': 'services: { app: { image: "a:1.0.0" }, b: { image: "b:1.0.0" } }',
      'docker-compose.override.yml': 'services: { app: { image: "ghcr.io/o/a:2.0.0" } }',
    })
    const files = ['/site/docker-compose.yml', '/site/docker-compose.override.yml']
    expect(readFrom).toEqual(files)
    expect(of['app']).toMatchObject({ source: { image: 'ghcr.io/o/a' }, strategy: { file: files } })
  })

  test('when two files have a service of one name, then each has its own', async () => {
    const text = 'services: { app: { image: nginx } }'
    const { components } = await proposedFrom({ 'one/compose.yml': text, 'two/compose.yml': text, 'two/b.yml': text })
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
  const conf = '[Updater]\nincludePrerelease = True\ndockerComposePath = /site/docker-compose.yml\n'

  test('when its files are read, then its names are kept, remote goes first, and what is wrong with the file is said', async () => {
    const { of, comments } = await proposedFrom({ 'docker-compose.yml': compose, 'd.conf': conf })
    expect(Object.keys(of)).toEqual(['core', 'remote', 'scheduler'])
    expect(of['remote']?.aliases).toEqual(['dunebugger-remote'])
    expect([of['core']?.requires, of['scheduler']?.requires]).toEqual([{ remote: '*' }, { remote: '*' }])
    expect(of['scheduler']?.source.prereleases).toBe(true)
    expect(comments).toContain('the placeholder <DUNEBUGGER_REMOTE_VERSION_HERE>, which compose refuses')
    expect(comments).toContain('scheduler depends_on dunebugger-remote, and there is no such service')
    expect(comments).not.toContain('name it with --from')
  })

  test('when its settings are read alone, then its compose file is asked for', async () => {
    const { comments } = await proposedFrom({ 'd.conf': conf })
    expect(comments).toContain(
      'the containers of /site/docker-compose.yml are not part of this file: name it with --from',
    )
  })
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
    await expect(proposedFrom({ 'compose.yml': text })).rejects.toThrow(why)
  })

  test('when a compose file has another name and ending, then it is known by its services', async () => {
    const { components } = await proposedFrom({ stack: 'services:\n  app:\n    image: nginx\n' }, ['stack'])
    expect(components).toEqual(['app'])
  })
})
