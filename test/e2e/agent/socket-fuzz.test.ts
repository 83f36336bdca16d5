import { once } from 'node:events'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { publishReleases, type Releases } from '../../crash/support/world.ts'
import { standing } from '../faults/support/installed.ts'
import { Agent } from './support/agent.ts'
import { appliance, originOf, tokenFor } from './support/frontend.ts'

/** Ten thousand frames of every kind against a real agent: nothing is done, nothing breaks. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

const framesCount = 10_000
const batchFrames = 100
const seed = 20_261_121

type Frame =
  | { readonly kind: 'text' | 'binary' | 'ping' | 'pong'; readonly data: string }
  /** One message in several frames, a ping in between. */
  | { readonly kind: 'split'; readonly parts: readonly string[] }
  | { readonly kind: 'no UTF-8'; readonly bytes: Uint8Array }
  | { readonly kind: 'oversize'; readonly bytes: number }
  /** Past the client's own framing: opcodes that are reserved, lengths that lie, no mask. */
  | { readonly kind: 'raw'; readonly bytes: Uint8Array }

const subjects = [
  'updater.check_updates',
  'updater.perform_update',
  'updater.update',
  'system_info',
  'controller.heartbeat',
  'update_result',
  'heartbeat',
  '__proto__',
  'constructor',
]
/** Of no component that is there: what is understood must be refused. */
const names = fc.constantFrom(
  'core',
  '../app',
  'app\u0000',
  'APP',
  '-app',
  'a'.repeat(300),
  'ａｐｐ',
  'app; reboot',
  '${app}',
)
const numbers = fc.constantFrom('1e999', '-0', '9007199254740993', `1${'0'.repeat(400)}`, '0.1e-400')
const bodies = fc.oneof(
  fc.json({ maxDepth: 4 }),
  numbers,
  names.map((name) => JSON.stringify(name)),
  fc
    .record({ component: fc.oneof(names, fc.jsonValue()), dry_run: fc.jsonValue() })
    .map((body) => JSON.stringify(body)),
  fc.record({ force: fc.jsonValue() }).map((body) => JSON.stringify(body)),
  fc.nat(5000).map((deep) => `${'['.repeat(deep)}${']'.repeat(deep)}`),
  fc.constant('{"__proto__":{"component":"app"},"constructor":{"prototype":{"force":true}}}'),
)
const envelopes = fc
  .record({
    subject: fc.oneof(fc.constantFrom(...subjects), fc.string()),
    body: bodies,
    id: fc.string({ maxLength: 300 }),
  })
  .map(
    ({ subject, body, id }) =>
      `{"subject":${JSON.stringify(subject)},"connectionId":${JSON.stringify(id)},"body":${body}}`,
  )
const messages = fc.oneof(
  { weight: 5, arbitrary: envelopes },
  { weight: 2, arbitrary: fc.json() },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.nat(60_000).map((deep) => '{"a":'.repeat(deep / 5)) },
)
const control = fc.string({ maxLength: 40 })
const frames: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 60, arbitrary: messages.map((data) => ({ kind: 'text', data }) as const) },
  { weight: 10, arbitrary: fc.string().map((data) => ({ kind: 'binary', data }) as const) },
  { weight: 10, arbitrary: control.map((data) => ({ kind: 'ping', data }) as const) },
  { weight: 5, arbitrary: control.map((data) => ({ kind: 'pong', data }) as const) },
  {
    weight: 10,
    arbitrary: fc.array(messages, { minLength: 2, maxLength: 4 }).map((parts) => ({ kind: 'split', parts }) as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ minLength: 1, maxLength: 20 })
      .map((bytes) => ({ kind: 'no UTF-8', bytes: Uint8Array.of(...bytes, 0xff) }) as const),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 65_537, max: 200_000 }).map((bytes) => ({ kind: 'oversize', bytes }) as const),
  },
  {
    weight: 2,
    arbitrary: fc.uint8Array({ minLength: 2, maxLength: 40 }).map((bytes) => ({ kind: 'raw', bytes }) as const),
  },
)

