// needs: bed, containers
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestSchema } from '../../src/core/model/names.ts'
import { problemOf } from '../../src/core/model/problem.ts'
import { openEngine } from '../../src/host/containers/open.ts'
import { type ContainerBed, startContainers } from '../e2e/bed/containers.ts'
import { type EngineSubject, engineContract, present, startStuck } from './container-engine.contract.ts'

const never = new AbortController().signal
let bed: ContainerBed
let subject: EngineSubject
beforeAll(async () => {
  bed = await startContainers()
  const closed = await bed.anotherRegistry({ auth: true })
  const engine = await openEngine({ host: bed.engine.host })
  const { registry } = bed
  const image = await present({ engine, registry }, 'any', { version: '1.0.0', healthcheck: false })
  const stuck = await startStuck(bed.engine, registry, 5900)
  subject = { engine, registry, closed, stuck, image, lacks: [], cli: (argv) => bed.engine.docker(argv) }
})
afterAll(() => bed?.close())

for (const { name, check } of engineContract) test(`docker: ${name}`, () => check(subject))

test('docker: when the engine is restarted in the middle of a pull then it may be tried again, and then works', async () => {
  const pushed = await bed.push('contract/restarted', { version: '1.0.0', payloadBytes: 20_000_000 })
  const digest = digestSchema.parse(pushed.digest)
  const stuck = await startStuck(bed.engine, bed.registry, 5901)
  const repository = `${stuck.host}/contract/restarted`
  const restarts: Promise<void>[] = []
  const onProgress = (): void => {
    if (restarts.length === 0) restarts.push(bed.engine.restart('KILL'))
  }
  const pull = () => subject.engine.pull({ repository, digest, auth: null, onProgress }, never)
  const problem = problemOf(await pull().catch((error: unknown) => error))
  expect(problem).toMatchObject({ code: 'E_ENGINE_UNREACHABLE', retryable: true })
  await Promise.all(restarts)
  stuck.letGo()
  await pull()
  expect(await subject.engine.image(`${repository}@${digest}`, never)).not.toBeNull()
})
