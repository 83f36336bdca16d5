import { covers } from '../../core/access/scope.ts'
import type { ComponentName } from '../../core/model/names.ts'
import { fail, problemOf } from '../../core/model/problem.ts'
import { mainTarget } from '../../core/plan/plan.ts'
import type { CheckReport, Planned } from '../../ports/engine.ts'
import type { SocketRequest } from '../../protocol/ws/request.ts'
import { recordedBegin } from '../access/begun.ts'
import { whoOf } from '../access/record.ts'
import { problemDocument } from '../problem.ts'
import type { News } from './news.ts'
import { type Peer, say } from './peer.ts'
import type { SocketPorts } from './ports.ts'
import { updateAll } from './several.ts'
import { checkedOf } from './tell-components.ts'
import { logOf, outcomeText, refusalOf, resultOf } from './tell-run.ts'

/** What all sockets share while there is one. */
export interface Shared {
  readonly news: News
  /** A check of everything that is under way: whoever asks no more than it does gets its answer. */
  checking: { readonly forced: boolean; readonly reports: Promise<ReadonlyMap<ComponentName, CheckReport>> } | null
  /** Whether everything is being updated, one after the other. */
  updatingAll: boolean
}

type Update = Extract<SocketRequest, { readonly kind: 'update' }>

/** Answers one request; never rejects. Nothing that changes something is waited for here. */
export async function answer(ports: SocketPorts, shared: Shared, peer: Peer, request: SocketRequest): Promise<void> {
  const subject = subjectOf(request)
  try {
    await dispatch(ports, shared, peer, request)
  } catch (error) {
    const { code, title: message, hint } = problemDocument(error)
    say(peer, 'error', { subject, code, message, hint }, request.kind === 'echo' ? null : request.to)
  }
}

async function dispatch(ports: SocketPorts, shared: Shared, peer: Peer, request: SocketRequest): Promise<void> {
  switch (request.kind) {
    case 'echo':
      return
    case 'bad':
      throw fail('E_REQUEST_INVALID', `The message is not understood. ${request.why}`, {
        hint: 'Send a subject that is known here, such as updater.check_updates, updater.perform_update or system_info.',
      })
    case 'alive':
      return say(peer, 'heartbeat', 'I am alive', request.to)
    case 'info':
      await ports.gate.admit(peer.head, 'read')
      return say(peer, 'system_info', await shared.news.info(), request.to)
    case 'check':
      return check(ports, shared, peer, request)
    case 'update':
      return request.dryRun ? dryRun(ports, peer, request) : update(ports, shared, peer, request)
    case 'update-all': {
      const who = whoOf(await ports.gate.admit(peer.head, 'operate'))
      if (shared.updatingAll) {
        throw fail('E_LOCKED', 'Everything is being updated already.', { hint: 'Wait until that is over.' })
      }
      shared.updatingAll = true
      const told = await updateAll(ports, shared.news, { who, from: peer.head.address }).finally(() => {
        shared.updatingAll = false
      })
      return say(peer, 'log', told, request.to)
    }
  }
}

/** A reader hears what is known: it could use up what a source answers in an hour. */
async function check(
  ports: SocketPorts,
  shared: Shared,
  peer: Peer,
  { force, to }: Extract<SocketRequest, { readonly kind: 'check' }>,
): Promise<void> {
  const caller = await ports.gate.admit(peer.head, 'read')
  const forced = force && caller.kind !== 'nobody' && covers(caller.scope, 'operate')
  if (forced) {
    const by = { action: 'check', target: null, who: whoOf(caller), from: peer.head.address }
    await ports.audit.record({ ...by, outcome: 'ok' })
  }
  const reports = await checkAll(ports, shared, forced)
  const components = Object.fromEntries([...reports].map(([name, report]) => [name, checkedOf(report)]))
  say(peer, 'update_check_result', { components }, to)
  for (const name of reports.keys()) ports.watcher.tell({ kind: 'components', name })
}

function checkAll(ports: SocketPorts, shared: Shared, forced: boolean) {
  if (shared.checking === null || (forced && !shared.checking.forced)) {
    const reports = ports.use(async ({ engine }) =>
      engine.check(engine.components(), { force: forced, signal: ports.stopping }),
    )
    const checking = { forced, reports }
    shared.checking = checking
    const over = () => {
      if (shared.checking === checking) shared.checking = null
    }
    reports.then(over, over)
  }
  return shared.checking.reports
}

async function dryRun(ports: SocketPorts, peer: Peer, { component, to }: Update): Promise<void> {
  await ports.gate.admit(peer.head, 'operate')
  await orRefusal(peer, component, true, to, async () => {
    const planned = await ports.use(async ({ engine }) => engine.plan(engine.resolve(component), {}))
    say(peer, 'update_result', plannedResult(planned, component), to)
  })
}

async function update(ports: SocketPorts, { news }: Shared, peer: Peer, { component, to }: Update): Promise<void> {
  const caller = await ports.gate.admit(peer.head, 'operate')
  await orRefusal(peer, component, false, to, async () => {
    const name = await ports.use(async ({ engine }) => engine.resolve(component))
    const by = { action: 'update', target: name, who: whoOf(caller), from: peer.head.address }
    const begun = await recordedBegin(ports.audit, by, (asker) => ports.starter.update(name, {}, asker))
    if ('current' in begun) {
      const result = resultOf(begun.current, component)
      say(peer, 'update_result', result, to)
      return say(peer, 'log', logOf(result), to)
    }
    const { run } = begun.started
    peer.names.set(run, component)
    news.follow(run)
  })
}

/** What was asked and cannot be done is told in the words of both dialects; who may not ask at all gets an `error`. */
async function orRefusal(
  peer: Peer,
  component: string,
  isDryRun: boolean,
  to: string | null,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const refused = problemOf(error)
    if (refused.code === 'E_INTERNAL') throw error
    const result = refusalOf(refused, component, isDryRun)
    say(peer, 'update_result', result, to)
    say(peer, 'log', logOf(result), to)
  }
}

function plannedResult(planned: Planned, component: string) {
  const told = { component, success: true, dry_run: true, run: null }
  if ('current' in planned) return { ...told, message: outcomeText(planned.current) }
  const { plan } = planned
  const { from, to } = mainTarget(plan)
  const stops = plan.about.stops ? 'The service is stopped for it.' : 'The service goes on.'
  const message = `Would update ${component} from ${from ?? 'nothing'} to ${to ?? 'nothing'} in ${plan.steps.length} steps. ${stops} Nothing was changed.`
  return { ...told, message }
}

/** What an `error` is about, in the words of whoever asked. */
function subjectOf(request: SocketRequest): string | null {
  switch (request.kind) {
    case 'check':
      return 'updater.check_updates'
    case 'update':
    case 'update-all':
    case 'info':
    case 'bad':
      return request.subject
    case 'alive':
      return 'controller.heartbeat'
    case 'echo':
      return null
  }
}
