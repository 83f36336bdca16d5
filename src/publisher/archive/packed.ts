import { zstdCompressSync } from 'node:zlib'

const sampleBytes = 1024 * 1024
/** Below it a delta could win little. */
const programBytesMin = 1024 * 1024
/** Machine code halves; what hardly shrinks was compressed before. */
const packedRatioMin = 0.9

const magics = ['7f454c46', '4d5a', 'cffaedfe', 'feedfacf', 'cafebabe'].map((hex) => Buffer.from(hex, 'hex'))

/** Tells a program that is compressed by itself by a sample from its middle: fed a file's chunks in order. */
export class PackedProbe {
  readonly #bytes: number
  #at = 0
  #isProgram = false
  readonly #sample: Buffer[] = []

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  add(chunk: Buffer): void {
    if (this.#at === 0) this.#isProgram = magics.some((magic) => chunk.subarray(0, magic.length).equals(magic))
    const from = Math.max(0, Math.floor((this.#bytes - sampleBytes) / 2))
    const start = Math.max(0, from - this.#at)
    const end = from + sampleBytes - this.#at
    if (this.#isProgram && end > 0 && start < chunk.length) this.#sample.push(chunk.subarray(start, end))
    this.#at += chunk.length
  }

  isPacked(): boolean {
    if (!this.#isProgram || this.#bytes < programBytesMin) return false
    const sample = Buffer.concat(this.#sample)
    return zstdCompressSync(sample).length > sample.length * packedRatioMin
  }
}
