import { expect, test } from 'vitest'
import { emptySettingsFile, layOver, readSettingsFile, secretFindings, withChange } from './settings-file.ts'

const config = {
  version: 1,
  agent: { notify: { ops: { type: 'slack' } } },
  components: { core: { source: { type: 'http' }, policy: { auto: 'patch', window: { cron: '0 2 * * *' } } } },
}
const file = (parts: object) => {
  const read = readSettingsFile({ version: 1, ...parts })
  if ('wrong' in read) throw new Error(JSON.stringify(read.wrong))
  return read.file
}

test('when the file is laid over the config then its keys hold, all others stay, and it is told which are its own', () => {
  const {
    config: laid,
    components,
    channels,
    gone,
  } = layOver(
    config,
    file({
      components: { core: { policy: { auto: 'none', window: 'off' }, check: { every: 'off' } }, old: { policy: {} } },
      channels: { ops: 'off', night: { type: 'ntfy' } },
    }),
  )
  expect(laid).toEqual({
    version: 1,
    agent: { notify: { night: { type: 'ntfy' } } },
    components: { core: { source: { type: 'http' }, policy: { auto: 'none' }, check: { every: 'off' } } },
  })
  expect({ components, channels, gone }).toEqual({
    components: { core: ['policy.auto', 'policy.window', 'check.every'] },
    channels: ['ops', 'night'],
    gone: ['old'],
  })
})

test('when the file is empty then the config is the very same', () => {
  expect(layOver(config, emptySettingsFile).config).toBe(config)
})

test.each([
  [{ components: { core: { source: {} } } }, /unknown key/],
  [{ components: { core: { policy: { automatic: 1 } } } }, /Did you mean|unknown key/],
  [{ agent: {} }, /unknown key/],
  [{ components: [] }, /expected a map/],
])('when the file is %j then it says what is wrong with it', (parts, message) => {
  const read = readSettingsFile({ version: 1, ...parts })
  expect('wrong' in read ? read.wrong.map((finding) => finding.message).join() : '').toMatch(message)
})

test('when a change is made then null takes away, what is left out stays, and a value is replaced as one', () => {
  const before = file({
    components: { core: { policy: { auto: 'all', window: { cron: 'a', timezone: 'UTC' } } } },
    channels: { ops: { type: 'ntfy', topic: 'x' } },
  })
  const change = {
    components: { core: { policy: { auto: null, window: { cron: 'b' } } } },
    channels: { ops: { type: 'slack' }, other: null },
  }
  expect(withChange(before, change)).toEqual({
    version: 1,
    components: { core: { policy: { window: { cron: 'b' } } } },
    channels: { ops: { type: 'slack' } },
  })
  expect(withChange(before, { components: { core: null } })).toMatchObject({ components: {} })
})

test.each([
  ['/state/secrets/ops', 0],
  ['/state/secrets/../shadow', 1],
  ['/state/secrets/a/b', 1],
  ['/state/secrets/', 1],
  ['/etc/shadow', 1],
])('when a channel of the page names %s as a secret then there are %i objections', (path, objections) => {
  const channels = { ops: { type: 'x', deep: [{ token: { file: path } }] } }
  expect(secretFindings(file({ channels }), '/state/secrets')).toHaveLength(objections)
})
