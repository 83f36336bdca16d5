import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadedTo } from '../../src/host/http/download.ts'
import { extract } from '../../src/host/archive/extract.ts'
import { formatOf } from '../../src/host/archive/format.ts'

/**
 * `node test/bench/extract.ts [PAIRS]`: extract() against `tar -xf` on a tree of 10,000 files and 200 MB, in pairs that
 * follow each other (about 7 GB of disk), and the peak memory of a process that does nothing else. Medians of pairs, because a shared disk
 * has moods that last longer than one pair.
 */

const filesCount = 10_000
const bigBytes = 700 * 1024 * 1024

interface Timing {
  readonly oursMs: number
  readonly tarMs: number
}

/** Text-like content that gzip halves: neither noise nor zeros. The same on every run. */
function makeTree(root: string): void {
  const next = randomNumbers()
  const words = Array.from({ length: 4000 }, () =>
    next()
      .toString(36)
      .slice(0, 3 + (next() % 6)),
  )
  for (let index = 0; index < filesCount; index += 1) {
    const folder = join(root, `d${index % 50}`, `s${Math.floor(index / 500)}`)
    mkdirSync(folder, { recursive: true })
    const size = index % 10 === 0 ? 110_000 : 10_000
    let text = ''
    while (text.length < size) text += `${words[next() % words.length]}${next() % 10 === 0 ? '\n' : ' '}`
    writeFileSync(join(folder, `f${index}.js`), text.slice(0, size))
  }
}

function makeBigFile(path: string): void {
  const next = randomNumbers()
  const block = Buffer.from(Uint32Array.from({ length: 256 * 1024 }, next).buffer)
  const fd = openSync(path, 'w')
  for (let written = 0; written < bigBytes; written += writeSync(fd, block));
  closeSync(fd)
}

/** xorshift32 */
function randomNumbers(): () => number {
  let state = 2463534242
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
}

async function timed(work: () => unknown): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/**
 * Every extraction stays until the end: ext4 does not reuse an inode for half a minute after its file was deleted, and
 * searches past each of them for every new file. Deleting between two runs would measure that search.
 */
async function onePair(archive: string, index: number): Promise<Timing> {
  const [to, tarTo] = [`${archive}-ours-${index}`, `${archive}-tar-${index}`]
  mkdirSync(tarTo)
  const oursFirst = index % 2 === 0
  const format = formatOf(archive)
  const ours = () =>
    timed(() => extract({ archive: downloadedTo(archive), format, to, signal: new AbortController().signal }))
  const tar = () => timed(() => execFileSync('tar', ['-xf', archive, '-C', tarTo]))
  const early = oursFirst ? await ours() : await tar()
  const late = oursFirst ? await tar() : await ours()
  return oursFirst ? { oursMs: early, tarMs: late } : { oursMs: late, tarMs: early }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function peakMemoryMb(archive: string): number {
  const args = [import.meta.filename, '--memory', archive, `${archive}-memory`]
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' })) / 1024
}

async function main(pairs: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'belay-bench-'))
  try {
    makeTree(join(dir, 'app-1.0.0'))
    makeBigFile(join(dir, 'big'))
    for (const [format, flag] of [
      ['tar.gz', '-z'],
      ['tar.zst', '--zstd'],
    ] as const) {
      const archive = join(dir, `app.${format}`)
      execFileSync('tar', ['-c', flag, '-f', archive, '-C', dir, 'app-1.0.0'])
      const timings: Timing[] = []
      for (let index = 0; index <= pairs; index += 1) {
        const timing = await onePair(archive, index)
        // The first pair fills the caches.
        if (index > 0) timings.push(timing)
      }
      const ratio = median(timings.map(({ oursMs, tarMs }) => oursMs / tarMs))
      const [oursMs, tarMs] = [median(timings.map((one) => one.oursMs)), median(timings.map((one) => one.tarMs))]
      console.log(
        `${format}: ${ratio.toFixed(2)} of tar (${oursMs.toFixed(0)} ms, tar ${tarMs.toFixed(0)} ms, ${pairs} pairs), peak memory ${peakMemoryMb(archive).toFixed(0)} MB`,
      )
      const big = join(dir, `big.${format}`)
      execFileSync('tar', ['-c', flag, '-f', big, '-C', dir, 'big'])
      console.log(`${format}: one file of ${bigBytes / 1024 / 1024} MB, peak memory ${peakMemoryMb(big).toFixed(0)} MB`)
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const [first = '7', archive, to] = process.argv.slice(2)
if (first === '--memory' && archive !== undefined && to !== undefined) {
  await extract({ archive: downloadedTo(archive), format: formatOf(archive), to, signal: new AbortController().signal })
  console.log(process.resourceUsage().maxRSS)
} else {
  await main(Number(first))
}
