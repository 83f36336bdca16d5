import { expect, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import { eventResponse, type ServerEvent } from './events.ts'

const stream = { clock: fakeClock(0), admit: async () => {}, left: () => {} }

async function* two(): AsyncGenerator<ServerEvent, void> {
  yield { event: 'snapshot', id: 3, data: { text: 'a\nb' } }
  yield { event: 'closed', data: null }
}

test('when events come then each is one block of lines, and their end ends the answer', async () => {
  let left = 0
  const response = eventResponse(two(), { ...stream, left: () => left++ })
  expect(response.headers.get('cache-control')).toContain('no-store')
  expect(await response.text()).toBe('event: snapshot\nid: 3\ndata: {"text":"a\\nb"}\n\nevent: closed\ndata: null\n\n')
  expect(left).toBe(1)
})

test('when nothing comes for a while then a comment keeps the connection open, and no event is lost by it', async () => {
  const time = fakeClock(0)
  const late = Promise.withResolvers<void>()
  async function* slow(): AsyncGenerator<ServerEvent, void> {
    await late.promise
    yield { event: 'late', data: 1 }
  }
  const reader = eventResponse(slow(), { ...stream, clock: time }).body?.getReader()
  const text = async () => new TextDecoder().decode((await reader?.read())?.value)
  const first = text()
  await time.pass(15_000)
  expect(await first).toBe(': still here\n\n')
  const second = text()
  late.resolve()
  expect(await second).toBe('event: late\ndata: 1\n\n')
})

test('when the reader goes away then whoever makes the events is told', async () => {
  const left = Promise.withResolvers<void>()
  async function* endless(): AsyncGenerator<ServerEvent, void> {
    for (;;) yield { event: 'more', data: 1 }
  }
  const reader = eventResponse(endless(), { ...stream, left: left.resolve }).body?.getReader()
  await reader?.read()
  await reader?.cancel()
  await left.promise
})

test('when a reader does not read then nothing is made for it', async () => {
  let made = 0
  async function* counted(): AsyncGenerator<ServerEvent, void> {
    for (;;) yield { event: 'more', data: ++made }
  }
  const time = fakeClock(0)
  const response = eventResponse(counted(), { ...stream, clock: time })
  await time.pass(1000)
  expect(made).toBeLessThanOrEqual(2)
  await response.body?.cancel()
})

test('when the reader may not read any more then the stream ends with the next beat, and what came meanwhile is not told', async () => {
  const time = fakeClock(0)
  let [may, left] = [true, 0]
  const admit = async () => {
    if (!may) throw new Error('the token was revoked')
  }
  const revoked = Promise.withResolvers<void>()
  async function* secret(): AsyncGenerator<ServerEvent, void> {
    await revoked.promise
    yield { event: 'secret', data: null }
  }
  const told: string[] = []
  const reader = eventResponse(secret(), { clock: time, admit, left: () => left++ }).body?.getReader()
  const over = (async () => {
    for (;;) told.push(new TextDecoder().decode((await reader?.read())?.value))
  })().catch(String)
  await time.pass(600_000)
  expect(left).toBe(0)
  may = false
  revoked.resolve()
  await time.pass(16_000)
  expect(await over).toMatch(/revoked/)
  expect(told.join('')).not.toContain('secret')
  expect(left).toBe(1)
})
