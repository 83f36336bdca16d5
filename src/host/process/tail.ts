const newline = 0x0a

/** Keeps the last `bytesMax` bytes of a stream, so that an endless writer costs no more than that. */
export class Tail {
  readonly #bytesMax: number
  #chunks: Buffer[] = []
  #held = 0
  #seen = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  push(chunk: Buffer): void {
    this.#seen += chunk.length
    this.#chunks.push(chunk)
    this.#held += chunk.length
    while (this.#chunks.length > 1 && this.#held - (this.#chunks[0]?.length ?? 0) >= this.#bytesMax) {
      this.#held -= this.#chunks.shift()?.length ?? 0
    }
  }

  get truncated(): boolean {
    return this.#seen > this.#bytesMax
  }

  text(): string {
    const all = Buffer.concat(this.#chunks)
    return all.subarray(Math.max(0, all.length - this.#bytesMax)).toString('utf8')
  }
}

/** Cuts a byte stream into lines of at most `lineBytesMax`; the rest of a longer line is dropped. */
export class Lines {
  readonly #emit: (line: string) => void
  readonly #lineBytesMax: number
  #pending: Buffer = Buffer.alloc(0)
  #skipping = false

  constructor(lineBytesMax: number, emit: (line: string) => void) {
    this.#lineBytesMax = lineBytesMax
    this.#emit = emit
  }

  push(chunk: Buffer): void {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      this.#take(chunk.subarray(from, at))
      this.end()
      from = at + 1
    }
    this.#take(chunk.subarray(from))
  }

  /** Emits what is left without a newline. */
  end(): void {
    if (this.#pending.length > 0) this.#emit(this.#pending.toString('utf8').replace(/\r$/, ''))
    this.#pending = Buffer.alloc(0)
    this.#skipping = false
  }

  #take(part: Buffer): void {
    if (this.#skipping || part.length === 0) return
    const room = this.#lineBytesMax - this.#pending.length
    this.#pending = Buffer.concat([this.#pending, part.subarray(0, room)])
    this.#skipping = part.length > room
  }
}

/** The last lines of a text that say something, oldest first, each cut to `charsMax`. */
export function lastLines(text: string, linesMax: number, charsMax = 2000): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  return lines.slice(-linesMax).map((line) => line.slice(0, charsMax))
}

const namesAnError = /^(?:Uncaught )?[\w.]*(?:Error|Exception)\b/

/** The line that tells most of why a program ended: the last that names an error, for Node ends with its own version; else the last. */
export function tellingLine(lines: readonly string[]): string | undefined {
  return lines.findLast((line) => namesAnError.test(line)) ?? lines.at(-1)
}
