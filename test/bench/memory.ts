import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApplicationSize } from './archive.ts'
import { belayProgram, openLab } from './lab.ts'
import type { Section } from './section.ts'

const megabyte = 1_000_000
const sizes: readonly ApplicationSize[] = [
  { files: 10_000, bytes: 200 * megabyte },
  { files: 4_000, bytes: 1_000 * megabyte },
]
const lookEveryMs = 5
const peakMbMax = 150

/** The largest resident size of one process over its life, as the kernel keeps it. */
export async function memoryPart(): Promise<Section> {
  const goals = []
  for (const size of sizes) {
    await using lab = await openLab()
    // Hardly compressed: what counts is how many bytes pass through.
    await lab.publish('1.0.0', size, 1)
    const empty = join(lab.dir, 'empty.mjs')
    await writeFile(empty, 'setTimeout(() => {}, 200)')
    const theirs = await peakBytes(process.execPath, [empty])
    const ours = await peakBytes(belayProgram, [...lab.globals, 'update', 'app', '--yes'])
    const show = (bytes: number) => `${Math.round(bytes / megabyte)} MB`
    goals.push({
      what: `${show(size.bytes)}, ${size.files.toLocaleString('en')} files`,
      ours: show(ours),
      theirs: show(theirs),
      value: ours / megabyte,
      most: peakMbMax,
      unit: 'MB',
    })
  }
  return {
    part: 'memory',
    title: 'Peak memory of an update',
    about:
      'The largest resident size (`VmHWM`) of `belay update`, the service it starts not counted. Beside it: an empty program on the same Node.',
    goals,
  }
}

function peakBytes(file: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    let peak = 0
    const looking = setInterval(() => {
      peak = Math.max(peak, highWaterBytes(child.pid ?? 0))
    }, lookEveryMs)
    child.once('error', reject)
    child.once('exit', (code) => {
      clearInterval(looking)
      if (code === 0) resolve(peak)
      else reject(new Error(`${file} ${args.join(' ')} ended with ${code}`))
    })
  })
}

/** 0 once it has ended: the mark only rises, so nearly all of it was seen by then. */
function highWaterBytes(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
