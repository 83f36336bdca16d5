import { type ClientRequest, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Slot } from '../../core/traffic/slots.ts'
import { attempt } from './attempt.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import type { Places } from './places.ts'

/** RFC 9110, 9.2.1: asking these twice is asking once. */
const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * One request and its answer, both passed on as they come. A request that changes something gets a connection of its own, and what
 * goes over a kept one can be asked again: a slot may end a kept connection in the moment that it is used.
 */
export function exchange(asked: IncomingMessage, answer: ServerResponse, places: Places): void {
  answer.on('error', () => answer.destroy())
  asked.on('error', () => answer.destroy())
  places.gate.pass(() => {
    if (answer.destroyed) return
    const slot = places.pick()
    if (slot === null) refuse(answer, 503, 'No version is served at this moment.')
    else pass({ asked, answer, places }, slot, true, true)
  })
}

interface Parties {
  readonly asked: IncomingMessage
  readonly answer: ServerResponse
  readonly places: Places
}

/** `keeps`: over a kept connection, where that can be. `first`: the other slot was not asked yet. */
function pass(parties: Parties, slot: Slot, keeps: boolean, first: boolean): void {
  const { asked, answer, places } = parties
  const method = asked.method ?? 'GET'
  const hasBody = asked.headers['transfer-encoding'] !== undefined || Number(asked.headers['content-length'] ?? 0) > 0
  const kept = keeps && !hasBody && safe.has(method)
  const end = places.load.begin(slot, 'requests')
  answer.once('close', end)
  const out = attempt({
    address: places.addressOf(slot),
    method,
    path: asked.url ?? '/',
    headers: requestHeaders({
      method,
      raw: asked.rawHeaders,
      peer: asked.socket.remoteAddress ?? 'unknown',
      chunked: asked.headers['transfer-encoding'] !== undefined,
      upgrade: null,
    }),
    agent: kept ? places.kept(slot) : false,
    halfOpen: false,
    connected: () => {
      if (hasBody && out !== null) asked.pipe(out)
      else out?.end()
    },
    failed: ({ sent, reused, error }) => {
      if (answer.headersSent || answer.destroyed) return
      end()
      const other = sent || !first ? null : places.instead(slot)
      if (other !== null) pass(parties, other, keeps, false)
      else if (sent && reused) pass(parties, slot, false, first)
      else
        refuse(answer, 502, `The application did not answer (${'code' in error ? String(error.code) : 'no answer'}).`)
    },
  })
  if (out === null) {
    refuse(answer, 400, 'This request cannot be passed on.')
    return
  }
  answer.once('close', () => {
    if (!answer.writableFinished || !out.writableFinished) out.destroy()
    // What nobody waits for any more is read all the same: behind it comes the next request of this connection.
    asked.unpipe(out)
    asked.resume()
  })
  relay(out, parties)
}

const noAnswer = 'The application gave an answer that cannot be passed on.'

function relay(out: ClientRequest, { answer, places }: Parties): void {
  out.on('continue', () => answer.writeContinue())
  // Nobody asked for that.
  out.once('upgrade', (_, socket) => {
    socket.destroy()
    refuse(answer, 502, noAnswer)
  })
  out.once('response', (got) => {
    answer.sendDate = false
    if (places.ending) answer.shouldKeepAlive = false
    try {
      answer.writeHead(got.statusCode ?? 502, got.statusMessage ?? '', answerHeaders(got.rawHeaders))
    } catch {
      // Read as an answer, and not one that could be written.
      out.destroy()
      refuse(answer, 502, noAnswer)
      return
    }
    // Half an answer must not look like a whole one.
    got.on('error', () => answer.destroy())
    let begun = false
    got.once('data', () => {
      begun = true
    })
    got.pipe(answer)
    // A stream of events may have nothing to say for long: its header goes out by itself. Elsewhere both go together.
    setImmediate(() => {
      if (!begun && !answer.writableEnded && !answer.destroyed) answer.flushHeaders()
    })
  })
}

function refuse(answer: ServerResponse, status: number, text: string): void {
  // With a phrase: that of an answer that could not be passed on may still stand here.
  answer.writeHead(status, STATUS_CODES[status], {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  })
  answer.end(`${text}\n`)
}
