import { expect, test } from 'vitest'
import { type Peer, say } from './peer.ts'

/** The other side of a line that reads as slowly as the test says. */
function peer(waitingBytes: number) {
  const sent: string[] = []
  let dropped = false
  const line = {
    waitingBytes,
    send: (text: string) => sent.push(text),
    close: () => {},
    drop: () => (dropped = true),
    onMessage: () => {},
    onClose: () => {},
  }
  const head = { method: 'GET', path: '/ws', headers: new Headers(), address: '127.0.0.1', secure: false }
  const of: Peer = { line, head, names: new Map(), asking: 0 }
  return { of, sent, dropped: () => dropped }
}

const progress = {
  component: 'core',
  run: 'r-7f3c12ab',
  phase: 'downloading',
  step: 'download',
  percent: 1,
  level: 'info',
  message: '',
  success: true,
} as const
const log = { success: true, message: 'done', level: 'info' } as const

test('when a side reads then it gets everything, addressed to it or to everybody', () => {
  const { of, sent } = peer(0)
  say(of, 'updater_progress', progress)
  say(of, 'log', log, 'c-1')
  expect(sent.map((text) => JSON.parse(text))).toMatchObject([
    { subject: 'updater_progress', source: 'controller', destination: 'broadcast' },
    { subject: 'log', source: 'controller', destination: 'c-1', body: log },
  ])
})

test('when a side reads too slowly then it misses progress, and never an end', () => {
  const { of, sent, dropped } = peer(100_000)
  say(of, 'updater_progress', progress)
  say(of, 'log', log)
  expect(sent).toHaveLength(1)
  expect(dropped()).toBe(false)
})

test('when a side does not read at all then it is cut off, and nothing more is kept for it', () => {
  const { of, sent, dropped } = peer(2_000_000)
  say(of, 'log', log)
  expect([sent, dropped()]).toEqual([[], true])
})
