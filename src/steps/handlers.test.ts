import { describe, expect, test } from 'vitest'
import { dataScenarios } from '../../test/fakes/scenarios/data.ts'
import { fileScenarios } from '../../test/fakes/scenarios/files.ts'
import { releaseBytes, type Scenario, type Scenarios } from '../../test/fakes/scenarios/scenario.ts'
import { selfScenarios } from '../../test/fakes/scenarios/self.ts'
import { serviceScenarios } from '../../test/fakes/scenarios/services.ts'
import { treeScenarios } from '../../test/fakes/scenarios/trees.ts'
import { stepRoom, verbs } from '../../test/fakes/steps.ts'
import type { FetchChange, Step, StepKind } from '../core/plan/step.ts'
import { testServer } from '../host/http/testing.ts'
import { look } from '../host/tree/testing.ts'

/** Their subject is an engine of containers: `test/contracts/image-steps.test.ts` tries them on a real one. */
type ImageKind = 'pull' | 'tag' | 'prune-images'

/** Theirs is a repository: `test/contracts/git-steps.test.ts`. */
type GitKind = 'git-fetch' | 'git-worktree' | 'git-checkout'

/** Theirs is a proxy: `test/simulation/slots.test.ts` and `test/e2e/traffic` try them. */
type TrafficStepKind = 'slot-start' | 'warm-up' | 'switch' | 'verify' | 'retire' | 'hold' | 'release'

const scenarios: Scenarios<Exclude<StepKind, ImageKind | GitKind | TrafficStepKind>> = {
  ...serviceScenarios,
  ...dataScenarios,
  ...treeScenarios,
  ...fileScenarios,
  ...selfScenarios,
}

/** The room with its scenario set up, and the step, whose download points at a server that gives the bytes. */
async function staged(kind: keyof typeof scenarios) {
  const scenario = scenarios[kind] as Scenario<StepKind>
  const here = await stepRoom()
  here.plant({ 'srv/': '' })
  await scenario.prepare?.(here)
  const server = await testServer((_request, response) => response.end(releaseBytes))
  const step = { ...scenario.step(here), kind, phase: 'before', detail: 'x' } as Step
  const served =
    step.kind === 'download'
      ? { ...step, source: { type: 'http', url: server.url }, artifact: { ...step.artifact, url: `${server.url}/a` } }
      : step.kind === 'fetch-files'
        ? {
            ...step,
            source: { type: 'http', url: server.url },
            changes: step.changes.map((one) => fetchedFrom(one, server.url)),
          }
        : step
  return {
    ...verbs(here, served),
    seen: () => scenario.seen?.(here) ?? Promise.resolve(look(here.at('srv'))),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await here[Symbol.asyncDispose]()
    },
  }
}

function fetchedFrom(change: FetchChange, url: string): FetchChange {
  return { ...change, to: change.to === null ? null : { ...change.to, file: { ...change.to.file, url: `${url}/a` } } }
}

describe.each(Object.entries(scenarios) as [keyof typeof scenarios, Scenario<StepKind>][])(
  '%s',
  (kind, { observed, undoes }) => {
    test('when it is applied again after a crash, then it ends as if applied once, and observe says so', async () => {
      await using it = await staged(kind)
      expect(await it.observe()).toBe(observed[0])
      await it.apply()
      const once = await it.seen()
      expect(await it.observe()).toBe(observed[1])
      await it.apply()
      expect(await it.seen()).toEqual(once)
    })

    test('when it is undone without ever having been applied, then nothing changes', async () => {
      await using it = await staged(kind)
      const before = await it.seen()
      await it.undo()
      expect(await it.seen()).toEqual(before)
    })

    test('when it is undone, once and twice, then what it did is gone', async () => {
      await using it = await staged(kind)
      const before = await it.seen()
      await it.apply()
      const applied = await it.seen()
      await it.undo()
      expect(await it.seen()).toEqual(undoes === 'all' ? before : applied)
      await it.undo()
      expect(await it.seen()).toEqual(undoes === 'all' ? before : applied)
    })
  },
)
