// The main job, start to end, on this machine and nothing else: a small web application is installed, updated, and an
// update that fails is put back. Exits with 0 only when everything was as it says.
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { guardRuntime } from '../scripts/bootstrap/runtime.mjs'
import { configText } from './demo/config.ts'
import { freePort } from './demo/free-port.ts'
import { publish } from './demo/releases.ts'
import { keepVisiting, visit } from './demo/visitor.ts'
import { openWorld, type World } from './demo/world.ts'

const visitEveryMs = 10

interface Stage {
  readonly world: World
  readonly page: string
  readonly releases: string
}

/** One update as the summary tells it. */
interface Act {
  readonly what: string
  readonly ms: number
  readonly downMs: number | null
}

const trees = resolve(import.meta.dirname, 'board')

function say(text: string): void {
  console.log(text)
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

/** Tells what was seen, and ends the demo when it is not what was promised. */
function seen(what: string, asPromised: boolean): void {
  say(`  ${asPromised ? '✓' : '✗'} ${what}`)
  if (!asPromised) throw new Error(`not as promised: ${what}`)
}

async function typed({ world }: Stage, ...args: string[]): Promise<number> {
  say(`\n$ belay ${args.join(' ')}`)
  return world.belay(...args)
}

async function release(version: string, { releases }: Stage): Promise<void> {
  const { file, bytes } = await publish(version, join(trees, version), releases)
  say(`\n— ${version} is released: ${file}, ${bytes} bytes, and its line in SHA256SUMS`)
}

/** Types `belay update board` while somebody keeps asking for the page. */
async function update(stage: Stage, what: string, exitCode: number, version: string): Promise<Act> {
  const startedAt = performance.now()
  const visits = keepVisiting(stage.page, visitEveryMs)
  try {
    const code = await typed(stage, 'update', 'board')
    const ms = performance.now() - startedAt
    const { downMs } = await visits.stop()
    say('')
    seen(`belay ended with exit code ${code}`, code === exitCode)
    const { status, body } = await visit(stage.page)
    seen(
      `GET ${stage.page} answers ${status}, version ${version}`,
      status === 200 && body.includes(`Version ${version}`),
    )
    return { what, ms, downMs }
  } finally {
    await visits.stop()
  }
}

async function install(stage: Stage): Promise<Act> {
  await release('1.0.0', stage)
  return { ...(await update(stage, 'installed 1.0.0', 0, '1.0.0')), downMs: null }
}

async function updateToTheNext(stage: Stage): Promise<Act> {
  await release('1.1.0', stage)
  if ((await typed(stage, 'plan', 'board')) !== 0) throw new Error('not as promised: there is no plan')
  const act = await update(stage, 'updated to 1.1.0', 0, '1.1.0')
  seen(`a visitor found the page gone for ${seconds(act.downMs ?? 0)}`, true)
  return act
}

/** 1.2.0 asks its data for a column that is not there: its publisher forgot the migration. */
async function updateThatFails(stage: Stage): Promise<Act> {
  await release('1.2.0', stage)
  const act = await update(stage, 'tried 1.2.0, back at 1.1.0', 3, '1.1.0')
  const health = JSON.parse((await visit(`${stage.page}health`)).body)
  seen(`its data is whole: ${health.notices} notices`, health.notices === 2)
  return act
}

async function lookBack(stage: Stage): Promise<void> {
  const codes = [await typed(stage, 'history'), await typed(stage, 'check'), await typed(stage, 'status')]
  say('')
  const runs = JSON.stringify(await stage.world.ask('history'))
  seen(
    'the journal tells all three runs',
    codes.every((code) => code === 0) && /rolled-back.*committed.*committed/.test(runs),
  )
}

function tell(acts: readonly Act[]): void {
  say('\nWhat happened')
  for (const { what, ms, downMs } of acts) {
    say(
      `  ${what.padEnd(28)} ${seconds(ms).padStart(8)}${downMs === null ? '' : `, the page was gone for ${seconds(downMs)}`}`,
    )
  }
}

async function play(signal: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  await using world = await openWorld(signal)
  const releases = join(world.dir, 'published')
  await mkdir(releases)
  const url = await world.serveReleases(releases)
  const port = await freePort()
  const stage: Stage = { world, releases, page: `http://127.0.0.1:${port}/` }
  const config = configText({ releases: url, dir: world.dir, port })
  await writeFile(join(world.dir, 'belay.yaml'), config)

  say(`A notice board is kept up to date. All of it lives in ${world.dir} and on 127.0.0.1, and is removed at the end.`)
  say(`\n$ cat belay.yaml\n${config.trimEnd()}`)
  const acts = [await install(stage), await updateToTheNext(stage), await updateThatFails(stage)]
  await lookBack(stage)
  tell(acts)
  say(`Everything was as promised, in ${seconds(performance.now() - startedAt)}.`)
}

async function main(): Promise<number> {
  guardRuntime()
  const stopping = new AbortController()
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
  for (const [name, code] of Object.entries(codes)) {
    process.on(name, () => {
      say('\nStopping, and putting everything away …')
      stopping.abort(code)
    })
  }
  try {
    await play(stopping.signal)
    return 0
  } catch (error) {
    if (stopping.signal.aborted) return Number(stopping.signal.reason)
    console.error(`demo: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

process.exitCode = await main()
