import { fail, problemOf } from '../../core/model/problem.ts'
import type { Beside } from '../../core/plan/plan.ts'
import { openEngine } from '../containers/open.ts'
import type { ContainerEngine } from '../containers/types.ts'
import { ownContainerId } from './own-container.ts'

type Container = Extract<Beside, { kind: 'container' }>

const timeoutMs = 60_000

async function at<T>({ engine: host }: Container, work: (engine: ContainerEngine, signal: AbortSignal) => Promise<T>) {
  const signal = AbortSignal.timeout(timeoutMs)
  return work(await openEngine({ host, signal }), signal)
}

/**
 * Starts the driver as a container of its own, of the image that runs now, with what this container has. Its engine starts it
 * again until it has ended the run. One that is at work goes on. E_SELF_DRIVER.
 */
export async function startContainer(driver: Container): Promise<void> {
  const own = await ownContainerId()
  try {
    if (own === null) throw new Error('belay does not run in a container any more')
    const { name, image, argv } = driver
    const labels = { 'belay.driver': name }
    await at(driver, (engine, signal) => engine.startBeside({ own, name, image, argv, labels }, signal))
  } catch (error) {
    const { message, hint } = problemOf(error)
    throw fail('E_SELF_DRIVER', `The container ${driver.name} could not be started: ${message}`, {
      hint: hint ?? 'Run belay resume inside the container that belay runs in.',
      retryable: true,
      cause: error,
    })
  }
}

/** The driver undoes what it did, as after Ctrl-C. */
export async function interruptContainer(driver: Container): Promise<void> {
  await at(driver, (engine, signal) => engine.interrupt(driver.name, signal))
}

/** The driver does that itself, as its last act. */
export async function removeContainer(driver: Container): Promise<void> {
  await at(driver, (engine, signal) => engine.remove(driver.name, signal))
}
