import { expect, test } from 'vitest'
import { problemOf } from '../core/model/problem.ts'
import { parseConfigWith } from '../host/config/parse.ts'
import { parseConfigValue } from '../protocol/config/parse.ts'
import type { Kinds } from '../protocol/config/schema.ts'
import { allKinds, checkedKinds, kindsFor } from './kinds.ts'

async function errorsOf(more: string): Promise<unknown> {
  const text = `version: 1
components:
  app:
    source: { type: http, url: https://example.com/feed.json }
    strategy: { type: directory, path: /srv/app }
${more}`
  const read = { text, file: '/belay.yaml', shown: 'belay.yaml', baseDir: '/' }
  return parseConfigWith(read, kindsFor).catch((error: unknown) => problemOf(error).facts['errors'])
}

test.each([
  ['    policy: { hold: [ nonsense ] }', 'belay.yaml:6:23 components.app.policy.hold[0]: a range looks like'],
  ['    requires: { app: "*" }', 'belay.yaml:6:17 components.app.requires.app: these require each other in a ring'],
  ['    requires: { other: "*" }', 'belay.yaml:6:17 components.app.requires.other: there is no component other'],
  ['    policy: { window: { cron: "0 0 31 2 *", duration: 1h } }', 'belay.yaml:6:31 components.app.policy.window.cron'],
  ['    check: { every: "99 * * * *" }', 'belay.yaml:6:21 components.app.check.every: "99 * * * *" is not a cron line'],
  ['    aliases: [ app ]', 'belay.yaml:6:16 components.app.aliases[0]: app is the name of a component already'],
])('when only what the config names is loaded, then %s is still refused', async (more, error) => {
  expect(await errorsOf(more)).toStrictEqual([expect.stringContaining(error)])
})

test('when a config was checked before, then the settings are the same as when it is checked', async () => {
  const config = {
    version: 1,
    components: {
      app: {
        source: { type: 'http', url: 'https://example.com/feed.json', asset: 'source-zip' },
        strategy: { type: 'directory', path: 'app', service: { type: 'systemd', unit: 'app.service' } },
        version: { http: 'https://example.com/version', scheme: 'calver' },
        data: [{ type: 'sqlite', path: '/srv/app/data.db' }],
        checks: { after: [{ type: 'command', command: ['true'] }] },
        policy: { hold: ['2025.*'], window: { cron: '0 2 * * *', duration: '1h' } },
      },
    },
  }
  const checked = parseConfigValue(config, '/etc/belay', await allKinds())
  expect(parseConfigValue(config, '/etc/belay', checkedKinds())).toStrictEqual(checked)
})

test('when a kind is added, then those of a config that was checked before have it too', async () => {
  const [all, checked] = [await allKinds(), checkedKinds()]
  const names = (kinds: Kinds) =>
    Object.entries(kinds).map(([port, each]) => [port, port === 'rules' ? [] : Object.keys(each)])
  expect(names(checked)).toStrictEqual(names(all))
})
