import { expect, test } from 'vitest'
import { pageOf } from './page.ts'

const plain = { port: 8484, tls: null }
const tls = { port: 8443, tls: { cert: '/c', key: '/k' } }

test.each([
  [plain, ['127.0.0.1'], [], null],
  [plain, ['localhost', '::1'], [], null],
  [plain, ['fe80::1'], [], null],
  [null, ['pi4.lan'], [], null],
  [plain, ['127.0.0.1', 'pi4.lan'], [], 'http://pi4.lan:8484/'],
  [tls, ['pi4.example.com', '0.0.0.0'], [], 'https://pi4.example.com:8443/'],
  [plain, ['belay.example.com', '127.0.0.1'], ['127.0.0.1'], 'https://belay.example.com/'],
] as const)(
  'when it listens at %j and is called %j, behind %j, then the page is at %s',
  (listen, hosts, proxies, page) => {
    expect(pageOf({ listen, access: { hosts, proxies } })).toBe(page)
  },
)
