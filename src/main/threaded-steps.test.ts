import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type StepRoom, stepRoom, unpackStep } from '../../test/fakes/steps.ts'
import { digestSchema, runIdSchema } from '../core/model/names.ts'
import { fail, problemOf } from '../core/model/problem.ts'
import type { DownloadStep } from '../core/plan/step.ts'
import { makeTar, type TarEntry } from '../host/archive/testing.ts'
import { systemClock } from '../host/clock.ts'
import { testServer } from '../host/http/testing.ts'
import type { StepContext } from '../ports/step.ts'
import { stepHandlers } from '../steps/handlers.ts'
import { systemAdapters } from './system-adapters.ts'
import { fileRetiring } from '../storage/retiring.ts'
import { threadedSteps } from './threaded-steps.ts'

const run = runIdSchema.parse('r-00000001')

function handlersIn(here: StepRoom, file?: string) {
  const wiring = { stateDir: here.at('state'), allowHttp: ['127.0.0.1'], env: {} }
  const clock = systemClock()
  const resume = { argv: ['belay'], environment: {} }
  const own = stepHandlers({
    adapters: systemAdapters({ ...wiring, clock }),
    clock,
    resume,
    retiring: fileRetiring(wiring.stateDir),
  })
  return threadedSteps(own, { ...wiring, resume }, file)
}

const unpacking = async (here: StepRoom, entries: readonly TarEntry[]) => unpackStep(here, await makeTar(entries))

function refuse(): never {
  throw new Error('it was done')
}

function context(signal = new AbortController().signal): StepContext & { readonly seen: number[] } {
  const seen: number[] = []
  return { run, signal, seen, progress: (doneBytes) => void seen.push(doneBytes) }
}

test('when a step that moves files runs in the thread, then it is done as it is here', async () => {
  await using here = await stepRoom()
  const step = await unpacking(here, [{ name: 'app-2/VERSION', content: '2' }])
  const { unpack } = handlersIn(here)
  const watching = context()
  expect(await unpack.observe(step, watching)).toBe('absent')
  expect(await unpack.apply(step, watching)).toMatchObject({ files: 1, top: 'app-2' })
  expect(watching.seen.length).toBeGreaterThan(0)
  expect(readFileSync(here.at('releases/2/VERSION'), 'utf8')).toBe('2')
  expect(await unpack.observe(step, watching)).toBe('present')
  await unpack.undo(step, watching)
  expect(existsSync(here.at('releases/2'))).toBe(false)
})

test('when it fails there, then the problem is the same, with its hint and its facts', async () => {
  await using here = await stepRoom()
  const step = await unpacking(here, [{ name: '../evil', content: 'x' }])
  const problem = await handlersIn(here).unpack.apply(step, context()).then(refuse, problemOf)
  expect(problem).toMatchObject({ code: 'E_ARCHIVE_HOSTILE', facts: { entry: '../evil' } })
  expect(problem.hint).toContain('ask its publisher')
})

test('when the run is cancelled meanwhile, then the step ends with the reason that was given', async () => {
  await using here = await stepRoom()
  // It never ends by itself, however slow this process is.
  await using server = await testServer((_request, response) => response.writeHead(200).write('x'.repeat(20_000)))
  const step: DownloadStep = {
    kind: 'download',
    phase: 'before',
    detail: 'a.tar',
    source: { type: 'http', url: `${server.url}/feed.json` },
    artifact: { name: 'a.tar', url: `${server.url}/a.tar`, bytes: 50_000, digest: null },
    digest: digestSchema.parse(`sha256:${'0'.repeat(64)}`),
    statedBy: 'SHA256SUMS',
    to: here.at('run/artifact'),
    bytesMax: 100_000,
  }
  const stop = new AbortController()
  // The first that is heard of the work: it is in the middle of it.
  const progress = () => stop.abort(fail('E_CANCELLED', 'somebody pressed Ctrl-C'))
  const problem = await handlersIn(here)
    .download.apply(step, { run, signal: stop.signal, progress })
    .then(refuse, problemOf)
  expect(problem).toMatchObject({ code: 'E_CANCELLED', message: 'somebody pressed Ctrl-C' })
  expect(existsSync(here.at('run/artifact'))).toBe(false)
})

test('when the thread dies, then its step has failed, and the way back is there all the same', async () => {
  await using here = await stepRoom()
  const step = await unpacking(here, [{ name: 'app-2/VERSION', content: '2' }])
  writeFileSync(here.at('thread.mjs'), "throw new Error('out of memory')\n")
  const { unpack } = handlersIn(here, here.at('thread.mjs'))
  for (const time of ['first', 'second']) {
    const problem = await unpack.apply(step, context()).then(refuse, problemOf)
    expect(problem, time).toMatchObject({ code: 'E_INTERNAL', retryable: true })
    expect(problem.message).toContain('out of memory')
  }
  here.plant({ 'releases/.building~r/half': 'x' })
  expect(await unpack.observe(step, context())).toBe('absent')
  await unpack.undo(step, context())
  expect(existsSync(here.at('releases/.building~r'))).toBe(false)
})
