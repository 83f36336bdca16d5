import { type ComponentName, runIdSchema, type RunId } from '../core/model/names.ts'
import { fail, problemOf } from '../core/model/problem.ts'
import { movesBelay, type SelfPlan } from '../core/plan/plan.ts'
import { fold } from '../core/run/fold.ts'
import { phaseOf } from '../core/run/phase.ts'
import { runFacts } from '../core/run/report.ts'
import type { CheckReport, Engine, Planned, RunReport, StatusReport, UpdateOptions } from '../ports/engine.ts'
import type { HeldLocks } from '../ports/locks.ts'
import type { Listener } from '../ports/progress.ts'
import type { ComponentSettings } from '../protocol/settings.ts'
import { openComponent, type Opened } from './component.ts'
import { historyItem } from './history.ts'
import { nameResolver } from './names.ts'
import type { EnginePorts } from './ports.ts'
import { retireDue, retiringItems } from './retiring.ts'
import { statusOf } from './status.ts'

/** Loaded when they are needed: a reading command starts without the code that changes things. */
const use = {
  backups: () => import('./backups.ts'),
  beside: () => import('./beside.ts'),
  check: () => import('./check.ts'),
  doctor: () => import('./doctor.ts'),
  notifications: () => import('./notifications.ts'),
  planning: () => import('./planning.ts'),
  prospects: () => import('./prospects.ts'),
  releases: () => import('./releases.ts'),
  rollback: () => import('./rollback.ts'),
  update: () => import('./update.ts'),
  run: () => import('./run.ts'),
}

