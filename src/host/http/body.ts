import { pipeline } from 'node:stream'
import type { Readable, Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { BelayError } from '../../core/model/problem.ts'
import { invalid, tooLarge } from './failures.ts'
import type { Exchanged } from './exchange.ts'

/**
 * The whole body in memory, at most `bytesMax` bytes: announced, sent, and after decompression (a few kilobytes of gzip
 * can hold gigabytes). Compression errors are E_RESPONSE_INVALID; what the connection throws is passed on.
 */
export async function readBody(answer: Exchanged, bytesMax: number): Promise<Buffer> {
  const { body, headers, url } = answer
  if (Number(headers['content-length'] ?? 0) > bytesMax) {
    body.destroy()
    throw tooLarge(url, bytesMax)
  }
  const decoder = decoderFor(answer)
  const stream: Readable = decoder === null ? body : pipeline(body, decoder, () => {})
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength
      if (bytes > bytesMax) throw tooLarge(url, bytesMax)
      chunks.push(chunk)
    }
  } catch (error) {
    body.destroy()
    if (!(error instanceof BelayError) && isZlibError(error))
      throw invalid(url, 'sends a damaged compressed answer', error)
    throw error
  }
  return Buffer.concat(chunks)
}

function decoderFor(answer: Exchanged): Transform | null {
  const encoding = (answer.headers['content-encoding'] ?? '').trim().toLowerCase()
  switch (encoding) {
    case '':
    case 'identity':
      return null
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      answer.body.destroy()
      throw invalid(answer.url, `sends its answer in the unknown encoding "${encoding.slice(0, 20)}"`)
  }
}

const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(Z_|ERR__ERROR|ERR_BROTLI|ERR_PADDING)/.test(String(error.code))
