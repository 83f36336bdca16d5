// The whole of `npm test`: stage after stage, one line each, what could not run at the end, and the sum as the last line.
import { randomInt } from 'node:crypto'
import { mkdtempSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { guardRuntime } from '../bootstrap/runtime.mjs'
import { runScript } from './command.ts'
import { testFilesOf } from './files.ts'
import { howToEnable, type Unavailable } from './requirements.ts'
import { requirements } from './requirements.list.ts'
import { pickStages, type Stage, type TestStage } from './stages.ts'
import { settleRequirements } from './system.ts'
import {
  addTallies,
  afterSecondTry,
  emptyTally,
  summaryLine,
  type Tally,
  tallyOf,
  type VitestReport,
  worthSecondTry,
} from './tally.ts'

interface StageResult {
  readonly tally: Tally
  readonly output: string
  readonly words: string
}

interface Context {
  readonly unavailable: readonly Unavailable[]
  readonly seed: string
  readonly reports: string
}

async function runStage(stage: Stage, context: Context): Promise<StageResult> {
  switch (stage.kind) {
    case 'check': {
      const { exitCode, output } = await runScript(stage.script, stage.args, {})
      const failed = exitCode === 0 ? 0 : 1
      return { tally: { ...emptyTally, failed }, output, words: failed === 0 ? 'ok' : 'failed' }
    }
    case 'tests':
      return runProject(stage, context)
  }
}

async function runProject({ name, secondTry }: TestStage, context: Context): Promise<StageResult> {
  const first = await runVitest(name, [], context)
  const again = secondTry ? worthSecondTry(first.report) : []
  if (first.report === null || again.length === 0) return first
  const second = await runVitest(name, again, context)
  const tally = afterSecondTry(first.report, again, second.tally)
  return { tally, output: `${first.output}\n\nOnce more:\n${second.output}`, words: summaryLine(tally, 0) }
}

async function runVitest(
  name: string,
  files: readonly string[],
  context: Context,
): Promise<StageResult & { readonly report: VitestReport | null }> {
  const written = join(context.reports, `${name}.json`)
  rmSync(written, { force: true })
  const exclude = context.unavailable.flatMap((suite) => suite.files)
  const args = ['run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile.json=${written}`]
  const env = {
    BELAY_SEED: context.seed,
    ...(exclude.length > 0 ? { BELAY_TEST_EXCLUDE: JSON.stringify(exclude) } : {}),
  }
  const { exitCode, output } = await runScript('node_modules/vitest/vitest.mjs', [...args, ...files], env)
  const report: VitestReport | null = existsSync(written) ? JSON.parse(readFileSync(written, 'utf8')) : null
  const tally = tallyOf(report, exitCode)
  return { report, tally, output, words: summaryLine(tally, 0) }
}

async function runStages(picked: readonly Stage[], context: Context): Promise<Tally> {
  let sum = emptyTally
  for (const stage of picked) {
    process.stdout.write(`${stage.name.padEnd(11)} `)
    const startedMs = performance.now()
    // One after the other: two cores, and a stage's time is part of what it reports.
    // oxlint-disable-next-line no-await-in-loop
    const { tally, output, words } = await runStage(stage, context)
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
    process.stdout.write(`${seconds.padStart(6)} s  ${words}\n`)
    if (tally.failed > 0 || tally.unsteady.length > 0) process.stdout.write(`${output.trimEnd()}\n\n`)
    sum = addTallies(sum, tally)
  }
  return sum
}

/** Says what did not run, and with `CI=true` counts it as failed: there, everything is meant to run. */
function account(sum: Tally, unavailable: readonly Unavailable[]): { tally: Tally; suitesMissing: number } {
  const strict = process.env['CI'] === 'true'
  if (unavailable.length + sum.skipped.length > 0)
    console.log(strict ? '\nCould not run, which fails with CI=true:' : '\nDid not run:')
  for (const suite of unavailable) console.log(`  ${howToEnable(suite)}`)
  for (const name of sum.skipped) console.log(`  skipped: ${name}`)
  for (const file of sum.unsteady)
    console.log(`\nFailed, then passed by itself (what it said is above): ${relative('', file)}`)
  if (!strict) return { tally: sum, suitesMissing: unavailable.length }
  return {
    tally: { ...sum, failed: sum.failed + sum.skipped.length + unavailable.length, skipped: [] },
    suitesMissing: 0,
  }
}

/** One commit is judged alike each time; what is drawn elsewhere looks further. */
const seedOfCi = '1'

async function main(names: readonly string[]): Promise<number> {
  const picked = pickStages(names)
  const unavailable = await settleRequirements(picked.flatMap(testFilesOf), requirements)
  const seed = process.env['BELAY_SEED'] ?? (process.env['CI'] === 'true' ? seedOfCi : String(randomInt(2 ** 31)))
  const reports = mkdtempSync(join(tmpdir(), 'belay-test-'))
  console.log(`Node ${process.version}; BELAY_SEED=${seed} repeats what is drawn at random`)
  try {
    const sum = await runStages(picked, { unavailable, seed, reports })
    const { tally, suitesMissing } = account(sum, unavailable)
    console.log(`\n${summaryLine(tally, suitesMissing)}`)
    return tally.failed > 0 ? 1 : 0
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

try {
  guardRuntime()
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  // Whoever reads the last line alone must not take an earlier one for it.
  console.log(
    `${error instanceof Error ? error.message : String(error)}\n\n${summaryLine({ ...emptyTally, failed: 1 }, 0)}`,
  )
  process.exitCode = 1
}
