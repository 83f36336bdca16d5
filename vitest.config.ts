import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { stages, type TestStage } from './scripts/test/stages.ts'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  throw new Error(`these tests run on Node 24, not ${process.version}: use npm test, or npx vitest inside the clone`)
}

/** Suites that cannot run on this machine, named and listed by `npm test` (scripts/test/requirements.ts). */
const unavailable: string[] = JSON.parse(process.env['BELAY_TEST_EXCLUDE'] ?? '[]')

const secondMs = 1000
/** Of suites that run a sample, and all of it with BELAY_CRASH=all. */
const whole = (process.env['BELAY_CRASH'] === 'all' ? 3600 : 300) * secondMs

const limits: Readonly<Record<string, { readonly timeoutMs: number; readonly more?: object }>> = {
  // Its modules keep no state of their own (test/architecture.test.ts), so files may share a process, and two fill two cores.
  unit: { timeoutMs: 30 * secondMs, more: { isolate: false, maxWorkers: '100%' } },
  // Real agents, databases and engines: on a busy machine ten times what they take on an idle one.
  contract: { timeoutMs: 120 * secondMs },
  simulation: { timeoutMs: 300 * secondMs },
  // One file at a time: containers and service managers share the machine's one kernel.
  e2e: { timeoutMs: 300 * secondMs, more: { fileParallelism: false } },
  kills: { timeoutMs: whole, more: { fileParallelism: false } },
  crash: { timeoutMs: whole },
}

/** Of its test's time: a condition is waited for as long as that allows, so that a machine may stand still for a while. */
const pollShare = 0.8

/** What `npm test` says it drew: the order of tests, the samples of suites, and the inputs of properties. */
const seed = Number(process.env['BELAY_SEED'] ?? '1')

/** Order is shuffled: a test that needs the one before it is a test that hides something. */
function project({ name, include, exclude }: TestStage): TestProjectConfiguration {
  const limit = limits[name]
  if (limit === undefined) throw new Error(`the stage ${name} has no time limit`)
  return {
    test: {
      name,
      include: [...include],
      exclude: ['**/node_modules/**', ...exclude, ...unavailable],
      testTimeout: limit.timeoutMs,
      hookTimeout: limit.timeoutMs,
      sequence: { shuffle: true },
      setupFiles: ['test/seed.ts'],
      expect: { poll: { timeout: limit.timeoutMs * pollShare } },
      ...limit.more,
    },
  }
}

export default defineConfig({
  test: {
    sequence: { seed },
    allowOnly: process.env['BELAY_RUNTIME'] === undefined,
    passWithNoTests: unavailable.length > 0,
    projects: stages.filter((stage) => stage.kind === 'tests').map(project),
  },
})
