import { expect, test } from 'vitest'
import { checkAddress, sameOrigin, showUrl } from './address.ts'

test.each([
  ['https://example.org/x', []],
  ['http://127.0.0.1:8080/x', ['127.0.0.1']],
  ['http://127.0.0.1:8080/x', ['127.0.0.1:8080']],
  ['http://example.org/x', ['example.org:80']],
  ['http://LOCALHOST/x', ['localhost']],
  ['http://[::1]:99/x', ['::1']],
  ['http://[::1]:99/x', ['[::1]']],
])('when %s is asked for and %j may be plain http, then it may be reached', (url, allowed) => {
  expect(checkAddress(url, allowed).href).toContain('/x')
})

test.each([
  ['http://example.org/x', []],
  ['http://127.0.0.1:8080/x', ['127.0.0.1:81']],
  ['http://127.0.0.1.example.org/x', ['127.0.0.1']],
  ['http://127.0.0.1@example.org/x', ['127.0.0.1']],
  ['http://notlocalhost/x', ['localhost']],
  ['ftp://127.0.0.1/x', ['127.0.0.1']],
  ['file:///etc/passwd', ['']],
])('when %s is asked for and %j may be plain http, then it is refused', (url, allowed) => {
  expect(() => checkAddress(url, allowed)).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ code: 'E_HTTP_INSECURE' }) }),
  )
})

test('when a URL is shown, then nothing in it that may be a secret is', () => {
  expect(showUrl('https://me:pass@example.org/a/b?token=abc&page=2&sig=xyz#frag')).toBe(
    'https://example.org/a/b?token=…&page=2&sig=…',
  )
  expect(showUrl('%%')).toBe('(not a URL)')
})

test('when scheme, host or port differ, then it is another origin', () => {
  expect(sameOrigin('https://a.org/x', 'https://a.org:443/y')).toBe(true)
  expect(sameOrigin('https://a.org', 'http://a.org')).toBe(false)
  expect(sameOrigin('https://a.org', 'https://a.org:444')).toBe(false)
  expect(sameOrigin('https://a.org', 'nonsense')).toBe(false)
})
