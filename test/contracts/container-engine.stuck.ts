/**
 * container-engine.stuck.ts PORT REGISTRY — a registry on 127.0.0.1:PORT that passes everything on to REGISTRY, and in the
 * middle of a large layer stops until it is told a line. Says `ready` when it listens.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'

const [port = '', registry = ''] = process.argv.slice(2)
/** Everything but the layer of a test is smaller. */
const largeBytes = 4_000_000
const sentBytes = 1_000_000
const released = Promise.withResolvers<void>()
process.stdin.once('data', () => released.resolve())

async function pass(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode ?? 500, answer.headers)
  response.flushHeaders()
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (bytes > sentBytes && Number(answer.headers['content-length']) > largeBytes) await released.promise
    bytes += chunk.length
    response.write(chunk)
  }
  response.end()
}

createServer((asked, response) => {
  const { method, headers, url } = asked
  const onward = request(`http://${registry}${url}`, { method, headers }, (answer) => {
    pass(answer, response).catch(() => response.destroy())
  })
  onward.on('error', () => response.destroy())
  response.on('close', () => onward.destroy())
  asked.pipe(onward)
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
