import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { problem } from '../core/model/problem.ts'
import type { SingleEvent } from '../core/notify/event.ts'
import type { Queued } from '../ports/outbox.ts'
import { fileOutbox } from './outbox.ts'
import { childProcess, stoppedClock } from './testing.ts'

const event: SingleEvent = {
  kind: 'check_failing',
  component: 'core',
  since: '2026-06-01T12:00:00.000Z',
  days: 3,
  problem: { code: 'E_NETWORK', message: 'no route', hint: null },
}
const down = problem('E_NETWORK', 'connection refused', { retryable: true })

function opened() {
  const dir = mkdtempSync(join(tmpdir(), 'belay-outbox-'))
  const clock = stoppedClock(1000)
  const open = () => {
    const outbox = fileOutbox(dir, clock)
    onTestFinished(() => outbox.close())
    return outbox
  }
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return { dir, open, clock }
}

function queued(key: string, change: Partial<Queued> = {}): Queued {
  return { key, event, at: 1000, channels: ['mail', 'chat'], ready: false, onceInAll: true, ...change }
}

/** More like the first, in one stroke: each that is queued waits for the disk. */
function fill(dir: string, from: number, to: number): void {
  const database = new DatabaseSync(join(dir, 'outbox.db'))
  database.exec(`
    WITH RECURSIVE times(at) AS (SELECT ${from} UNION ALL SELECT at + 1 FROM times WHERE at < ${to})
    INSERT INTO messages (token, channel, event, at, due, ready)
      SELECT 't' || times.at, channel, event, times.at, times.at, ready FROM times, messages WHERE n = 1`)
  database.close()
}

test('when one event is found again and again, by several programs, then each channel has it once', () => {
  const { open } = opened()
  expect(open().queue(queued('a'))).toBe(true)
  expect(open().queue(queued('a'))).toBe(false)
  const outbox = open()
  expect(outbox.waiting('mail')).toEqual([
    { id: expect.stringMatching(/^msg_[0-9a-f]{16}_1$/), at: 1000, due: 1000, attempts: 0, ready: false, event },
  ])
  expect(outbox.waiting('chat')).toHaveLength(1)
  expect(outbox.waiting('nobody')).toEqual([])
})

test('when a channel comes later then what still holds is told to it, and what is over is not', () => {
  const outbox = opened().open()
  outbox.queue(queued('over', { channels: ['mail'] }))
  outbox.queue(queued('holds', { channels: ['mail'], onceInAll: false }))
  expect(outbox.queue(queued('over'))).toBe(false)
  expect(outbox.queue(queued('holds', { onceInAll: false }))).toBe(false)
  expect([outbox.waiting('mail').length, outbox.waiting('chat').length]).toEqual([2, 1])
})

test('when a message fails then it waits, and when it was sent or is given up then it does not', () => {
  const outbox = opened().open()
  for (const key of ['a', 'b', 'c']) outbox.queue(queued(key, { channels: ['mail'] }))
  const [a, b, c] = outbox.waiting('mail').map(({ id }) => id)
  outbox.failed(a ?? '', down, 5000, 2000)
  expect(outbox.waiting('mail')[0]).toMatchObject({ id: a, due: 5000, attempts: 1 })
  expect(outbox.state('mail')).toEqual({ waiting: 3, lastSent: null, lastProblem: down, givenUp: 0 })
  outbox.failed(a ?? '', down, null, 3000)
  outbox.sent(b ?? '', 4000)
  expect(outbox.waiting('mail').map(({ id }) => id)).toEqual([c])
  expect(outbox.state('mail')).toEqual({ waiting: 1, lastSent: 4000, lastProblem: null, givenUp: 1 })
})

test('when several become one then they are gone and it is ready', () => {
  const outbox = opened().open()
  for (const key of ['a', 'b']) outbox.queue(queued(key, { channels: ['mail'] }))
  const digest = { kind: 'digest', events: [event, event], more: 0 } as const
  outbox.join(
    'mail',
    outbox.waiting('mail').map(({ id }) => id),
    digest,
    7000,
  )
  expect(outbox.waiting('mail')).toMatchObject([{ ready: true, at: 7000, due: 7000, event: digest }])
})

test('when a run is told then the cursor moves with it, also where it was told before', () => {
  const { open } = opened()
  const outbox = open()
  expect(outbox.cursor('runs')).toBeNull()
  outbox.queue(queued('run 1'), { name: 'runs', position: 4 })
  outbox.queue(queued('run 1'), { name: 'runs', position: 5 })
  expect(open().cursor('runs')).toBe(5)
  outbox.moveCursor('runs', 2)
  expect(outbox.cursor('runs')).toBe(2)
})

test('when something is noted again then the first time stays', () => {
  const outbox = opened().open()
  expect(outbox.firstNoted('silent core', 1000)).toBe(1000)
  expect(outbox.firstNoted('silent core', 9000)).toBe(1000)
})

test('when a receiver stays away then the oldest are given up, and of what is done a part is kept', () => {
  const { dir, open } = opened()
  const outbox = open()
  const tell = (i: number) => outbox.queue(queued(`k${i}`, { channels: ['mail'], at: i }))
  for (let i = 0; i < 5; i++) tell(i)
  fill(dir, 5, 999)
  for (let i = 1000; i < 1005; i++) tell(i)
  const waiting = outbox.waiting('mail')
  expect([waiting.length, waiting[0]?.at]).toEqual([1000, 5])
  expect(outbox.state('mail').givenUp).toBe(5)
  outbox.giveUpBefore('mail', 800, down)
  expect([outbox.waiting('mail').length, outbox.state('mail').givenUp]).toEqual([205, 500])
  outbox.keepOnly(['mail'], 2000)
  expect(outbox.waiting('mail')).toHaveLength(205)
  outbox.keepOnly(['chat'], 1000)
  expect(outbox.waiting('mail').map(({ at }) => at)).toEqual([1000, 1001, 1002, 1003, 1004])
})

test('when the process is killed between sending and marking then the message is there, with the same id', async () => {
  const { dir, open } = opened()
  const child = childProcess(`
    const { fileOutbox } = await import(at('outbox.ts'))
    const clock = { now: () => 1, randomHex: (n) => 'ab'.repeat(n) }
    const outbox = fileOutbox(${JSON.stringify(dir)}, clock)
    outbox.queue(${JSON.stringify(queued('a', { channels: ['mail'] }))}, { name: 'runs', position: 3 })
    console.log(outbox.waiting('mail')[0].id)
    setInterval(() => {}, 1000)`)
  const id = await child.line()
  await child.kill()
  const outbox = open()
  expect(outbox.waiting('mail').map((each) => each.id)).toEqual([id])
  expect(outbox.cursor('runs')).toBe(3)
})

test('when it is asked only then nothing is written, and what is written is closed to others', () => {
  const { dir, open } = opened()
  const outbox = open()
  expect(outbox.state('mail')).toEqual({ waiting: 0, lastSent: null, lastProblem: null, givenUp: 0 })
  expect(() => statSync(join(dir, 'outbox.db'))).toThrow(/ENOENT/)
  outbox.queue(queued('a'))
  expect(statSync(join(dir, 'outbox.db')).mode & 0o777).toBe(0o600)
})

test('when the file is no database then it is said what to do, and what would be lost', () => {
  const { dir, open } = opened()
  writeFileSync(join(dir, 'outbox.db'), 'x'.repeat(4096))
  expect(() => open().queue(queued('a'))).toThrow(
    expect.objectContaining({
      problem: expect.objectContaining({ code: 'E_IO', hint: expect.stringContaining('lost') }),
    }),
  )
})
