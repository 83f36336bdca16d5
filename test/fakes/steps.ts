import { writeFileSync } from 'node:fs'
import type { ServiceRef, Step, StepKind, UnpackStep } from '../../src/core/plan/step.ts'
import { systemClock } from '../../src/host/clock.ts'
import { httpClient } from '../../src/host/http/client.ts'
import { fileCache } from '../../src/host/http/cache.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { type Room, room } from '../../src/host/tree/testing.ts'
import { openAdapters } from '../../src/main/adapters.ts'
import { allLoaders } from '../../src/main/loaders.ts'
import type { Adapters } from '../../src/ports/adapters.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { StepContext, StepHandler, StepHandlers } from '../../src/ports/step.ts'
import { stepHandlers } from '../../src/steps/handlers.ts'
import { fileRetiring } from '../../src/storage/retiring.ts'
import { runId } from './plan.ts'

export interface StepRoom extends Room {
  readonly adapters: Adapters
  readonly handlers: StepHandlers
  readonly context: StepContext
  /** What `progress` was told. */
  readonly told: string[]
  /** A service of this folder that runs until it is stopped; it is stopped with the room. */
  service(cwd?: string, script?: string): ServiceRef
}

/** A room in which steps act through the real adapters. */
export async function stepRoom(clock: Clock = systemClock()): Promise<StepRoom> {
  const here = await room()
  const http = httpClient({ allowHttp: ['127.0.0.1'], version: 'test', clock })
  const adapters = openAdapters(
    allLoaders({
      stateDir: here.at('state'),
      clock,
      secrets: openSecrets({}),
      platform: { os: process.platform, arch: process.arch },
      http: async () => http,
      cache: async () => fileCache(here.at('state/cache')),
      allowHttp: ['127.0.0.1'],
      environment: {},
    }),
  )
  const told: string[] = []
  const services: ServiceRef[] = []
  const signal = new AbortController().signal
  return {
    ...here,
    adapters,
    told,
    handlers: stepHandlers({
      adapters,
      clock,
      resume: { argv: ['/usr/bin/true'], environment: {} },
      retiring: fileRetiring(here.at('state')),
    }),
    context: { run: runId('r-00000001'), signal, progress: (_done, _total, message) => void told.push(message ?? '') },
    service(cwd = here.dir, script = 'setInterval(() => {}, 1000)') {
      const spec = { type: 'process', command: [process.execPath, '-e', script] }
      const ref = { component: 'app', spec, cwd, user: null }
      services.push(ref)
      return ref
    },
    async [Symbol.asyncDispose]() {
      for (const ref of services) await (await adapters.service(ref)).stop(signal)
      await http.close()
      await here[Symbol.asyncDispose]()
    },
  }
}

/** The handler of a step's own kind, and the step, paired: as the engine calls it. */
export function verbs(at: StepRoom, step: Step) {
  const handler = at.handlers[step.kind] as StepHandler<StepKind>
  return {
    apply: () => handler.apply(step, at.context),
    observe: () => handler.observe(step, at.context),
    undo: () => handler.undo(step, at.context),
  }
}

/** To unpack what `archive` holds, as version 2, into `releases` of the room. */
export function unpackStep(here: StepRoom, archive: Uint8Array, more: Partial<UnpackStep> = {}): UnpackStep {
  writeFileSync(here.at('artifact'), archive)
  here.plant({ 'releases/': '' })
  return {
    kind: 'unpack',
    phase: 'before',
    detail: 'app',
    archive: here.at('artifact'),
    archiveName: 'app-2.tar',
    to: here.at('releases/2'),
    building: here.at('releases/.building~r'),
    failed: here.at('releases/.failed~r'),
    user: null,
    ...more,
  }
}
