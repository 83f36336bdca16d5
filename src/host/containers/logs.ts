import type { IncomingMessage } from 'node:http'
import { cleanText } from '../../core/release/text.ts'
import { Lines } from '../process/tail.ts'
import type { EngineLimits, LogLine } from './types.ts'

const headerBytes = 8
const lineCharsMax = 2000

/**
 * Reads the output of a container, asked for with timestamps. Without a terminal the two outputs come in frames: 8 bytes
 * of header, of which the first names the output (0 to 2) and the last four the length. A line begins with its time, so
 * that the first byte tells which of the two it is.
 */
export async function readLogs(
  answer: IncomingMessage,
  { logBytesMax, lineBytesMax }: EngineLimits,
  { sinceMs, linesMax }: { readonly sinceMs: number; readonly linesMax: number },
): Promise<readonly LogLine[]> {
  const found: LogLine[] = []
  const outputs = new Map<number, Lines>()
  const outputOf = (number: number): Lines => {
    const known = outputs.get(number)
    if (known !== undefined) return known
    const lines = new Lines(lineBytesMax, (line) => {
      const read = lineOf(line)
      // An engine is asked by whole seconds.
      if (read !== null && read.atMs >= sinceMs) found.push(read)
    })
    outputs.set(number, lines)
    return lines
  }
  let bytes = 0
  let rest: Buffer = Buffer.alloc(0)
  let framed: boolean | null = null
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > logBytesMax) break
    rest = Buffer.concat([rest, chunk])
    framed ??= (rest[0] ?? 0) <= 2
    rest = framed ? takeFrames(rest, (output, data) => outputOf(output).push(data)) : takeAll(rest, outputOf(1))
  }
  for (const lines of outputs.values()) lines.end()
  return found.toSorted((a, b) => a.atMs - b.atMs).slice(-linesMax)
}

function takeAll(data: Buffer, lines: Lines): Buffer {
  lines.push(data)
  return Buffer.alloc(0)
}

/** What is left is the beginning of a frame. */
function takeFrames(data: Buffer, emit: (output: number, data: Buffer) => void): Buffer {
  let at = 0
  while (data.length - at >= headerBytes) {
    const end = at + headerBytes + data.readUInt32BE(at + 4)
    if (end > data.length) break
    emit(data[at] ?? 1, data.subarray(at + headerBytes, end))
    at = end
  }
  return data.subarray(at)
}

function lineOf(line: string): LogLine | null {
  const space = line.indexOf(' ')
  const atMs = Date.parse(line.slice(0, Math.max(space, 0)))
  if (Number.isNaN(atMs)) return null
  return { atMs, text: cleanText(line.slice(space + 1), lineCharsMax) }
}
