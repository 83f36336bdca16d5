// @ts-check
// Runs a task of this clone from wherever it stands: with nothing installed, on any Node from 20.
// Installs what the task lacks, then starts it on the pinned Node.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { ensurePackages } from './bootstrap/packages.mjs'
import { chooseRuntime, pinnedNodeReady } from './bootstrap/runtime.mjs'

/** @typedef {{ dev: boolean, run: readonly [string, ...string[]] | null, env?: Record<string, string> }} Task */

/** @type {Record<string, Task>} */
const tasks = {
  setup: { dev: false, run: null },
  demo: { dev: false, run: ['examples/demo.ts'] },
  test: { dev: true, run: ['scripts/test/main.ts'] },
  'test:crash': { dev: true, run: ['scripts/test/main.ts', 'crash', 'kills'], env: { BELAY_CRASH: 'all' } },
  bench: { dev: true, run: ['test/bench/main.ts'] },
  lint: { dev: true, run: ['scripts/test/main.ts', 'lint', 'unused'] },
  format: { dev: true, run: ['scripts/format.ts'] },
  typecheck: { dev: true, run: ['scripts/test/main.ts', 'types'] },
  lock: { dev: true, run: ['scripts/lockfile/update.ts'] },
  reference: { dev: true, run: ['scripts/reference/main.ts'] },
  page: { dev: true, run: ['scripts/page/main.ts'] },
  pack: { dev: true, run: ['scripts/pack/main.ts'] },
}

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')

/** @param {Task} task @param {readonly string[]} args */
async function run(task, args) {
  await ensurePackages(root, task.dev, () => pinnedNodeReady(root))
  const node = chooseRuntime(root)
  if (task.run === null) {
    console.error(`belay: ready, on Node ${node.version}`)
    return 0
  }
  const [script, ...given] = task.run
  if (!existsSync(join(root, script))) throw new Error(`${script} is not in this clone`)
  const path = [dirname(node.file), join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter)
  const env = { ...process.env, ...task.env, PATH: path, BELAY_RUNTIME: node.version }
  const child = spawn(node.file, [join(root, script), ...given, ...args], { cwd: root, stdio: 'inherit', env })
  // A terminal sends Ctrl-C to both; the task decides what it means, and this process reports how the task ended.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', (code, signal) => done(signal === null ? code : 128 + constants.signals[signal]))
  })
}

const [name = '', ...args] = process.argv.slice(2)
const task = tasks[name]
if (task === undefined) {
  console.error(`belay: no task "${name}"; there are ${Object.keys(tasks).join(', ')}`)
  process.exitCode = 2
} else {
  try {
    process.exitCode = await run(task, args)
  } catch (error) {
    console.error(`belay: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
