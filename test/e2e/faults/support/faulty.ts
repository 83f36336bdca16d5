import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'

/** Answers in place of the real server, which would have sent `real`. */
export type Fault = (response: ServerResponse, real: RealAnswer) => void

interface RealAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export type Where = 'list' | 'archive'

export interface FaultyReleases {
  readonly url: string
  /** null: as it should be. */
  set(where: Where, fault: Fault | null): void
  close(): Promise<void>
}

/** A server of releases that can be told to misbehave; everything else passes through to the real one. */
export async function faultyReleases(real: string): Promise<FaultyReleases> {
  const faults = new Map<Where, Fault>()
  const server = createServer((asked, response) => {
    const where: Where = asked.url?.endsWith('.tar.gz') === true ? 'archive' : 'list'
    passOn(real, asked).then(
      (real) => (faults.get(where) ?? asIs)(response, real),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    )
  })
  // A client that has heard enough hangs up: that is its answer.
  server.on('clientError', (_, socket) => socket.destroy())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    set: (where, fault) => void (fault === null ? faults.delete(where) : faults.set(where, fault)),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** With the client's own Host, so that the addresses in the answer lead here again; whole and plain. */
async function passOn(real: string, asked: IncomingMessage): Promise<RealAnswer> {
  const { host, range } = asked.headers
  const headers = { host, ...(range === undefined ? {} : { range }) }
  const sent = request(new URL(asked.url ?? '/', real), { headers, agent: false }).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
  return { status: answer.statusCode ?? 500, headers: answer.headers, body: Buffer.concat(chunks) }
}

const asIs: Fault = (response, { status, headers, body }) => void response.writeHead(status, headers).end(body)

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  (response) =>
    void response.writeHead(code, headers).end(JSON.stringify({ message: 'not today' }))

/** The file is shorter than it was when it was published. */
export const truncated: Fault = (response, { body }) => {
  const half = body.subarray(0, body.length / 2)
  response.writeHead(200, { 'content-length': half.length }).end(half)
}

export const bitFlipped: Fault = (response, { status: code, headers, body }) => {
  const bad = Buffer.from(body)
  const at = Math.floor(bad.length / 2)
  bad.writeUInt8(bad.readUInt8(at) ^ 1, at)
  response.writeHead(code, headers).end(bad)
}

/** The list states other checksums than those of the files. */
export const otherChecksums: Fault = (response, { body }) =>
  void response.writeHead(200).end(body.toString().replaceAll(/"[0-9a-f]{64}"/g, `"${'0'.repeat(64)}"`))

/** Every connection breaks half-way. */
export const reset: Fault = (response, { status: code, headers, body }) => {
  response.writeHead(code, headers)
  response.write(body.subarray(0, body.length / 2), () => response.destroy())
}

/** `localhost` is not among the hosts that may be asked without TLS. */
export const redirectToHttp: Fault = (response) =>
  void response.writeHead(302, { location: 'http://localhost:1/elsewhere' }).end()

export const endless: Fault = (response) => {
  const block = Buffer.alloc(256 * 1024, 0x20)
  response.writeHead(200)
  const more = (): void => {
    while (!response.destroyed && response.write(block));
  }
  response.on('drain', more)
  more()
}
