import { expect, test } from 'vitest'
import { whence } from './origin.ts'

const host = 'belay.example.org:8484'

test.each([
  ['https://belay.example.org:8484', 'same-origin', 'own'],
  ['https://belay.example.org:8484', null, 'own'],
  [null, 'same-origin', 'own'],
  [null, null, 'unsaid'],
  [null, 'none', 'unsaid'],
  // The same host on another port: cookies are sent there, and from there.
  ['https://belay.example.org:3000', 'same-site', 'foreign'],
  ['https://belay.example.org:3000', null, 'foreign'],
  ['http://belay.example.org:8484', null, 'foreign'],
  ['https://evil.example', null, 'foreign'],
  ['https://belay.example.org:8484.evil.example', null, 'foreign'],
  ['null', null, 'foreign'],
  ['', null, 'foreign'],
  ['https://belay.example.org:8484', 'cross-site', 'foreign'],
  [null, 'cross-site', 'foreign'],
] as const)('when a browser says origin %s and site %s then it is %s', (origin, site, expected) => {
  expect(whence({ origin, site, host, secure: true })).toBe(expected)
})
