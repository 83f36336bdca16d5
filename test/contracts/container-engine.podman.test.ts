// needs: bed, containers, podman
import { afterAll, beforeAll, test } from 'vitest'
import { openEngine } from '../../src/host/containers/open.ts'
import { type ContainerBed, startContainers } from '../e2e/bed/containers.ts'
import { type EngineSubject, engineContract, present, startStuck } from './container-engine.contract.ts'
import { type Podman, startPodman } from './container-engine.podman.ts'

let bed: ContainerBed
let podman: Podman
let subject: EngineSubject
beforeAll(async () => {
  bed = await startContainers()
  const closed = await bed.anotherRegistry({ auth: true })
  const stuck = await startStuck(bed.engine, bed.registry, 5900)
  podman = await startPodman(bed.engine, [bed.registry.host, closed.host, stuck.host])
  const engine = await openEngine({ host: podman.host, engine: 'podman' })
  const { registry } = bed
  const image = await present({ engine, registry }, 'any', { version: '1.0.0', healthcheck: false })
  // Podman leaves its healthchecks to the timers of systemd, which is not here.
  const runHealthcheck = (id: string) => podman.cli(['healthcheck', 'run', id])
  subject = {
    engine,
    registry,
    closed,
    stuck,
    image,
    lacks: ['bytes', 'tagTimes'],
    runHealthcheck,
    cli: (argv) => podman.cli(argv),
  }
})
afterAll(async () => {
  await podman?.[Symbol.asyncDispose]()
  await bed?.close()
})

for (const { name, check } of engineContract) test(`podman: ${name}`, () => check(subject))
