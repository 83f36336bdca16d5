import { expect, test } from 'vitest'
import { type ServerEvent, serverEvents } from './sse.ts'

function bodyOf(...pieces: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces)
        controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece)
      controller.close()
    },
  })
}

async function all(body: ReadableStream<Uint8Array>): Promise<ServerEvent[]> {
  const events: ServerEvent[] = []
  for await (const event of serverEvents(body)) events.push(event)
  return events
}

test('when events come in pieces, even within a character, then they are whole', async () => {
  const bytes = new TextEncoder().encode('event: snapshot\nid: 3\ndata: {"to":"ü"}\n\n')
  const pieces = [...bytes].map((byte) => Uint8Array.of(byte))
  expect(await all(bodyOf(...pieces))).toStrictEqual([{ event: 'snapshot', id: '3', data: '{"to":"ü"}' }])
})

test('when lines end as on other systems then it is the same', async () => {
  expect(await all(bodyOf('event: a\r\ndata: 1\r\n\r\ndata: 2\rdata: 3\r\r'))).toStrictEqual([
    { event: 'a', id: null, data: '1' },
    { event: 'message', id: null, data: '2\n3' },
  ])
})

test('when a comment comes then somebody is there, and nothing is told', async () => {
  let alive = 0
  for await (const _ of serverEvents(bodyOf(': still here\n\n'), () => (alive += 1))) throw new Error('an event')
  expect(alive).toBe(1)
})

test('when an event brings no id then the last one holds, and one that is cut off is none', async () => {
  expect(await all(bodyOf('id: 1\ndata: a\n\ndata: b\n\ndata: cut'))).toStrictEqual([
    { event: 'message', id: '1', data: 'a' },
    { event: 'message', id: '1', data: 'b' },
  ])
})
