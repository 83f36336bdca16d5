import { expect, test } from 'vitest'
import { canonical, parseReference, sameRepository } from './reference.ts'

const hex = 'a'.repeat(64)

const readable: readonly (readonly [text: string, canonical: string])[] = [
  ['nginx', 'docker.io/library/nginx'],
  ['nginx:1.25', 'docker.io/library/nginx:1.25'],
  ['library/nginx', 'docker.io/library/nginx'],
  ['grafana/grafana:11.1.0', 'docker.io/grafana/grafana:11.1.0'],
  ['docker.io/nginx', 'docker.io/library/nginx'],
  ['index.docker.io/library/nginx', 'docker.io/library/nginx'],
  ['registry-1.docker.io/grafana/grafana', 'docker.io/grafana/grafana'],
  ['ghcr.io/o/app:1.1.0', 'ghcr.io/o/app:1.1.0'],
  ['ghcr.io/o/group/app__x.y-z', 'ghcr.io/o/group/app__x.y-z'],
  ['localhost/x', 'localhost/x'],
  ['localhost:5000/x:1', 'localhost:5000/x:1'],
  ['Registry/x', 'Registry/x'],
  ['registry/x', 'docker.io/registry/x'],
  ['127.0.0.1:5000/a/b:v1', '127.0.0.1:5000/a/b:v1'],
  ['[::1]:5000/x:1', '[::1]:5000/x:1'],
  [`nginx@sha256:${hex}`, `docker.io/library/nginx@sha256:${hex}`],
  [`ghcr.io/o/app:1.0@sha256:${hex}`, `ghcr.io/o/app:1.0@sha256:${hex}`],
  ['x:Tag_1.0-b', 'docker.io/library/x:Tag_1.0-b'],
]

test.each(readable)('when a reference is %s, then all of it is %s', (text, whole) => {
  const reference = parseReference(text)
  expect(reference === null ? null : canonical(reference)).toBe(whole)
  expect(parseReference(whole)).toStrictEqual(reference)
})

test('D5: when a host has a port, then its colon is no tag', () => {
  expect(parseReference('host:5000/x')).toStrictEqual({ host: 'host:5000', repository: 'x', tag: null, digest: null })
  expect(parseReference('host:5000/x:1.0')).toMatchObject({ host: 'host:5000', repository: 'x', tag: '1.0' })
})

test('D5: when a reference is pinned by digest, then the colon of the digest is no tag', () => {
  expect(parseReference(`host:5000/x@sha256:${hex}`)).toMatchObject({ tag: null, digest: `sha256:${hex}` })
  expect(parseReference(`host:5000/x:1.0@sha256:${hex}`)).toMatchObject({ tag: '1.0', digest: `sha256:${hex}` })
})

const unreadable = [
  '',
  '/',
  'x/',
  '/x',
  'Nginx',
  'ghcr.io/O/app',
  'ghcr.io/',
  'x:',
  'x:-1',
  `x:${'a'.repeat(129)}`,
  'x@',
  'x@sha256:abc',
  `x@sha512:${hex}${hex}`,
  `x@sha256:${hex}@sha256:${hex}`,
  hex,
  'a..b/x',
  '../x',
  'ghcr.io/../x',
  'https://ghcr.io/o/app',
  'user:pass@ghcr.io/o/app',
  'ghcr.io/o/app?x',
  'ghcr.io/o/app:1.0\nx',
  'host:port/x',
  'ghcr.io /x',
  `ghcr.io/${'a/'.repeat(130)}a`,
  `ghcr.io/${'a'.repeat(600)}`,
]

test.each(unreadable)('when %j is no reference, then it is null', (text) => {
  expect(parseReference(text)).toBe(null)
})

test('when two references name one repository by other names, then they are the same', () => {
  const same = (a: string, b: string) => {
    const [left, right] = [parseReference(a), parseReference(b)]
    return left !== null && right !== null && sameRepository(left, right)
  }
  expect(same('nginx:1', 'docker.io/library/nginx:2')).toBe(true)
  expect(same('GHCR.io/o/app', 'ghcr.io/o/app:1')).toBe(true)
  expect(same('host:5000/x', 'host/x')).toBe(false)
  expect(same('o/app', 'ghcr.io/o/app')).toBe(false)
})
