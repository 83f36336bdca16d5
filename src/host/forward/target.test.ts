import { expect, test } from 'vitest'
import { parseTarget } from './target.ts'

const place = { host: '::1', port: 8001 }
const good = { v: 1, mode: 'tcp', listen: place, slots: { blue: place, green: place }, shares: { blue: 25, green: 75 } }

test('when a target is whole then it is read', () => {
  expect(parseTarget(JSON.stringify(good))).toEqual(good)
})

test.each([
  ['', 'half a file'],
  [JSON.stringify(good).slice(0, -1), 'half a file'],
  [JSON.stringify({ ...good, v: 2 }), 'another version'],
  [JSON.stringify({ ...good, mode: 'udp' }), 'a mode'],
  [JSON.stringify({ ...good, slots: { blue: place } }), 'one slot'],
  [JSON.stringify({ ...good, listen: { host: 'a', port: 65_536 } }), 'a port'],
  [JSON.stringify({ ...good, shares: { blue: 50, green: 51 } }), 'a sum'],
])('when it is %j then it is none (%s)', (text) => {
  expect(parseTarget(text)).toBeNull()
})
