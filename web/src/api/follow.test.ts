import { expect, test } from 'vitest'
import { backoffMs, follow, type FollowPorts } from './follow.ts'
import { ApiProblem } from './problem.ts'
import type { ServerEvent } from './sse.ts'

const document = { type: '', title: '', code: 'E_NOT_FOUND', hint: null, retryable: false, facts: {} }

/** A stream of each text, one after the other; then the agent is gone. */
function playing(answers: readonly (string | Error)[], more: Partial<FollowPorts> = {}) {
  const asked: (string | null)[] = []
  const events: ServerEvent[] = []
  const states: string[] = []
  const left = [...answers]
  const ports: FollowPorts = {
    async open(after) {
      asked.push(after)
      const next = left.shift() ?? new Error('gone')
      if (next instanceof Error) throw next
      return new Response(next)
    },
    onEvent(event) {
      events.push(event)
      return event.event === 'closed'
    },
    onOpen: () => states.push('open'),
    onLost: (ended) => states.push(ended ? 'ended' : 'lost'),
    wait: async () => {},
    chance: () => 0.5,
    ...more,
  }
  return { asked, events, states, ports }
}

test('when the connection is lost then it goes on after the last event that was seen, until the last one', async () => {
  const played = playing(['id: 7\nevent: snapshot\ndata: {}\n\n', new Error('away'), 'event: closed\ndata: {}\n\n'])
  await follow(played.ports, new AbortController().signal)
  expect(played.asked).toStrictEqual([null, '7', '7'])
  expect(played.events.map(({ event }) => event)).toStrictEqual(['snapshot', 'closed'])
  expect(played.states).toStrictEqual(['open', 'ended', 'lost', 'open'])
})

test('when there is nothing to follow then it is not tried again', async () => {
  const played = playing([new ApiProblem({ ...document, status: 404 })])
  await expect(follow(played.ports, new AbortController().signal)).rejects.toThrow(ApiProblem)
  expect(played.asked).toHaveLength(1)
})

test('when the agent breaks inside then it is tried again', async () => {
  const played = playing([new ApiProblem({ ...document, status: 500 }), 'event: closed\ndata: {}\n\n'])
  await follow(played.ports, new AbortController().signal)
  expect(played.asked).toHaveLength(2)
})

test('when nobody follows any more then nothing is asked for', async () => {
  const ended = new AbortController()
  const played = playing([], { wait: async () => ended.abort() })
  await follow(played.ports, ended.signal)
  expect(played.asked).toHaveLength(1)
})

test('when it fails again and again then the waits grow to a bound, apart from those of others', () => {
  const waits = [0, 1, 2, 3, 20].map((failures) => backoffMs(failures, 1))
  expect(waits).toStrictEqual([500, 1000, 2000, 4000, 15_000])
  expect(backoffMs(20, 0)).toBe(7500)
})
