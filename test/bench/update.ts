import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { keepVisiting } from '../../examples/demo/visitor.ts'
import type { RunReport } from '../../src/ports/engine.ts'
import { type Lab, openLab, run } from './lab.ts'
import type { Section } from './section.ts'
import { median, summary } from './stats.ts'

const size = { files: 10_000, bytes: 200_000_000 }
const gzipLevel = 6
const pairs = 7
const visitEveryMs = 2

interface Took {
  readonly ms: number
  readonly downMs: number
}

interface Side {
  /** From 1.0.0, which runs, to 1.1.0. */
  update(): Promise<void>
  /** Back to where `update` begins: 1.0.0 runs, and no tree of 1.1.0 is there. */
  reset(): Promise<void>
  readonly health: string
}

/** Belay against a shell script of twenty lines that does the same with curl, sha256sum, tar, ln and mv. */
export async function updatePart(): Promise<Section> {
  await using lab = await openLab()
  await lab.publish('1.0.0', size, gzipLevel)
  await lab.publish('1.1.0', size, gzipLevel)
  const reports: RunReport[] = []
  const [belay, script] = [await belaySide(lab, reports), await scriptSide(lab)]
  const ours: Took[] = []
  const theirs: Took[] = []
  for (let pair = 0; pair < pairs; pair++) {
    // Who goes first changes, so that neither always finds the other's traces.
    const order =
      pair % 2 === 0
        ? [() => timed(belay, ours), () => timed(script, theirs)]
        : [() => timed(script, theirs), () => timed(belay, ours)]
    for (const go of order) await go()
  }
  return section(ours, theirs, reports)
}

async function timed(side: Side, into: Took[]): Promise<void> {
  await run('sync', [])
  const visits = keepVisiting(side.health, visitEveryMs)
  const startedAt = performance.now()
  await side.update()
  const ms = performance.now() - startedAt
  into.push({ ms, downMs: (await visits.stop()).downMs })
  await side.reset()
}

async function belaySide(lab: Lab, reports: RunReport[]): Promise<Side> {
  await lab.belay('update', 'app', '--to', '1.0.0', '--yes')
  const tree = join(lab.dir, 'belay', 'releases', '1.1.0')
  return {
    health: `http://127.0.0.1:${lab.ports[0]}/health`,
    update: async () => {
      const { stdout } = await lab.belay('update', 'app', '--to', '1.1.0', '--yes', '--json')
      reports.push(JSON.parse(stdout) as RunReport)
    },
    reset: async () => {
      await lab.belay('rollback', 'app', '--yes')
      await rm(tree, { recursive: true })
    },
  }
}

async function scriptSide(lab: Lab): Promise<Side> {
  const root = join(lab.dir, 'script')
  await mkdir(root)
  const install = async (version: string) => {
    const env = {
      ROOT: root,
      SOURCE: `${lab.url}/download/${version}`,
      VERSION: version,
      NODE: process.execPath,
      APP_PORT: String(lab.ports[1]),
    }
    await run('sh', [join(import.meta.dirname, 'update.sh')], env)
  }
  await install('1.0.0')
  return {
    health: `http://127.0.0.1:${lab.ports[1]}/health`,
    update: () => install('1.1.0'),
    reset: async () => {
      await rm(join(root, 'releases', '1.0.0'), { recursive: true })
      await install('1.0.0')
      await rm(join(root, 'releases', '1.1.0'), { recursive: true })
      if ((await readdir(join(root, 'releases'))).join() !== '1.0.0') throw new Error('the script was not reset')
    },
  }
}

const seconds = { unit: 's', show: (ms: number) => (ms / 1000).toFixed(2) }
const millis = { unit: 'ms', show: (ms: number) => ms.toFixed(0) }

function section(ours: readonly Took[], theirs: readonly Took[], reports: readonly RunReport[]): Section {
  const line = (what: string, of: (took: Took) => number, { unit, show }: typeof seconds, most: number) => {
    const [mine, other] = [ours.map(of), theirs.map(of)]
    return {
      what,
      ours: summary(mine, unit, show),
      theirs: summary(other, unit, show),
      value: median(mine) / median(other),
      most,
      unit: '×',
    }
  }
  const reported = median(reports.map((report) => report.downtime_ms))
  return {
    part: 'update',
    title: 'An update against a shell script',
    about:
      `An application of ${size.files.toLocaleString('en')} files and ${size.bytes / 1e6} MB, from its archive on a server on the same machine to its new version answering. ` +
      'The script (`test/bench/update.sh`) uses curl, sha256sum, tar, `sync -f`, ln and mv, stops and starts the same program, waits for the same address to answer 200, and has no way back. ' +
      `Medians of ${ours.length} pairs in turn, the middle half in brackets. The outage is what a visitor asking every ${visitEveryMs} ms sees.`,
    goals: [line('whole update', (took) => took.ms, seconds, 1.3), line('outage', (took) => took.downMs, millis, 1)],
    more: [`Belay's own report puts the outage at ${millis.show(reported)} ms.`, '', ...stepTable(reports)],
  }
}

/** Where Belay's time goes: medians of each step that takes part in it. */
function stepTable(reports: readonly RunReport[]): readonly string[] {
  const rows = (reports[0]?.steps ?? []).map((step, at) => ({
    kind: step.kind,
    ms: median(reports.map((report) => report.steps[at]?.ms ?? 0)),
  }))
  return [
    '| step | median |',
    '|---|---|',
    ...rows.filter(({ ms }) => ms >= 1).map(({ kind, ms }) => `| ${kind} | ${millis.show(ms)} ms |`),
  ]
}
