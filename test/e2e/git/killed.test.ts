// needs: venv, strace
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { seed, seeded } from '../../crash/support/sample.ts'
import { runGit } from '../../../src/host/git/testing.ts'
import type { Ended, RunOptions } from '../../crash/support/engine-process.ts'
import { Crm, type Seen } from './crm.ts'

/**
 * SIGKILL at every record of the journal, before it and after it, and at every start of a program: there belay dies and
 * git works on without it. Also of git itself, in the middle of the files that it changes, alone or together with belay.
 * `npm run test:crash` runs all of it, `npm test` a sample.
 */
interface Scenario {
  readonly name: string
  readonly command: string
  readonly version: string
  /** Updates that came before. */
  readonly first: readonly (readonly [version: string, schema: number, dependency: string])[]
  readonly ends: 'committed' | 'rolled-back'
}

const scenarios: readonly Scenario[] = [
  { name: 'an update', command: 'update', version: '1.1.0', first: [], ends: 'committed' },
  { name: 'an update that is never healthy', command: 'update', version: '1.1.0-ill', first: [], ends: 'rolled-back' },
  { name: 'a rollback', command: 'rollback', version: '', first: [['1.1.0', 3, 'two']], ends: 'committed' },
]

async function worldFor({ version, first }: Scenario): Promise<Crm> {
  const crm = await Crm.create((strategy) => Object.assign(strategy, { local_changes: 'stash' }))
  for (const release of first) {
    crm.publish(...release)
    const { reports, output } = await crm.run('update')
    expect(reports[0]?.outcome, output).toBe('committed')
  }
  if (version !== '') crm.publish(version, 3, 'two', 3)
  writeFileSync(join(crm.app.dir, 'app/part_1.py'), '# edited by hand\n')
  writeFileSync(join(crm.app.dir, 'app/part_2.py'), '# staged by hand\n')
  crm.app.git('add', 'app/part_2.py')
  return crm
}

interface Expected {
  readonly before: Seen
  readonly after: Seen
}

/** What a run that nobody disturbs leads to, how many records it has, and how many programs it starts. */
async function undisturbed(crm: Crm, scenario: Scenario): Promise<Expected & { appends: number; programs: number }> {
  const before = await crm.seen()
  const log = join(crm.dir, 'strace.log')
  const { reports, output } = await crm.run(scenario.command, {
    wrap: ['strace', '-qq', '-o', log, '-e', 'trace=execve,clone,clone3,fork,vfork'],
  })
  expect(reports[0]?.outcome, output).toBe(scenario.ends)
  const after = await crm.seen()
  if (scenario.ends === 'rolled-back') expect(after).toEqual(before)
  const programs = (readFileSync(log, 'utf8').match(/^(?:clone|clone3|fork|vfork)\(/gm) ?? []).length
  return { before, after, appends: Number(/APPENDS (\d+)/.exec(output)?.[1] ?? 0), programs }
}

function allOrNothing(seen: Seen, resumed: Ended, { before, after }: Expected, point: string): void {
  expect(resumed.output, point).not.toContain('PROBLEM')
  const outcome = resumed.reports[0]?.outcome ?? null
  expect(outcome, `${point}: ${resumed.output}`).not.toBe('stuck')
  // Nothing to resume: it died before the run was opened, or after it was closed.
  const allowed = outcome === 'committed' ? [after] : outcome === null ? [before, after] : [before]
  expect(allowed, `${point}: ${resumed.output}`).toContainEqual(seen)
}

for (const scenario of scenarios) {
  describe(`when ${scenario.name} is killed (seed ${seed})`, () => {
    test('then resume ends it all old or all new, and the service runs', { timeout: 3_600_000 }, async () => {
      await using crm = await worldFor(scenario)
      await crm.keep()
      const { appends, programs, ...expected } = await undisturbed(crm, scenario)
      expect(appends).toBeGreaterThan(10)
      expect(programs).toBeGreaterThan(20)
      const records = Array.from({ length: appends }, (_, i) => [`before:${i + 1}`, `after:${i + 1}`]).flat()
      const starts = Array.from({ length: programs }, (_, i) => `clone,clone3,fork,vfork:signal=SIGKILL:when=${i + 1}`)
      const files = [1, 2, 5, 12, 20].flatMap((n) => [`git:${n}:alone`, `git:${n}:both`])
      const points = [
        ...seeded(records, 1, `git ${scenario.name}`),
        ...seeded(starts, 2, `git starts ${scenario.name}`),
        ...seeded(files, 1, `git files ${scenario.name}`),
      ]
      for (const point of points) {
        const killed = await killedAt(point, crm, scenario)
        if (!point.endsWith('alone')) expect(killed.signal, `${point}\n${killed.output}`).toBe('SIGKILL')
        const resumed = await crm.run('resume')
        const told = point.endsWith('alone') ? { ...resumed, reports: killed.reports } : resumed
        allOrNothing(await crm.seen(), told, expected, `${point}\n${killed.output}`)
        expect(crm.leftovers(), point).toEqual([])
      }
    })
  })
}

/**
 * How many programs a run starts depends on how often it had to ask whether something is there yet: one that came to its end
 * before the nth start is killed earlier.
 */
async function killedAt(point: string, crm: Crm, scenario: Pick<Scenario, 'command'>): Promise<Ended> {
  await crm.putBack()
  const ended = await crm.run(scenario.command, howTo(point, crm))
  const start = /:when=(\d+)$/.exec(point)?.[1]
  if (ended.signal !== null || start === undefined || start === '1') return ended
  return killedAt(point.replace(/\d+$/, String(Math.ceil(Number(start) / 2))), crm, scenario)
}

function howTo(point: string, crm: Crm): RunOptions {
  if (point.startsWith('git:')) return { env: { PATH: `${deadlyGit(crm, point)}${delimiter}${process.env['PATH']}` } }
  if (!point.includes('signal')) return { kill: point }
  const calls = point.split(':')[0] ?? ''
  return { wrap: ['strace', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${point}`] }
}

/** A git that is killed once: with the nth file that it is about to replace, and belay with it where both are meant. */
function deadlyGit(crm: Crm, point: string): string {
  const [, count, which] = point.split(':')
  const bin = join(crm.dir, 'bin')
  const real = runGit(crm.dir, ['--exec-path'])
  const inject = `-e trace=unlink,unlinkat -e inject=unlink,unlinkat:signal=SIGKILL:when=${count}`
  const script = `#!/bin/sh
case "$*" in *"read-tree --reset -u"*)
  if mkdir ${bin}/once 2>/dev/null; then
    strace -qq -o /dev/null ${inject} ${real}/git "$@"
    ${which === 'both' ? 'kill -9 $PPID' : ''}
    exit 137
  fi
esac
exec ${real}/git "$@"
`
  mkdirSync(bin)
  writeFileSync(join(bin, 'git'), script, { mode: 0o755 })
  return bin
}
