import { expect, test } from 'vitest'
import { isAt, lacksOf } from './routing.ts'

const wanted = {
  file: '/etc/caddy/belay/crm',
  slots: { blue: { host: '127.0.0.1', port: 8001 }, green: { host: '127.0.0.1', port: 8002 } },
}
const asking = (file: object) => [{ file }]
const match = asking({ root: '/etc/caddy/belay', try_files: ['crm'] })
const proxy = (...dials: readonly string[]) => [
  { handler: 'reverse_proxy', upstreams: dials.map((dial) => ({ dial })) },
]
const green = { match, handle: proxy('127.0.0.1:8002') }
const blue = { handle: proxy('localhost:8001') }
const served = (...routes: readonly object[]) => ({
  apps: { http: { servers: { srv0: { listen: [':80'], routes } } } },
})
const nested = (...routes: readonly object[]) => served({ handle: [{ handler: 'subroute', routes }] })

test.each([
  ['the file chooses green, and else blue', served(green, blue), []],
  ['they are within a site and a handle block', nested({ match: [{ path: ['/api/*'] }], ...nested(green, blue) }), []],
  [
    'each of them is within a handle block',
    served({ match, handle: [{ handler: 'subroute', routes: [green] }] }, blue),
    [],
  ],
  ['something else is proxied, too', served({ handle: proxy('127.0.0.1:9000') }, green, blue), []],
  ['there is no config', null, ['file']],
  ['nobody asks for the file', served({ handle: proxy('127.0.0.1:8001', '127.0.0.1:8002') }), ['file']],
  [
    'another file is asked for',
    served({ ...green, match: asking({ root: '/etc', try_files: ['crm'] }) }, blue),
    ['file'],
  ],
  [
    'one of two files is asked for',
    served({ ...green, match: asking({ root: '/etc/caddy/belay', try_files: ['crm', 'x'] }) }, blue),
    ['file'],
  ],
  ['blue comes first and takes all', served(blue, green), ['blue']],
  [
    'the file chooses blue',
    served({ match, handle: proxy('127.0.0.1:8001') }, { handle: proxy('127.0.0.1:8002') }),
    ['green', 'blue'],
  ],
  ['the file chooses either', served({ match, handle: proxy('127.0.0.1:8002', '127.0.0.1:8001') }, blue), ['green']],
  ['one site of two is right', { sites: [served(green), served(green, blue)] }, []],
])('when %s then what lacks is told', (_, config, lacks) => {
  expect(lacksOf(config, wanted)).toEqual(lacks)
})

test('when an address is written in another way then it is the same one', () => {
  const address = { host: '::1', port: 8001 }
  expect(isAt('[::1]:8001', address)).toBe(true)
  expect(isAt(':8001', { host: '127.0.0.1', port: 8001 })).toBe(true)
  expect(isAt('10.0.0.1:8001', { host: '127.0.0.1', port: 8001 })).toBe(false)
  expect(isAt('127.0.0.1:8002', { host: '127.0.0.1', port: 8001 })).toBe(false)
  expect(isAt('unix//run/crm.sock', address)).toBe(false)
})
