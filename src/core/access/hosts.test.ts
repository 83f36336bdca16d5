import { expect, test } from 'vitest'
import { isLoopback, isOurs } from './hosts.ts'

const names = ['belay.example.org']

test.each([
  '127.0.0.1:8484',
  '[::1]:8484',
  '192.0.2.7',
  'localhost:8484',
  'app.localhost',
  'belay.example.org',
  'Belay.Example.org.:443',
])('when a page is opened as %s then it is ours', (host) => {
  expect(isOurs(host, names)).toBe(true)
})

test.each([
  'evil.example',
  'belay.example.org.evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '127.0.0.1@evil.example',
  'evil.example:80:80',
  'belay.example.org/',
  ' ',
  '',
  null,
])('when another site leads its name %s here then it is not ours', (host) => {
  expect(isOurs(host, names)).toBe(false)
})

test('when an address only looks like one of this host then it is none', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true)
  const others = ['10.0.0.1', '127.0.0.1.example', '', 'localhost', '::ffff:10.0.0.1', 'unknown, through 127.0.0.1']
  expect(others.some(isLoopback)).toBe(false)
})
