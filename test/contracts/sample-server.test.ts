// needs: python
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { connectionsTo } from '../../src/host/connections.ts'
import { failures } from '../fakes/traffic/load-result.ts'
import { startLoad } from '../fakes/traffic/loaded.ts'
import { type Language, startSample } from '../fakes/traffic/sample.ts'

const languages: readonly Language[] = ['node', 'python']

describe.concurrent.each(languages)('when an instance in %s is told to end', (language) => {
  test('with requests and a stream under way, then all are finished and it leaves with 0', async ({ expect }) => {
    await using sample = await startSample({ version: '1.0.0', language, env: { IDLE_MS: '100' } })
    const stream = new WebSocket(`${sample.url.replace('http', 'ws')}/ws`)
    await once(stream, 'open')
    const slow = fetch(`${sample.url}/slow?ms=300`)
    // It is under way as soon as another one that came later was answered.
    await (await fetch(`${sample.url}/`)).text()
    const ended = sample.end()
    const answer = await slow
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-version')).toBe('1.0.0')
    await expect
      .poll(() =>
        fetch(`${sample.url}/`).then(
          () => 'served',
          () => 'refused',
        ),
      )
      .toBe('refused')
    const echoed = once(stream, 'message')
    stream.send('still there')
    expect(((await echoed)[0] as MessageEvent).data).toBe('still there')
    expect(sample.child.exitCode).toBeNull()
    stream.close()
    expect(await ended).toBe(0)
  })

  test('under clients that keep their connections, then each learns it by an answer', async ({ expect }) => {
    await using sample = await startSample({ version: '1.0.0', language, env: { IDLE_MS: '20000' } })
    await using people = await startLoad({ url: sample.url, clients: 5, slow: 1, slowMs: 500, streams: 1 })
    const ended = sample.end()
    // Nobody but the stream is left there: whoever asks now is refused.
    await expect.poll(() => connectionsTo({ host: '127.0.0.1', port: sample.port })).toBe(1)
    const { failed, slow, streams } = await people.stop()
    // No request was cut that had been sent.
    expect(Object.keys(failed)).toEqual(['refused'])
    expect(slow.answered).toBeGreaterThan(0)
    expect(Object.keys(slow.failed).filter((kind) => kind !== 'refused')).toEqual([])
    expect(streams).toMatchObject({ opened: 1, cutAtMs: [] })
    expect(await ended).toBe(0)
  })
})

describe('when people ask', () => {
  test('of a server that fails in every way, then each way is counted', async () => {
    let asked = 0
    const server = createServer((request, response) => {
      asked += 1
      if (request.url?.startsWith('/slow')) return void response.end()
      if (asked % 4 === 1) return void request.socket.resetAndDestroy()
      if (asked % 4 === 2) return void response.writeHead(503).end()
      if (asked % 4 === 3)
        return void response.writeHead(200, { 'content-length': '10' }).end('cut', () => request.socket.destroy())
      response.setHeader('x-version', '1').end('{}')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using people = await startLoad({ url, clients: 4, slow: 0, streams: 0 })
    await expect.poll(() => asked).toBeGreaterThan(20)
    const result = await people.stop()
    server.closeAllConnections()
    server.close()
    expect(Object.keys(result.failed).toSorted()).toEqual(['503', 'cut', 'reset'])
    expect(failures(result) + result.answered).toBe(result.requests)
    expect(result.versions['1']?.answers).toBe(result.answered)
  })

  test('of an instance that dies under them, then streams are cut and nobody answers', async () => {
    await using sample = await startSample({ version: '1.0.0' })
    await using people = await startLoad({ url: sample.url, clients: 4, slow: 1, slowMs: 400, streams: 2 })
    sample.child.kill('SIGKILL')
    await people.met('refused')
    // Nothing but time makes a gap.
    await pause(300)
    const { failed, slow, streams, gapMs } = await people.stop()
    expect(streams).toMatchObject({ opened: 2, cutAtMs: [expect.any(Number), expect.any(Number)] })
    expect(failed['refused']).toBeGreaterThan(0)
    expect(slow.asked).toBeGreaterThan(slow.answered)
    expect(gapMs).toBeGreaterThan(200)
  })
})
