import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Plan } from '../../src/core/plan/plan.ts'
import { watcherLeaves } from '../../src/core/self/watcher.ts'
import { systemClock } from '../../src/host/clock.ts'
import { allKinds } from '../../src/main/kinds.ts'
import { wire } from '../../src/main/wire.ts'
import { parseConfigValue } from '../../src/protocol/config/parse.ts'
import { openJournal } from '../../src/storage/journal.ts'
import { fileLocks } from '../../src/storage/locks.ts'
import { prepareStateDir } from '../../src/storage/state-dir.ts'
import { componentName, corePlan, runId } from '../fakes/plan.ts'

/** Runs of Belay itself, as the engine treats them: with a real journal, real locks, and a driver that cannot be had. */
let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-self-'))
  prepareStateDir(dir)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const [belay, app] = [componentName('belay'), componentName('app')]
const run = runId('r-00000001')

function selfPlan(engine = 'unix:///nowhere/docker.sock'): Plan {
  return corePlan({
    run,
    targets: [{ component: belay, from: '1.0.0', to: '1.1.0' }],
    locks: ['component:belay'],
    beside: { kind: 'container', engine, name: `belay-self-${run}`, image: 'sha256:0', argv: ['/node'] },
  })
}

async function engineOf() {
  const component = {
    source: { type: 'http', url: 'https://example.test/latest.json' },
    strategy: { type: 'directory', path: join(dir, 'app'), layout: 'slots' },
  }
  const settings = parseConfigValue(
    { version: 1, components: { belay: component, app: component } },
    '/',
    await allKinds(),
  )
  return wire({ settings, stateDir: dir, env: {} })
}

async function open(...more: Parameters<ReturnType<typeof openJournal>['append']>[1][]): Promise<void> {
  const journal = openJournal(dir, systemClock())
  await journal.append(run, { t: 'opened', plan: selfPlan() }, ...more)
  journal.close()
}

test('when a run of Belay itself is open, then nothing else begins, whoever drives it', async () => {
  await open()
  const engine = await engineOf()
  await expect(engine.update(app, {})).rejects.toMatchObject({
    problem: { code: 'E_LOCKED', retryable: true, facts: { run } },
  })
  await expect(engine.createBackup(app)).rejects.toMatchObject({ problem: { code: 'E_LOCKED' } })
  engine.close()
})

test('when its driver cannot be started and nothing was begun, then the run is over, and failed', async () => {
  await open()
  const engine = await engineOf()
  await expect(engine.resume({ boot: false })).rejects.toMatchObject({ problem: { code: 'E_SELF_DRIVER' } })
  expect(await engine.show(run)).toMatchObject({ outcome: 'failed', problem: { code: 'E_SELF_DRIVER' } })
  engine.close()
})

test('when its driver cannot be started in the middle, then the run stays open for the next try', async () => {
  await open({ t: 'intent', step: 0 })
  const engine = await engineOf()
  await expect(engine.resume({ boot: false })).rejects.toMatchObject({ problem: { code: 'E_SELF_DRIVER' } })
  expect((await engine.status([belay]))[0]?.unfinished?.run).toBe(run)
  engine.close()
})

test('D15: when another process drives it, then who looks waits for its end and takes nothing before that for one', async () => {
  await open({ t: 'intent', step: 0 })
  const held = await fileLocks(dir, systemClock()).acquire(['component:belay'], 'drive')
  const engine = await engineOf()
  const seen: string[] = []
  engine.subscribe((event) => seen.push(event.t))
  const resumed = engine.resume({ boot: false })
  await expect.poll(() => seen).toEqual(['opened'])
  const journal = openJournal(dir, systemClock())
  await journal.append(run, { t: 'done', step: 0 })
  await expect.poll(() => seen).toEqual(['opened', 'step'])
  await journal.append(run, { t: 'closed', outcome: 'rolled-back', problem: null })
  const { runs } = await resumed
  expect(runs).toMatchObject([{ run, outcome: 'rolled-back' }])
  // Its container cannot be taken away: that can only warn.
  expect(runs[0]?.warnings.join()).toContain('could not be tidied away')
  expect(seen).toEqual(['opened', 'step', 'closed'])
  held.release()
  journal.close()
  engine.close()
})

test('when the agent that watches is stopped, then it leaves at once, and the run goes on', async () => {
  await open({ t: 'intent', step: 0 })
  const held = await fileLocks(dir, systemClock()).acquire(['component:belay'], 'drive')
  const engine = await engineOf()
  const stop = new AbortController()
  const resumed = engine.resume({ boot: false, signal: stop.signal })
  stop.abort(watcherLeaves('leave'))
  await expect(resumed).rejects.toMatchObject({
    problem: { code: 'E_LOCKED', message: expect.stringContaining('goes on') },
  })
  expect((await engine.show(run)).entries.map(({ entry }) => entry.t)).toEqual(['opened', 'intent'])
  held.release()
  engine.close()
})

test('when the driver ended right after the last record, then the one that is started in its place removes it', async () => {
  const removed: string[] = []
  // What an engine answers to a greeting, and to the removal of a container.
  const socket = createServer((request, response) => {
    if (request.method === 'DELETE') removed.push(String(request.url))
    const hello = { ApiVersion: '1.43', MinAPIVersion: '1.24', Version: '24.0.0', Os: 'linux', Arch: 'amd64' }
    response.writeHead(request.method === 'DELETE' ? 204 : 200, { 'content-type': 'application/json' })
    response.end(request.method === 'DELETE' ? undefined : JSON.stringify(hello))
  })
  await new Promise<void>((resolve) => socket.listen(join(dir, 'docker.sock'), resolve))
  const journal = openJournal(dir, systemClock())
  await journal.append(run, { t: 'opened', plan: selfPlan(`unix://${join(dir, 'docker.sock')}`) })
  await journal.append(run, { t: 'closed', outcome: 'committed', problem: null })
  journal.close()
  const engine = await engineOf()
  expect(await engine.resume({ boot: false, here: run })).toEqual({ runs: [], deferred: false })
  expect(removed).toEqual([expect.stringContaining(`/containers/belay-self-${run}`)])
  engine.close()
  socket.closeAllConnections()
  await new Promise((resolve) => socket.close(resolve))
})
