import { once } from 'node:events'
import { type RequestListener, type Server, createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ask } from './ask.ts'
import { jsonAt } from './json-pointer.ts'

const never = new AbortController().signal
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('when a server answers then status, body and time are told, and a redirect is not followed', async () => {
  const asked: string[] = []
  const url = await serve((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(302, { location: '/elsewhere' }).end('moved')
  })
  const answer = await ask({ url: `${url}/health`, signal: never })
  expect(answer).toMatchObject({ status: 302, body: 'moved', location: '/elsewhere', truncated: false })
  expect(asked).toEqual(['/health'])
})

test('when a body never ends then its beginning is taken', async () => {
  const url = await serve((_, response) => {
    const write = () => {
      while (response.write('x'.repeat(10_000)));
    }
    response.on('drain', write)
    write()
  })
  const answer = await ask({ url, signal: never })
  expect(answer).toMatchObject({ status: 200, truncated: true })
  expect('body' in answer && answer.body.length).toBe(64 * 1024)
})

test('when nobody listens then that is E_NETWORK', async () => {
  const url = await serve(() => {})
  for (const server of servers.splice(0)) server.close()
  expect(await ask({ url, signal: never })).toMatchObject({ code: 'E_NETWORK', facts: { errno: 'ECONNREFUSED' } })
})

test('when a server accepts and says nothing then that is E_TIMEOUT', async () => {
  const url = await serve(() => {})
  expect(await ask({ url, signal: never, timeoutMs: 60 })).toMatchObject({ code: 'E_TIMEOUT' })
})

test('when the run is cancelled then asking rejects with the reason', async () => {
  const abort = new AbortController()
  const reason = new Error('cancelled')
  const url = await serve(() => abort.abort(reason))
  await expect(ask({ url, signal: abort.signal })).rejects.toBe(reason)
})

test.each([
  ['/version', '1.2.3'],
  ['/deep/0/a~1b', 7],
  ['', { version: '1.2.3', deep: [{ 'a/b': 7 }] }],
  ['/missing', undefined],
  ['/version/length', undefined],
  ['/constructor', undefined],
])('when the pointer is "%s" then it finds %j', (pointer, value) => {
  expect(jsonAt('{"version":"1.2.3","deep":[{"a/b":7}]}', pointer)).toEqual(value)
})

/** Self-signed, made for this test alone. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4DTQ7B+s/gUUFpVw
SPZ/4LsRucJ0NWrWt0SmhB7Pu3yhRANCAAQ+zdkYsUn7BxYJbooh5QQcOLoBooA9
QclA2MMf67MFvSJYQxDAw/UdGxF9HEy1Yjb0Q0ODH931Gtji03+S8Tlf
-----END PRIVATE KEY-----`
const cert = `-----BEGIN CERTIFICATE-----
MIIBgDCCASegAwIBAgIUGxRLowH44CL6CoEro56S9BYaJqQwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKYmVsYXktdGVzdDAgFw0yNjExMjEwMzA2MzRaGA8yMTI2MTAy
ODAzMDYzNFowFTETMBEGA1UEAwwKYmVsYXktdGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABD7N2RixSfsHFgluiiHlBBw4ugGigD1ByUDYwx/rswW9IlhDEMDD
9R0bEX0cTLViNvRDQ4Mf3fUa2OLTf5LxOV+jUzBRMB0GA1UdDgQWBBTm/rQz1bbb
XR0c8SRhi0nDBmWvsjAfBgNVHSMEGDAWgBTm/rQz1bbbXR0c8SRhi0nDBmWvsjAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIBd4rNL5ABZKR0U1rL9Z
diJ/xj1CrryP89/dNtsAoGn4AiBAv7gh7WC6g5qOKKwkkmesxdBKQHygMoRXkyQ3
D1Yc2A==
-----END CERTIFICATE-----`

test('when a certificate is vouched for by nobody then it is accepted only where that is said', async () => {
  const server = createTlsServer({ key, cert }, (_, response) => response.end('secret app')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  try {
    expect(await ask({ url, signal: never })).toMatchObject({ code: 'E_NETWORK' })
    expect(await ask({ url, signal: never, insecureTls: true })).toMatchObject({ status: 200, body: 'secret app' })
  } finally {
    server.close()
  }
})