/** The one engine behind every door. */
export function createEngine(ports: EnginePorts): Engine {
  const listeners = new Set<Listener>()
  const emit: Listener = (event) => {
    for (const listener of listeners) listener(event)
  }
  const { settings, journal, locks, clock } = ports
  const resolve = nameResolver(settings)
  const settingsOf = (name: ComponentName): ComponentSettings => {
    const found = settings.components.get(name)
    if (found === undefined) throw fail('E_COMPONENT_UNKNOWN', `There is no component ${name}.`)
    return found
  }
  const newRun = (): RunId => runIdSchema.parse(`r-${clock.randomHex(4)}`)
  const open = (name: ComponentName, signal: AbortSignal, use: 'look' | 'change' = 'look'): Promise<Opened> =>
    openComponent(ports, settingsOf(name), newRun(), signal, use)
  /** With a bundle in the place of its source, where one is given. */
  const openFrom = async (name: ComponentName, { from }: UpdateOptions, signal: AbortSignal): Promise<Opened> => {
    if (from === undefined) return open(name, signal, 'change')
    const settings = settingsOf(name)
    const source = await ports.adapters.bundled(settings.source, from)
    return openComponent(ports, { ...settings, source }, newRun(), signal, 'change')
  }

  /** null: somebody is driving that run at this moment, so it is not one that a crash left behind. */
  const lockForResume = async (component: ComponentName, run: RunId, boot: boolean): Promise<HeldLocks | null> => {
    try {
      return await locks.acquire([`component:${component}`], `resume ${run}`)
    } catch (error) {
      // The service that a live run starts may pull in `belay-resume.service`, which must then not fail.
      if (boot && problemOf(error).code === 'E_LOCKED') return null
      throw error
    }
  }
  /** Locked, with nothing unfinished in the way: the only place that begins a run. */
  const locked = async <T>(
    name: ComponentName,
    why: string,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> => {
    await finishBesideBefore(name, signal)
    const held = await locks.acquire([`component:${name}`], why)
    try {
      if ((await journal.unfinished()).length > 0) {
        await (await use.beside()).refuseWhileMoving(ports, name)
        await finishBefore(name, signal)
      }
      return await work()
    } finally {
      held.release()
    }
  }
  const finishBefore = async (name: ComponentName, signal: AbortSignal): Promise<void> => {
    for (const { run, component } of await journal.unfinished()) {
      if (component !== name) continue
      await (await use.beside()).refuseBeside(ports, run)
      const { finish } = await use.run()
      const { report } = await finish(ports, run, emit, { boot: false, signal })
      if (report.outcome === 'stuck') throw stillStuck(report)
    }
  }
  /** A run of Belay itself is finished by its driver, which needs the lock. */
  const finishBesideBefore = async (name: ComponentName, signal: AbortSignal): Promise<void> => {
    for (const { run, component } of await journal.unfinished()) {
      if (component !== name || (await locks.holder(`component:${name}`)) !== null) continue
      const report = await finishBeside(run, signal)
      if (report?.outcome === 'stuck') throw stillStuck(report)
    }
  }
  const begin = async (
    name: ComponentName,
    why: string,
    signal: AbortSignal,
    plan: (opened: Opened) => Promise<Planned>,
    opening = () => open(name, signal, 'change'),
  ): Promise<RunReport> => {
    const ended = await locked<RunReport | SelfPlan>(name, why, signal, async () => {
      const opened = await opening()
      // Loaded while source and programs are asked; whoever needs it meets its failure.
      void Promise.all([use.run(), ports.handlers()]).catch(() => {})
      const planned = await plan(opened)
      if ('current' in planned) return planned.current
      if (movesBelay(planned.plan)) await (await use.beside()).refuseWhileOthersRun(ports, planned.plan)
      return (await use.run()).execute(ports, planned.plan, emit, signal)
    })
    // Carried only now: its driver needs the lock.
    return 'targets' in ended ? (await use.beside()).carriedBeside(ports, ended, emit, signal) : ended
  }
  /** Null: that run needs nobody beside. */
  const finishBeside = async (run: RunId, signal: AbortSignal): Promise<RunReport | null> => {
    const { besidePlan, carriedBeside } = await use.beside()
    const plan = await besidePlan(ports, run)
    return plan === null ? null : carriedBeside(ports, plan, emit, signal)
  }
  const tidyBeside = async (run: RunId): Promise<void> => {
    const { besidePlan, tidied } = await use.beside()
    const plan = await besidePlan(ports, run)
    if (plan !== null) await tidied(ports, plan)
  }
  const planReshape = async (opened: Opened, action: 'adopt' | 'forget'): Promise<Planned> => {
    const { accepted, makePlan } = await use.planning()
    const phases = accepted(await opened.strategy[action](opened.installed, opened.context))
    const intent = {
      action,
      to: opened.installed.version,
      release: null,
      sourceDescribe: null,
      restore: [],
      backsUp: false,
    } as const
    return { plan: await makePlan(ports, opened, phases, intent) }
  }
  const planRestore = async (opened: Opened, id: string): Promise<Planned> => ({
    plan: await (await use.backups()).planRestore(ports, opened, id),
  })

  return {
    components: () => [...settings.components.keys()],
    resolve,
    async check(names, { force, files = false, signal = never() }) {
      const { checkComponent } = await use.check()
      const reports = new Map<ComponentName, CheckReport>()
      for (const name of names)
        reports.set(name, await checkComponent(ports, name, () => open(name, signal), { force, files, signal }))
      return reports
    },
    async plan(name, options) {
      const signal = options.signal ?? never()
      return (await use.update()).planUpdate(ports, await openFrom(name, options, signal), options, signal)
    },
    async prospects(names, options) {
      const signal = options.signal ?? never()
      return (await use.prospects()).prospectsOf(ports, names, options, (name) => open(name, signal), signal)
    },
    update(name, options) {
      const signal = options.signal ?? never()
      const plan = async (opened: Opened): Promise<Planned> =>
        (await use.update()).planUpdate(ports, opened, options, signal)
      return begin(name, 'update', signal, plan, () => openFrom(name, options, signal))
    },
    async planRollback(name, options) {
      const signal = options.signal ?? never()
      return { plan: await (await use.rollback()).planRollback(ports, await open(name, signal), options, signal) }
    },
    rollback(name, options) {
      const signal = options.signal ?? never()
      return begin(name, 'rollback', signal, async (opened) => ({
        plan: await (await use.rollback()).planRollback(ports, opened, options, signal),
      }))
    },
    planAdopt: async (name, { signal = never() }) => planReshape(await open(name, signal), 'adopt'),
    adopt: (name, { signal = never() }) => begin(name, 'adopt', signal, (opened) => planReshape(opened, 'adopt')),
    planForget: async (name, { signal = never() }) => planReshape(await open(name, signal), 'forget'),
    forget: (name, { signal = never() }) => begin(name, 'forget', signal, (opened) => planReshape(opened, 'forget')),
    async resume({ boot, here = null, component: only, signal = never() }) {
      const runs: RunReport[] = []
      let deferred = false
      const unfinished = await journal.unfinished()
      for (const { run, component } of unfinished) {
        if (here !== null && here !== 'all' && here !== run) continue
        if (only !== undefined && component !== only) continue
        const beside = boot || here !== null ? null : await finishBeside(run, signal)
        if (beside !== null) {
          runs.push(beside)
          continue
        }
        const held = await lockForResume(component as ComponentName, run, boot)
        if (held === null) continue
        try {
          const { finish } = await use.run()
          const { report, driven } = await finish(ports, run, emit, { boot, signal })
          if (driven === 'deferred') deferred = true
          else runs.push(report)
          if (driven === 'closed') await tidyBeside(run)
        } finally {
          held.release()
        }
      }
      // Its driver ended between the last record and its last act, and nobody watched.
      if (here !== null && here !== 'all' && unfinished.every(({ run }) => run !== here)) await tidyBeside(here)
      return { runs, deferred }
    },
    async revive(name, { signal = never() }) {
      const held = await locks.acquire([`component:${name}`], 'start its service again')
      try {
        // What a run left behind decides whether it may run, and which version.
        if ((await journal.unfinished()).some(({ component }) => component === name)) return false
        const { service } = (await open(name, signal)).installed
        if (service?.ref.spec.type !== 'process' || service.state.state !== 'dead') return false
        await (await ports.adapters.service(service.ref)).start(signal)
        return true
      } finally {
        held.release()
      }
    },
    retiring: () => retiringItems(ports),
    retire: ({ signal = never() }) => retireDue(ports, signal),
    async doctor(names, { trial, signal = never() }) {
      const { examine } = await use.doctor()
      return examine(ports, names, (name) => open(name, signal), { trial, signal })
    },
    hasAgent: async () => (await locks.holder('agent')) !== null,
    async status(names) {
      const reports: StatusReport[] = []
      for (const name of names) {
        // One that cannot be looked at (its engine is down) must not hide the others.
        reports.push(await statusOf(ports, name, await open(name, never()).catch(problemOf)))
      }
      return reports
    },
    async history(filter) {
      const runs = await journal.runs(filter)
      return Promise.all(runs.map((run) => historyItem(ports, run)))
    },
    totals: () => journal.totals(),
    async show(run) {
      const id = runIdSchema.safeParse(run)
      const entries = id.success ? await journal.read(id.data) : []
      if (entries.length === 0) {
        throw fail('E_USAGE', `There is no run ${run}.`, { hint: 'See which there are: belay history.' })
      }
      const facts = runFacts(entries)
      const { reportOf } = await use.run()
      return {
        ...reportOf(entries),
        opened: new Date(facts.openedAt).toISOString(),
        closed: facts.closedAt === null ? null : new Date(facts.closedAt).toISOString(),
        phase: phaseOf(fold(entries)),
        plan: facts.state.plan,
        entries,
      }
    },
    async backups(names) {
      const { backupsOf } = await use.backups()
      const lists = await Promise.all(names.map((name) => backupsOf(ports, settingsOf(name))))
      return lists.flat()
    },
    createBackup: (name, signal = never()) =>
      locked(name, 'backup', signal, async () =>
        (await use.backups()).createBackup(ports, await open(name, signal), signal),
      ),
    planRestoreBackup: async (name, id, signal = never()) => planRestore(await open(name, signal), id),
    restoreBackup: (name, id, signal = never()) =>
      begin(name, 'restore a backup', signal, (opened) => planRestore(opened, id)),
    pruneBackups: (name) =>
      locked(name, 'prune backups', never(), async () =>
        (await use.backups()).pruneBackups(ports, settingsOf(name), never()),
      ),
    notifications: async () => (await use.notifications()).notificationsOf(ports),
    notification: async (id) => (await use.notifications()).notificationWith(ports, id),
    async dismissNotification(id) {
      const { notificationWith } = await use.notifications()
      await notificationWith(ports, id)
      const notifications = await ports.notifications()
      notifications.dismiss(id)
      return notificationWith(ports, id)
    },
    holder: async (name) => locks.holder(`component:${name}`),
    lastCheck: (name) => ports.lastChecks.get(name),
    buildDate: async (name) => (await import('./build-date.ts')).buildDateOf(await open(name, never())),
    describe: async (name) => (await use.releases()).describe(ports, settingsOf(name)),
    notes: async (name, signal = never()) => (await use.releases()).notesOf(ports, await open(name, signal), signal),
    versions: async (name, signal = never()) =>
      (await use.releases()).versionsOf(ports, await open(name, signal), signal),
    stamp: () => journal.version(),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => journal.close(),
  }
}

function stillStuck({ run, component, problem }: RunReport): Error {
  return fail(
    'E_UNFINISHED_RUN',
    `Run ${run} of ${component} is stuck: ${problem?.message ?? 'its end is not known'}`,
    {
      hint: problem?.hint ?? `Look at "belay show ${run}", mend the cause, then run "belay resume".`,
      facts: { run },
    },
  )
}

function never(): AbortSignal {
  return new AbortController().signal
}
