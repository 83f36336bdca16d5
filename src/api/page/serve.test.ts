import { expect, test } from 'vitest'
import type { Page, PageFile } from '../../ports/page.ts'
import { servePage } from './serve.ts'

function file(type: string, immutable = false): PageFile {
  return { type, hash: 'h1', immutable, encodings: ['br', 'gzip'] }
}

const built = new Map([
  ['/index.html', file('text/html; charset=utf-8')],
  ['/assets/main-abc.js', file('text/javascript; charset=utf-8', true)],
  ['/icon.png', { ...file('image/png'), encodings: [] }],
])

function pageOf(files: Awaited<ReturnType<Page['files']>>) {
  const page: Page = {
    files: async () => files,
    read: async (path, encoding) => new TextEncoder().encode(`${path} ${encoding ?? 'plain'}`),
  }
  return async (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') => {
    const answer = await servePage(page, new Request(`http://belay.test${path}`, { method, headers }))
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
  }
}

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

test('when the start or any view of the page is opened then it is the start page, asked for anew each time', async () => {
  const ask = pageOf(built)
  for (const path of ['/', '/components/my.app', '/runs/r-1', '/people']) {
    expect(await ask(path, browser)).toMatchObject({
      status: 200,
      text: '/index.html plain',
      headers: { 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' },
    })
  }
  expect((await ask('/', { accept: '*/*' })).text).toBe('/index.html plain')
})

test('when a file is named by its content then it may be kept for ever', async () => {
  const { headers } = await pageOf(built)('/assets/main-abc.js')
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
})

test.each([
  ['br, gzip', 'br', '"h1-br"'],
  ['gzip, deflate', 'gzip', '"h1-gzip"'],
  ['br;q=0, gzip;q=0.5', 'gzip', '"h1-gzip"'],
  ['identity', undefined, '"h1"'],
  ['', undefined, '"h1"'],
])('when a browser takes "%s" then it is packed as %s', async (accepted, encoding, etag) => {
  const { headers, text } = await pageOf(built)('/', { 'accept-encoding': accepted })
  expect([headers['content-encoding'], headers['etag'], headers['vary']]).toEqual([encoding, etag, 'accept-encoding'])
  expect(headers['content-length']).toBe(String(text.length))
})

test('when the browser has it already then nothing is sent', async () => {
  const ask = pageOf(built)
  expect(await ask('/', { 'if-none-match': '"other", W/"h1"' })).toMatchObject({ status: 304, text: '' })
  expect(await ask('/', { 'if-none-match': '"h1"', 'accept-encoding': 'br' })).toMatchObject({ status: 200 })
})

test('when only the head is asked for then it says how long the whole would be', async () => {
  const answer = await pageOf(built)('/', {}, 'HEAD')
  expect(answer).toMatchObject({ status: 200, text: '', headers: { 'content-length': '17' } })
})

test.each([
  ['/assets/gone.js', browser],
  ['/api/v1/nothing', browser],
  ['/api', browser],
  ['/ws', browser],
  ['/healthz/more', browser],
  ['/components/core', { accept: 'application/json' }],
  ['/favicon.ico', { accept: 'image/avif,*/*' }],
  ['/assets/..%2f..%2fpackage.json', browser],
  ['/files.json', { accept: 'application/json' }],
])('when %s is asked for then there is nothing', async (path, headers) => {
  await expect(pageOf(built)(path, headers)).rejects.toMatchObject({ problem: { code: 'E_NOT_FOUND' } })
})

test('when something is sent to the page then there is nothing', async () => {
  await expect(pageOf(built)('/', browser, 'POST')).rejects.toMatchObject({ problem: { code: 'E_NOT_FOUND' } })
})

test('when the page is not built then its start names the one command that builds it', async () => {
  const ask = pageOf(null)
  const { status, headers, text } = await ask('/', browser)
  expect([status, headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8'])
  expect(text).toContain('npm run page')
  await expect(ask('/people', browser)).rejects.toMatchObject({ problem: { code: 'E_NOT_FOUND' } })
})
