import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { peerOf } from './peer.ts'

const plain = (remoteAddress: string) => ({ remoteAddress }) as Socket
const encrypted = (remoteAddress: string) => ({ remoteAddress, encrypted: true }) as unknown as Socket
const proxies = ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']

test('when there is no proxy then it is the other end', () => {
  expect(peerOf(plain('::ffff:192.0.2.7'), {}, [])).toEqual({ address: '192.0.2.7', secure: false })
  expect(peerOf(encrypted('::1'), {}, proxies)).toEqual({ address: '::1', secure: true })
})

test.each([
  ['203.0.113.5', '203.0.113.5'],
  // What stands left was made up by the caller.
  ['127.0.0.1, 203.0.113.5', '203.0.113.5'],
  ['127.0.0.1, 203.0.113.5, 10.1.2.3', '203.0.113.5'],
  ['[2001:db9::1]:4000, 2001:db8::9', '2001:db9::1'],
  ['203.0.113.5:4711', '203.0.113.5'],
  ['::ffff:203.0.113.5', '203.0.113.5'],
  ['127.0.0.1', '127.0.0.1'],
  ['', '127.0.0.1'],
  ['localhost', 'unknown, through 127.0.0.1'],
  ['203.0.113.5, <script>', 'unknown, through 127.0.0.1'],
])('when a proxy that is believed says %s then it is %s', (forwarded, address) => {
  const headers = { 'x-forwarded-for': forwarded, 'x-forwarded-proto': 'https' }
  expect(peerOf(plain('127.0.0.1'), headers, proxies)).toEqual({ address, secure: true })
})

test('when a proxy that is not believed speaks for others then nobody knows who they are, least of all of this host', () => {
  const headers = { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' }
  for (const one of [headers, { via: '1.1 x' }, { forwarded: 'for=127.0.0.1' }, { 'x-real-ip': '127.0.0.1' }]) {
    expect(peerOf(plain('127.0.0.1'), one, [])).toEqual({ address: 'unknown, through 127.0.0.1', secure: false })
  }
  expect(peerOf(plain('192.0.2.7'), headers, proxies)).toEqual({ address: 'unknown, through 192.0.2.7', secure: false })
})

test('when several words say how it was encrypted then the last is the proxy’s', () => {
  const headers = { 'x-forwarded-for': '203.0.113.5', 'x-forwarded-proto': 'https, http' }
  expect(peerOf(plain('127.0.0.1'), headers, proxies).secure).toBe(false)
})
