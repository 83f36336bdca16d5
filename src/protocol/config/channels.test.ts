import { expect, test } from 'vitest'
import { problemOf } from '../../core/model/problem.ts'
import { eventKinds } from '../../core/notify/event.ts'
import { sampleKinds } from './kinds.fixture.ts'
import { parseConfigValue } from './parse.ts'

const component = {
  source: { type: 'github', repo: 'example/app' },
  strategy: { type: 'directory', path: '/opt/app' },
}

function parse(notify: unknown) {
  const config = { version: 1, agent: { notify }, components: { app: component } }
  return parseConfigValue(config, '/', sampleKinds()).agent.notify
}

function errorsOf(notify: unknown): unknown {
  try {
    return parse(notify)
  } catch (error) {
    return problemOf(error).facts['errors']
  }
}

test('when a channel says the least then it is told everything at once, in English', () => {
  const spec = { type: 'ntfy', topic: 'x' }
  expect(parse({ phone: spec })).toEqual({
    phone: {
      name: 'phone',
      spec,
      language: 'en',
      on: eventKinds,
      components: null,
      quiet: null,
      digestMs: null,
      checkFailingMs: 3 * 86_400_000,
    },
  })
  expect(parse(undefined)).toEqual({})
})

test('when a channel says all of it then it is so', () => {
  const quiet = { from: '22:00', to: '07:30', timezone: 'Europe/Rome' }
  const more = { on: ['stuck'], components: ['app'], language: 'de', quiet, digest: '12h', check_failing: '1d' }
  expect(parse({ phone: { type: 'ntfy', topic: 'x', ...more } })['phone']).toMatchObject({
    on: ['stuck'],
    components: ['app'],
    language: 'de',
    quiet: { from: 22 * 60, to: 7 * 60 + 30, timezone: 'Europe/Rome' },
    digestMs: 12 * 3_600_000,
    checkFailingMs: 86_400_000,
  })
})

test.each([
  [{ Phone: { type: 'ntfy', topic: 'x' } }, 'agent.notify.Phone: use lower-case letters'],
  [{ p: { type: 'pigeon' } }, 'agent.notify.p.type: there is no channel of type "pigeon"'],
  [{ p: { type: 'ntfy', topic: 'x', digset: '1h' } }, 'agent.notify.p.digset: unknown key. Did you mean digest?'],
  [{ p: { type: 'ntfy', topic: 'x', on: ['stuk'] } }, 'Did you mean stuck?'],
  [{ p: { type: 'ntfy', topic: 'x', on: [] } }, 'agent.notify.p.on: this must not be empty'],
  [{ p: { type: 'ntfy', topic: 'x', components: ['ap'] } }, 'there is no component ap. Did you mean app?'],
  [{ p: { type: 'ntfy', topic: 'x', quiet: { from: '7:00', to: '08:00' } } }, 'write a time of the day in quotes'],
  [{ p: { type: 'ntfy', topic: 'x', quiet: { from: '07:00', to: '07:00' } } }, 'are the same time'],
  [{ p: { type: 'ntfy', topic: 'x', quiet: { from: '07:00', to: '08:00', timezone: 'Mars' } } }, 'not a time zone'],
  [{ p: { type: 'ntfy', topic: 'x', digest: 'daily' } }, 'write a duration like 24h, or off'],
  [{ p: { type: 'ntfy', topic: 'x', check_failing: '5m' } }, 'write 1h or more'],
])('when a channel is %j then that is refused', (notify, error) => {
  expect(errorsOf(notify)).toEqual([expect.stringContaining(error)])
})

test('when a secret is written into the config then it is not told, but where it belongs is', () => {
  const errors = errorsOf({ p: { type: 'slack', url: 'https://hooks.slack.com/services/SECRET' } })
  expect(errors).toEqual([expect.stringContaining('a secret is never written here itself')])
  expect(JSON.stringify(errors)).not.toContain('SECRET')
})

test('when there are more channels than anybody needs then that is refused', () => {
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`p${n}`, { type: 'ntfy', topic: 'x' }]))
  expect(errorsOf(many)).toEqual([expect.stringContaining('at most 50 channels')])
})
