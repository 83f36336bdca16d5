import { describe, expect, test } from 'vitest'
import { proposedFrom } from '../../../../test/fakes/init-compose.ts'

const watched = (labels: string, settings = 'environment: {}') => `services:
  app:
    image: nginx
    labels: ${labels}
  watchtower:
    image: containrrr/watchtower:latest
    ${settings}
`

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
    const found = await proposedFrom({ 'docker-compose.yml': watched(labels, settings) })
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
    const { left_out: leftOut } = await proposedFrom({ 'docker-compose.yml': watched(labels, settings) })
    expect(leftOut).toMatchObject([{ service: 'app', why: expect.stringContaining(why) as string }])
  })

  test.each(['1.27.1', '16.4.1'])(
    'when it stayed with %s, then that begins to move only when a person says so',
    async (tag) => {
      const compose = watched('[]').replace('image: nginx', `image: nginx:${tag}`)
      const { of, comments } = await proposedFrom({ 'docker-compose.yml': compose })
      expect(of['app']?.policy).toEqual({ auto: 'none' })
      expect(comments).toContain(`Watchtower stayed with ${tag}`)
    },
  )

  test('when containers depend on each other by its label, then their updates do, and a ring is said', async () => {
    const label = (name: string) => `labels: { com.centurylinklabs.watchtower.depends-on: ${name} }`
    const { of, comments } = await proposedFrom({
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
    const { of } = await proposedFrom({
      'a.yml': `services:
  mine: { image: nginx, labels: [ com.centurylinklabs.watchtower.scope=x ] }
  other: { image: nginx }
  one: { image: nickfedor/watchtower, command: --scope x --monitor-only }
  two: { image: containrrr/watchtower }`,
    })
    expect([of['mine']?.policy.auto, of['other']?.policy.auto]).toEqual(['none', 'all'])
  })

  test('when labels and settings have no counterpart, then each is said, and no secret is', async () => {
    const { text, comments, of } = await proposedFrom({
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
      'notifications: belay agent sends them to the channels under agent.notify',
    ])
      expect(comments).toContain(said)
    expect(of['app']?.strategy['stop_grace']).toBe('90s')
    expect(text).not.toContain('hunter2')
  })

  test('when its settings stand in a file of their own, and it in another project, then it is found', async () => {
    const { of, every } = await proposedFrom(
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
      const found = await proposedFrom({ 'compose.yml': wud(labels, environment) })
      expect({ auto: found.of['app']?.policy.auto, every: found.every }).toEqual({ auto, every })
    },
  )

  test.each([
    ['{ wud.watch: "false" }', '{}', 'wud.watch=false'],
    ['{}', '{ WUD_WATCHER_LOCAL_WATCHBYDEFAULT: "false" }', 'WATCHBYDEFAULT=false'],
  ])('when it left a service with %s and %s alone, then so does the proposal', async (labels, environment, why) => {
    const { left_out: leftOut } = await proposedFrom({ 'compose.yml': wud(labels, environment) })
    expect(leftOut).toMatchObject([{ service: 'app', why: expect.stringContaining(why) as string }])
  })

  test('when tags were chosen by expressions, then they become holds where that can be said, else a sentence', async () => {
    const labels = String.raw`{ wud.tag.include: '^10\.\d+\.\d+$$', wud.tag.exclude: '^10\.9\.', wud.tag.transform: '^(.*)-x$$ => $$1',
    wud.watch.digest: true, wud.link.template: 'https://x/$$major', wud.display.name: Maria, wud.whatever: 1 }`
    const { of, comments } = await proposedFrom({ 'compose.yml': wud(labels, '{ WUD_TRIGGER_SMTP_A_HOST: x }') })
    expect(of['app']?.policy.hold).toEqual(['>=11', '10.9.*'])
    for (const said of [
      'wud.tag.transform ^(.*)-x$ => $1',
      'wud.watch.digest: belay follows versions',
      'wud.link.template',
      'wud.display.name Maria',
      'the label wud.whatever is not known',
      'its triggers smtp: they may stay; belay agent tells too',
      'it only told, so it may stay',
    ])
      expect(comments).toContain(said)
    const odd = await proposedFrom({ 'compose.yml': wud(`{ wud.tag.include: "^(a|b)" }`) })
    expect(odd.of['app']?.policy.hold).toBeUndefined()
    expect(odd.comments).toContain('wud.tag.include ^(a|b): belay follows no expressions')
  })

  test('when the tag names no version, then no range is written, which would hold everything', async () => {
    const { of, comments } = await proposedFrom({
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
  } = await proposedFrom({
    'compose.yml': `services:
  app: { image: nginx, labels: [ diun.enable=true ] }
  off: { image: nginx, labels: [ diun.enable=false ] }
  diun: { image: "crazymax/diun:latest", environment: [ "DIUN_WATCH_SCHEDULE=0 */6 * * *" ] }`,
  })
  expect({ auto: of['app']?.policy.auto, every }).toEqual({ auto: 'none', every: '0 */6 * * *' })
  expect(leftOut).toMatchObject([{ service: 'off', why: 'Diun left it alone (diun.enable=false)' }])
})
