import { expect, test } from 'vitest'
import { parseChallenge } from './challenge.ts'

const hub = { kind: 'bearer', realm: 'https://auth.docker.io/token', service: 'registry.docker.io' }

test.each([
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"',
    hub,
  ],
  ['bearer Realm = "https://auth.docker.io/token" , SERVICE=registry.docker.io', hub],
  ['Basic realm="x", Bearer realm="https://auth.docker.io/token",service="registry.docker.io"', hub],
  [
    'Bearer realm="https://a.example/t?x=\\"1\\""',
    { kind: 'bearer', realm: 'https://a.example/t?x="1"', service: null },
  ],
  [
    'Bearer realm="https://a.example/t",realm="https://evil.example"',
    { kind: 'bearer', realm: 'https://a.example/t', service: null },
  ],
  ['Basic realm="Registry"', { kind: 'basic' }],
  ['BASIC', { kind: 'basic' }],
  ['Bearer service="x"', null],
  ['Negotiate', null],
  ['Digest realm="Basic"', null],
  ['', null],
  [`Basic realm="${'x'.repeat(9000)}"`, null],
])('when a registry says %s, then it is understood', (header, expected) => {
  expect(parseChallenge(header)).toStrictEqual(expected)
})
