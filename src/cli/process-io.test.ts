import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const program = new URL('./program.ts', import.meta.url).href
const processIo = new URL('./process-io.ts', import.meta.url).href
let dir: string
let script: string

// A real process whose update never ends by itself: it tells when it has begun and when it was asked to go back.
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-cli-'))
  script = join(dir, 'belay.mjs')
  await writeFile(
    script,
    `import { runCli } from '${program}'
import { processIo } from '${processIo}'
const report = { run: 'r-7f3c12ab', component: 'core', action: 'update', from: '1', to: '2', outcome: 'rolled-back', restart_required: false,
  steps: [], downtime_ms: 0, bytes_downloaded: 0, problem: null, kept: [], warnings: [] }
const patient = process.argv.includes('core')
const engine = {
  retiring: () => [],
  components: () => ['core', 'deaf'], resolve: (name) => name, subscribe: () => () => {}, close() {},
  history: async () => Array.from({ length: 20000 }, () => ({ ...report, opened: '2026-01-01', closed: null, outcome: 'committed' })),
  update: (_, { signal }) => new Promise((resolve) => {
    const alive = setInterval(() => {}, 1000)
    signal.addEventListener('abort', () => { if (patient) { clearInterval(alive); resolve(report) } })
    process.stdout.write('begun\\n')
  }),
}
const unused = () => { throw new Error('unused') }
const ports = { version: '0', open: async () => engine, loadSettings: unused, survey: unused, readText: unused, writeText: unused, serveReleases: unused }
const code = await runCli(process.argv.slice(2), processIo(), ports)
setImmediate(() => process.exit(code))
`,
  )
})

afterAll(() => rm(dir, { recursive: true }))

/** The process, and what it has written so far; `said` resolves when a text has appeared. */
function start(...words: string[]) {
  const child = spawn(process.execPath, [script, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const waiting: { text: string; done: () => void }[] = []
  const hear = (chunk: Buffer) => {
    text += chunk.toString()
    for (const each of waiting) if (text.includes(each.text)) each.done()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const closed = once(child, 'close')
  return {
    child,
    said: (wanted: string) =>
      new Promise<void>((done) => (text.includes(wanted) ? done() : waiting.push({ text: wanted, done }))),
    end: async () => ({ code: (await closed)[0] as number | null, text }),
  }
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'when a process is sent %s then its run goes back and its code tells so',
  async (signal) => {
    const belay = start('update', 'core')
    await belay.said('begun')
    belay.child.kill(signal)
    const { code, text } = await belay.end()
    expect(code).toBe(3)
    expect(text).toContain('Stopping: what was done is being undone.')
  },
)

test('when a process is sent SIGINT twice then it leaves at once and names the way on', async () => {
  const belay = start('update', 'deaf')
  await belay.said('begun')
  belay.child.kill('SIGINT')
  await belay.said('Stopping:')
  belay.child.kill('SIGINT')
  const { code, text } = await belay.end()
  expect(code).toBe(4)
  expect(text).toContain('Run belay resume')
})

test('when the reader of the output goes away then there is no trace of it', async () => {
  const child = spawn(process.execPath, [script, 'history', '--limit', '20000'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  child.stdout.once('data', () => child.stdout.destroy())
  await once(child, 'close')
  expect(errors).toBe('')
})
