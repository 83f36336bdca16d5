import { expect, test } from 'vitest'
import { parseConfigWith } from '../host/config/parse.ts'
import { problemOf } from '../core/model/problem.ts'
import { kindsFor } from './kinds.ts'

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
  ['    requires: { app: "*" }', 'belay.yaml:6:5 components.app.requires: these require each other in a ring'],
  ['    requires: { other: "*" }', 'belay.yaml:6:17 components.app.requires.other: there is no component other'],
  ['    policy: { window: { cron: "0 0 31 2 *", duration: 1h } }', 'belay.yaml:6:31 components.app.policy.window.cron'],
  ['    check: { every: "99 * * * *" }', 'belay.yaml:6:21 components.app.check.every: "99 * * * *" is not a cron line'],
  ['    aliases: [ app ]', 'belay.yaml:6:16 components.app.aliases[0]: app is the name of a component already'],
])('when only what the config names is loaded, then %s is still refused', async (more, error) => {
  expect(await errorsOf(more)).toStrictEqual([expect.stringContaining(error)])
})
