import type { Trial } from '../core/doctor/report.ts'
import { BelayError, fail, type Problem, problemOf } from '../core/model/problem.ts'
import { checkStep } from '../core/plan/compose.ts'
import type { RetireStep, Step, StepKind } from '../core/plan/step.ts'
import { otherSlot } from '../core/traffic/slots.ts'
import type { OpenService, ServiceState } from '../ports/service.ts'
import type { SlotPhases } from '../ports/strategy.ts'
import type { StepContext, StepHandler, StepHandlers } from '../ports/step.ts'
import type { Begun, Witness } from '../ports/witness.ts'
import type { Opened } from './component.ts'
import { seenProcess } from './doctor-process.ts'
import { readyChecks } from './plan-checks.ts'
import type { EnginePorts } from './ports.ts'

/** So long both run before one is told to end, and a slow request is under way by then. */
const besideMs = 1000
const lookEveryMs = 50

/**
 * Starts the installed version in the idle slot, tells it to end and watches it do so. The slot that serves is only asked. Its
 * record is on disk before anything is started, so that whoever comes after a crash ends it as an old version is ended.
 */
export async function tryOut(
  ports: EnginePorts,
  opened: Opened,
  slots: SlotPhases,
  { slow }: { readonly slow: string | null },
  signal: AbortSignal,
): Promise<Trial> {
  const { traffic, to, from } = slots
  const serving = await ports.adapters.service(traffic.services[from ?? otherSlot(to)])
  const trying = await ports.adapters.service(traffic.services[to])
  const witness = await ports.witness()
  const before = await serving.inspect()
  const room = await occupy(ports, opened, slots, trying)
  const watch = witness.watch(urlOf(slots, otherSlot(to)))
  let seen: Seen | null = null
  try {
    seen = await started(ports, opened, slots, room, { witness, trying, slow }, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await watch.stop()
    await room.clear()
  }
  if (seen === null || signal.aborted) throw stopped()
  const { asked, failed } = await watch.stop()
  const served = { asked, failed, steady: same(before, await serving.inspect()) }
  return { slot: to, version: opened.installed.version, served, ...seen }
}

function stopped(): BelayError {
  return fail('E_CANCELLED', 'The trial was stopped; its slot is as it was.', {
    hint: 'Begin it again: belay doctor NAME.',
  })
}

type Seen = Omit<Trial, 'slot' | 'version' | 'served'>

/** A slot as it was found, with what puts something there and what takes it away again. */
interface Room {
  put(context: StepContext): Promise<void>
  clear(): Promise<void>
  readonly handlers: StepHandlers
}

async function occupy(ports: EnginePorts, opened: Opened, slots: SlotPhases, trying: OpenService): Promise<Room> {
  const handlers = await ports.handlers()
  const never = contextOf(opened, new AbortController().signal)
  const there: Step[] = []
  ports.retiring.put({
    run: opened.context.run,
    step: endOf(slots),
    retireAt: ports.clock.now(),
    warmUntil: ports.clock.now(),
  })
  return {
    handlers,
    async put(context) {
      for (const step of slots.fill) {
        there.unshift(step)
        await handlerOf(handlers, step).apply(step, context)
      }
    },
    async clear() {
      await trying.stop(never.signal)
      for (const step of there) await handlerOf(handlers, step).undo(step, never)
      ports.retiring.remove(opened.name)
    },
  }
}

function handlerOf(handlers: StepHandlers, step: Step): StepHandler<StepKind> {
  return handlers[step.kind]
}

function contextOf({ context: { run } }: Opened, signal: AbortSignal): StepContext {
  return { run, signal, progress: () => {} }
}

function endOf({ traffic, to, names }: SlotPhases): RetireStep {
  return {
    kind: 'retire',
    phase: 'after',
    detail: `${to}: ${names[to]}`,
    traffic,
    slot: to,
    successor: otherSlot(to),
    boots: false,
    requestsMs: 0,
    streamsMs: 0,
    warmMs: 0,
    vacates: false,
    front: null,
  }
}

interface Under {
  readonly witness: Witness
  readonly trying: OpenService
  readonly slow: string | null
}

async function started(
  ports: EnginePorts,
  opened: Opened,
  slots: SlotPhases,
  room: Room,
  under: Under,
  signal: AbortSignal,
): Promise<Seen> {
  const { clock } = ports
  const begun = clock.now()
  const problem = await getReady(ports, opened, slots, room, under, signal).then(() => null, problemOf)
  if (problem !== null) return notReady(problem)
  const ready_ms = clock.now() - begun
  const ref = slots.traffic.services[slots.to]
  const process = await seenProcess(ports, ref)
  const connections = await open(slots, under).catch(problemOf)
  if ('code' in connections) return { ...notReady(connections), ready_ms, process }
  await clock.sleep(besideMs, signal)
  const ended = await toldToEnd(ports, slots, under.trying, connections, signal)
  return { ready_ms, problem: null, process, ...ended }
}

function notReady(problem: Problem): Seen {
  const nothing = { process: null, port: null, gone_ms: null, waited_ms: 0, exit_code: null }
  return { ready_ms: null, problem, ...nothing }
}

/** By the same checks as an update: a trial that knows better than the plan would prove nothing. */
async function getReady(
  ports: EnginePorts,
  { name, installed, context: { run } }: Opened,
  slots: SlotPhases,
  room: Room,
  { trying }: Under,
  signal: AbortSignal,
): Promise<void> {
  const context: StepContext = { run, signal, progress: () => {} }
  await room.put(context)
  await trying.start(signal)
  const subject = {
    service: slots.traffic.services[slots.to],
    probe: installed.probe,
    expectedVersion: null,
    paths: [],
    needBytes: 0,
    wayBack: { component: name, places: [], trees: [] },
  }
  for (const spec of readyChecks(slots)) {
    const { describe } = await ports.adapters.check(spec)
    await room.handlers.check.apply(checkStep(spec, 'after', describe, subject), context)
  }
}

function pathOf({ settings }: SlotPhases): string {
  return settings.ready.path ?? '/'
}

function urlOf(slots: SlotPhases, slot: SlotPhases['to']): string {
  const { host, port } = slots.traffic.slots?.[slot] ?? { host: '127.0.0.1', port: 0 }
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${pathOf(slots)}`
}

function open(slots: SlotPhases, { witness, slow }: Under): Promise<Begun> {
  const address = slots.traffic.slots?.[slots.to] ?? { host: '127.0.0.1', port: 0 }
  return witness.begin(address, { path: pathOf(slots), slow })
}

/** As long as an update would wait for requests; then it is killed by whoever clears the slot. */
async function toldToEnd(
  { clock }: EnginePorts,
  { settings }: SlotPhases,
  trying: OpenService,
  connections: Begun,
  signal: AbortSignal,
): Promise<Pick<Seen, 'port' | 'gone_ms' | 'waited_ms' | 'exit_code'>> {
  const told = clock.now()
  connections.told()
  // What cannot be told without waiting is stopped; a kind that knows nothing else kills it when its patience is over.
  const ending = trying.terminate === undefined ? trying.stop(signal) : trying.terminate(signal)
  const failed = ending.then(() => null, problemOf)
  let state = await trying.inspect()
  while (state.running && clock.now() - told < settings.drain.requestsMs && !signal.aborted) {
    await clock.sleep(lookEveryMs, signal).catch(() => {})
    state = await trying.inspect()
  }
  const waited_ms = clock.now() - told
  const port = await connections.end()
  const problem = state.running ? null : await failed
  if (problem !== null) throw new BelayError(problem)
  return { port, gone_ms: state.running ? null : waited_ms, waited_ms, exit_code: state.exitCode ?? null }
}

function same(before: ServiceState, after: ServiceState): boolean {
  return after.running && before.pid === after.pid && before.restarts === after.restarts
}