/** By RFC 6455: an error of the protocol, no UTF-8, too long. 1006: it was cut off where no frame could be told from another. */
const properCodes: ReadonlySet<number> = new Set([1002, 1005, 1006, 1007, 1009])

/** What no connection outlives. */
function ends({ kind }: Frame): boolean {
  return kind === 'raw' || kind === 'no UTF-8' || kind === 'oversize'
}

function send(socket: WebSocket, frame: Frame): void {
  switch (frame.kind) {
    case 'text':
      return socket.send(frame.data)
    case 'binary':
      return socket.send(Buffer.from(frame.data))
    case 'ping':
      return socket.ping(frame.data)
    case 'pong':
      return socket.pong(frame.data)
    case 'split':
      for (const [i, part] of frame.parts.entries()) {
        socket.send(part, { fin: i === frame.parts.length - 1 })
        if (i === 0) socket.ping('between')
      }
      return
    case 'no UTF-8':
      return socket.send(frame.bytes, { binary: false })
    case 'oversize':
      return socket.send('x'.repeat(frame.bytes))
    case 'raw': {
      const raw = Reflect.get(socket, '_socket') as { write(bytes: Uint8Array): void }
      raw.write(frame.bytes)
    }
  }
}

test('when ten thousand frames of every kind come then none breaks anything, and nothing is done', async () => {
  const world = await appliance(releases.url)
  try {
    await using agent = new Agent(world, ['--log-level', 'debug'])
    const origin = await originOf(agent)
    const authorization = `Bearer ${await tokenFor(world, 'operate')}`
    const before = await standing(world)
    const codes = new Map<number, number>()
    let answers = 0
    let socket: WebSocket | null = null
    let round = 0
    const open = async () => {
      const opened = new WebSocket(`${origin.replace('http', 'ws')}/ws`, { headers: { authorization } })
      opened.on('message', () => answers++)
      opened.on('error', () => {})
      await once(opened, 'open')
      return opened
    }
    /** All that was sent was read: an answer to what came last, or the end. */
    const settled = async (of: WebSocket) => {
      const id = `round ${round++}`
      const closed = once(of, 'close').then(([code]) => code as number)
      const heard = new Promise<null>((resolve) => {
        of.on('message', (data: Buffer) => {
          if (data.includes(id)) resolve(null)
        })
      })
      of.send(JSON.stringify({ subject: 'controller.heartbeat', connectionId: id }))
      const code = await Promise.race([heard, closed])
      of.removeAllListeners('message').on('message', () => answers++)
      return code
    }
    const all = fc.sample(frames, { numRuns: framesCount, seed })
    for (let at = 0; at < all.length; at += batchFrames) {
      socket ??= await open()
      for (const frame of all.slice(at, at + batchFrames)) {
        if (socket.readyState !== socket.OPEN) socket = await reopened(socket)
        if (!ends(frame)) {
          send(socket, frame)
          continue
        }
        const early = await settled(socket)
        if (early !== null) socket = await open()
        send(socket, frame)
        // Half a frame would eat what comes after it: it is ended here.
        socket = frame.kind === 'raw' ? await abandoned(socket) : await reopened(socket)
      }
      const code = await settled(socket)
      if (code !== null) {
        codes.set(code, (codes.get(code) ?? 0) + 1)
        socket = null
      }
    }
    async function reopened(old: WebSocket) {
      if (old.readyState !== old.CLOSED) {
        const [code] = (await once(old, 'close')) as [number]
        codes.set(code, (codes.get(code) ?? 0) + 1)
      }
      return open()
    }
    async function abandoned(old: WebSocket) {
      old.terminate()
      return open()
    }
    socket?.terminate()
    expect([...codes.keys()].filter((code) => !properCodes.has(code))).toEqual([])
    expect(codes.get(1007)).toBeGreaterThan(0)
    expect(codes.get(1009)).toBeGreaterThan(0)
    expect(answers).toBeGreaterThan(framesCount / 2)
    expect((await fetch(`${origin}/healthz`)).status).toBe(200)
    expect(agent.said).not.toMatch(/E_INTERNAL|uncaught|unhandled/i)
    expect(await standing(world)).toEqual(before)
    expect(await agent.stop()).toBe(0)
  } finally {
    await world.remove()
  }
})
