import { defineConfig, type TestProjectConfiguration } from 'vitest/config'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  throw new Error(`these tests run on Node 24, not ${process.version}: use npm test, or npx vitest inside the clone`)
}

/** Suites that cannot run on this machine, named and listed by `npm test` (scripts/test/requirements.ts). */
const unavailable: string[] = JSON.parse(process.env['BELAY_TEST_EXCLUDE'] ?? '[]')

const secondMs = 1000

/** Order is shuffled: a test that needs the one before it is a test that hides something. */
function project(name: string, include: string[], timeoutMs: number, more: object = {}): TestProjectConfiguration {
  return {
    test: {
      name,
      include,
      exclude: ['**/node_modules/**', ...unavailable],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      sequence: { shuffle: true },
      ...more,
    },
  }
}

export default defineConfig({
  test: {
    allowOnly: process.env['BELAY_RUNTIME'] === undefined,
    passWithNoTests: unavailable.length > 0,
    projects: [
      project(
        'unit',
        ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/architecture.test.ts', 'test/architecture/**/*.test.ts'],
        10 * secondMs,
      ),
      project('contract', ['test/contracts/**/*.test.ts'], 30 * secondMs),
      project('simulation', ['test/simulation/**/*.test.ts'], 60 * secondMs),
      // One file at a time: containers and service managers share the machine's one kernel.
      project('e2e', ['test/e2e/**/*.test.ts'], 300 * secondMs, { fileParallelism: false }),
      project(
        'crash',
        ['test/crash/**/*.test.ts'],
        process.env['BELAY_CRASH'] === 'all' ? 3600 * secondMs : 120 * secondMs,
      ),
    ],
  },
})
