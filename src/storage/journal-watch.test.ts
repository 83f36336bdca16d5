import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { corePlan, runId } from '../../test/fakes/plan.ts'
import { openJournal } from './journal.ts'
import { stoppedClock } from './testing.ts'

test('when the clock is set back between runs then a watcher has them in the order in which they were opened', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'belay-journal-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const clock = stoppedClock()
  const journal = openJournal(dir, clock)
  const watch = openJournal(dir, clock, { readOnly: true })
  onTestFinished(() => {
    watch.close()
    journal.close()
  })
  expect([await watch.lastNumber(), await watch.after(0, 10)]).toEqual([0, []])
  for (const run of ['r-aaaaaaaa', 'r-bbbbbbbb', 'r-cccccccc'].map(runId)) {
    await journal.append(run, { t: 'opened', plan: corePlan({ run }) })
    clock.move(-3_600_000)
  }
  await journal.append(runId('r-aaaaaaaa'), { t: 'closed', outcome: 'committed', problem: null })
  expect(await watch.lastNumber()).toBe(3)
  expect(await watch.after(0, 2)).toMatchObject([
    { number: 1, run: 'r-aaaaaaaa', outcome: 'committed' },
    { number: 2, run: 'r-bbbbbbbb', outcome: null },
  ])
  expect(await watch.after(2, 2)).toMatchObject([{ number: 3, run: 'r-cccccccc' }])
})
