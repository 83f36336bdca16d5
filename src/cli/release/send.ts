import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Answer } from './answers.ts'
import { byteRange } from './byte-range.ts'
import { contentType } from './github-shape.ts'
import type { ServedFile } from './served.ts'

/** Writes an answer and ends the response. HEAD gets the headers that GET would, and no body. */
export async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  switch (answer.kind) {
    case 'none':
      return sendJson(request, response, 404, '{"message":"Not Found"}\n')
    case 'json':
      if (answer.link !== null) response.setHeader('link', answer.link)
      response.setHeader('etag', answer.etag)
      response.setHeader('cache-control', 'no-cache')
      if (matches(request, answer.etag)) return end(response, 304)
      return sendJson(request, response, 200, answer.body)
    case 'file':
      return await sendFile(request, response, answer.file)
  }
}

export function sendJson(request: IncomingMessage, response: ServerResponse, status: number, body: string): void {
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.setHeader('content-length', Buffer.byteLength(body))
  response.statusCode = status
  response.end(request.method === 'HEAD' ? undefined : body)
}

function end(response: ServerResponse, status: number): void {
  response.statusCode = status
  response.end()
}

/** If-None-Match compares weakly: `W/"x"` is `"x"`. */
function matches(request: IncomingMessage, etag: string): boolean {
  const wanted = request.headers['if-none-match'] ?? ''
  return wanted === '*' || wanted.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)
}

async function sendFile(request: IncomingMessage, response: ServerResponse, file: ServedFile): Promise<void> {
  const etag = `"${file.digest.slice('sha256:'.length)}"`
  response.setHeader('etag', etag)
  response.setHeader('last-modified', new Date(file.modifiedMs).toUTCString())
  response.setHeader('accept-ranges', 'bytes')
  response.setHeader('content-type', contentType(file.name))
  response.setHeader('x-content-type-options', 'nosniff')
  if (matches(request, etag)) return end(response, 304)
  const { range, 'if-range': ifRange } = request.headers
  const ifRangeText = typeof ifRange === 'string' ? ifRange : undefined
  const part = byteRange({ range, ifRange: ifRangeText, etag, modifiedMs: file.modifiedMs, bytes: file.bytes })
  if (part.kind === 'outside') {
    response.setHeader('content-range', `bytes */${file.bytes}`)
    return end(response, 416)
  }
  const { start, end: last } = part.kind === 'part' ? part : { start: 0, end: file.bytes - 1 }
  if (part.kind === 'part') response.setHeader('content-range', `bytes ${start}-${last}/${file.bytes}`)
  response.setHeader('content-length', last - start + 1)
  response.statusCode = part.kind === 'part' ? 206 : 200
  if (request.method === 'HEAD' || file.bytes === 0) return void response.end()
  await sendBytes(response, file, start, last)
}

/** The file as it was when it was found: no link in its place, and no byte past the announced end. */
async function sendBytes(response: ServerResponse, file: ServedFile, start: number, end: number): Promise<void> {
  const handle = await open(file.path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    await pipeline(handle.createReadStream({ start, end, autoClose: false, highWaterMark: 256 * 1024 }), response)
  } finally {
    await handle.close()
  }
}
