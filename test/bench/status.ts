import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { belayProgram, openLab, run } from './lab.ts'
import type { Section } from './section.ts'
import { median, summary } from './stats.ts'

const rounds = 30
const roundsWarm = 5

/** `belay status` of an installed, running component against a program without a line, on the same Node. */
export async function statusPart(): Promise<Section> {
  await using lab = await openLab()
  await lab.publish('1.0.0', { files: 20, bytes: 1_000_000 }, 1)
  await lab.belay('update', 'app', '--yes')
  const empty = join(lab.dir, 'empty.mjs')
  await writeFile(empty, '')
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = -roundsWarm; round < rounds; round++) {
    const status = await run(belayProgram, [...lab.globals, 'status'])
    const nothing = await run(process.execPath, [empty])
    if (round < 0) continue
    ours.push(status.ms)
    theirs.push(nothing.ms)
  }
  const show = (ms: number) => ms.toFixed(0)
  return {
    part: 'status',
    title: 'The start of a command',
    about: `\`belay status\` from a clone, with one component that runs, against an empty program on the same Node. Medians of ${rounds} runs in turn, the middle half in brackets.`,
    goals: [
      {
        what: '`belay status`',
        ours: summary(ours, 'ms', show),
        theirs: summary(theirs, 'ms', show),
        value: median(ours) / median(theirs),
        most: 4,
        unit: '×',
      },
    ],
  }
}
