import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { BaseFile } from '../../src/core/files/local.ts'
import { recordText } from '../../src/core/files/record.ts'
import { installedPlaces } from '../../src/host/git-objects/installed.ts'
import { readLocalTree } from '../../src/host/git-objects/local-tree.ts'
import { helpdeskCommits, older, treeOf } from '../e2e/files/support/helpdesk.ts'
import { site } from '../e2e/files/support/site.ts'
import { run } from './lab.ts'
import type { Section } from './section.ts'
import { median, summary } from './stats.ts'

const checker = resolve(import.meta.dirname, 'files-check.mjs')
const commit = 'b387b2951a2213d1c7f491f546bf90edc5e6fee2'
const roundsFull = 7
const roundsWarm = 20
const roundsBefore = 2

export interface TreeSize {
  readonly files: number
  readonly bytes: number
}

/** What it costs to tell that an installed tree is what was installed, and to ask for news of it. */
export async function filesPart(size: TreeSize = { files: 10_000, bytes: 1_000_000_000 }): Promise<Section> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-bench-'))
  try {
    const [root, state] = [join(dir, 'tree'), join(dir, 'state')]
    await makeTree(root, state, size)
    const empty = join(dir, 'empty.mjs')
    await writeFile(empty, '')
    const check = (how: string) => run(process.execPath, [checker, join(dir, 'compiled'), state, root, how])
    const sums = () => run('sh', ['-c', `find "${root}" -type f -print0 | xargs -0 sha256sum > /dev/null`])
    const full = await pairs(roundsFull, () => check('full'), sums)
    const warm = await pairs(
      roundsWarm,
      () => check('warm'),
      () => run(process.execPath, [empty]),
    )
    return section(size, full, warm, await requests())
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

interface Pair {
  readonly ours: number[]
  readonly theirs: number[]
}

/** In turn, so that whatever else the machine does falls on both. */
async function pairs(
  rounds: number,
  ours: () => Promise<{ readonly ms: number }>,
  theirs: () => Promise<{ readonly ms: number }>,
): Promise<Pair> {
  const found: Pair = { ours: [], theirs: [] }
  for (let round = -roundsBefore; round < rounds; round++) {
    const [one, other] = [await ours(), await theirs()]
    if (round < 0) continue
    found.ours.push(one.ms)
    found.theirs.push(other.ms)
  }
  return found
}

function section({ files, bytes }: TreeSize, full: Pair, warm: Pair, asked: number): Section {
  const seconds = (ms: number) => (ms / 1000).toFixed(2)
  const whole = (ms: number) => ms.toFixed(0)
  return {
    part: 'files',
    title: 'A tree that is followed file by file',
    about: `Whether ${files.toLocaleString('en')} files of together ${Math.round(bytes / 1e6).toLocaleString('en')} MB are what was installed, in a process of its own: all of them read, against \`sha256sum\` over the same files, and with the stat cache, against an empty program on the same Node. Files in the page cache; medians of ${roundsFull} and ${roundsWarm} runs in turn, the middle half in brackets. Below, what a check of the real HelpDesk tree asks of GitHub's API; the updater that it comes from asks once for each of its 20 files, and downloads each as often.`,
    goals: [
      {
        what: 'all files read',
        ours: summary(full.ours, 's', seconds),
        theirs: summary(full.theirs, 's', seconds),
        value: median(full.ours) / median(full.theirs),
        most: 0.5,
        unit: '×',
      },
      {
        what: 'with a warm stat cache',
        ours: summary(warm.ours, 'ms', whole),
        theirs: summary(warm.theirs, 'ms', whole),
        value: median(warm.ours) / median(warm.theirs),
        most: 3,
        unit: '×',
      },
      { what: 'requests of a check', ours: String(asked), theirs: '40', value: asked, most: 2, unit: 'requests' },
    ],
  }
}

async function makeTree(root: string, state: string, { files, bytes }: TreeSize): Promise<void> {
  const paths = Array.from({ length: files }, (_, i) => `part-${i % 97}/module-${i % 11}/file-${i}.bin`)
  const content = randomBytes(Math.floor(bytes / files))
  const before = new Date(Date.now() - 60_000)
  for (const [i, path] of paths.entries()) {
    const place = join(root, path)
    await mkdir(dirname(place), { recursive: true })
    content.writeUInt32BE(i)
    await writeFile(place, content)
    await utimes(place, before, before)
  }
  const places = installedPlaces(state, 'bench')
  const options = { root, paths, format: 'sha1', cacheFile: null, full: true, expected: () => null } as const
  const found = await readLocalTree({ ...options, signal: new AbortController().signal })
  const record = new Map<string, BaseFile>()
  for (const [path, file] of found) {
    if (file.kind === 'file') record.set(path, { mode: '100644', blob: file.blob, sha256: file.sha256 })
  }
  await mkdir(dirname(places.record), { recursive: true })
  await writeFile(places.record, recordText(commit, record))
}

/** The dearer of the two kinds of check: of a tree that Belay has not installed yet. */
async function requests(): Promise<number> {
  await using here = await site({ commits: helpdeskCommits(), there: treeOf(older) })
  await here.open((belay) => belay.check({ force: true }))
  return here.github.asked.length
}
