import { trustEn } from './trust.ts'
import { type OutcomeFacts, isHeldNow, staysDown, wasCancelled, wasFirst } from './outcome.ts'
import type { PlanFacts } from './plan.ts'
import { policyEn, scheduleEn } from './policy-en.ts'
import { measuredEn, outageEn, promiseEn } from './promise-en.ts'
import { labels, type Label } from './rows.ts'
import { ago, bytes, duration, moment } from './units.ts'
import type { ItemFacts, Words } from './words.ts'

export const en: Words = {
  labels: Object.fromEntries(labels.map((label) => [label, label])) as Record<Label, string>,
  phases: {
    checking: 'checking',
    backing_up: 'backing up',
    downloading: 'downloading',
    applying: 'applying',
    verifying: 'verifying',
    soaking: 'watching the new version',
    succeeded: 'done',
    rolling_back: 'rolling back',
    rolled_back: 'rolled back',
    failed: 'failed',
    stuck: 'stuck',
  },
  health(health) {
    switch (health.kind) {
      case 'unseen':
        return 'cannot be seen'
      case 'no-service':
        return 'no service'
      case 'running':
        return 'running'
      case 'absent':
        return 'not installed'
      case 'stuck':
        return 'stuck: a person is needed'
      case 'unfinished':
        return 'a run was left unfinished'
      case 'down':
        return health.state
    }
  },
  hold(reason, now) {
    switch (reason.kind) {
      case 'hold':
        return `held back by policy (${reason.pattern})`
      case 'min-age':
        return reason.until === null
          ? 'no date is known, so it is never old enough'
          : `too new, offered ${ago(reason.until, now)}`
      case 'failed-before':
        return `was rolled back here (belay show ${reason.run}); not tried by itself again`
      case 'auto':
        return `not installed by itself (auto: ${reason.auto})`
      case 'window':
        return reason.opens === null
          ? 'outside the maintenance window'
          : `waits for the window, ${moment(reason.opens)}`
      case 'requires':
        return `needs ${reason.component} ${reason.range}, found ${reason.found ?? 'none'}`
    }
  },
  policy: policyEn,
  schedule: scheduleEn,
  change({ action, from, to }) {
    switch (action) {
      case 'update':
      case 'rollback':
        return from === null ? `first installation of ${to ?? '?'}` : `${from} → ${to ?? 'not installed'}`
      case 'adopt':
        return `taking over ${from ?? 'the installation'}`
      case 'forget':
        return `releasing ${from ?? 'the installation'}`
      case 'restore':
        return 'restoring a backup'
    }
  },
  trust: trustEn,
  outage: ({ promise }) => outageEn(promise),
  promise: ({ promise }) => promiseEn(promise),
  measured: measuredEn,
  wayBack({ installs, outage: numbers, dataRestored }) {
    if (installs) return 'what was installed is taken away again.'
    const data = dataRestored ? 'data restored from the backup' : 'data kept'
    const [first, last] = [numbers[0], numbers.at(-1)]
    if (first === undefined || last === undefined) return `the steps reversed, ${data}.`
    return first === last ? `step ${first} reversed, ${data}.` : `steps ${last}–${first} reversed, ${data}.`
  },
  room: ({ needBytes, freeBytes }) => `Needs ${bytes(needBytes)}, ${bytes(freeBytes)} free.`,
  question: (plan) => `${asked(plan)} ${consequences(plan)}`,
  restart: 'nothing here starts this component; restart it yourself afterwards.',
  dataChoice: ({ run, data, ageMs }) =>
    data === 'keep'
      ? `${run} migrated the data: the older version may not be able to read it. It is kept as it is.`
      : `The data goes back to the backup from before ${run}, ${duration(ageMs)} old. What was written since is kept aside.`,
  outcome(report) {
    const { component, from, to } = report
    switch (report.outcome) {
      case 'current':
        return current(report)
      case 'committed':
        return committed(report)
      case 'rolled-back': {
        const asked = wasCancelled(report) ? ', as you asked' : ''
        const proven = staysDown(report) ? ' and not running, as before' : ' and verified'
        return from === null
          ? `${component} was not installed${asked}. Nothing of yours was changed.`
          : `${component} was ${notDone(report)}${asked}. ${from} is back${proven}; nothing of yours was lost.`
      }
      case 'failed': {
        const still = from === null ? '' : ` ${from} is still in place.`
        return `${component} was ${notDone(report)}, and nothing was changed.${still}`
      }
      case 'stuck': {
        const between = from === null || to === null ? '' : ` between ${from} and ${to}`
        return `${component} is stuck${between}: a person is needed. Belay stopped there and keeps what it has.`
      }
    }
  },
  next(report) {
    if (isHeldNow(report)) return `${report.to} will not be tried automatically again.`
    if (report.outcome === 'committed' && report.restart_required) return 'Restart it yourself.'
    return report.outcome === 'stuck' ? 'When it is repaired, resume the run.' : null
  },
  item: (item) => `${verbs[item.action][item.outcome]}${versions(item)}`,
}

function asked({ action, component, to, installs }: PlanFacts): string {
  const version = to ?? 'the previous version'
  switch (action) {
    case 'update':
      return installs ? `Install ${component} ${version}?` : `Update ${component} to ${version}?`
    case 'rollback':
      return `Roll ${component} back to ${version}?`
    case 'adopt':
      return `Take ${component} over into kept versions?`
    case 'forget':
      return `Release ${component} as a plain folder?`
    case 'restore':
      return `Restore this backup of ${component}?`
  }
}

function consequences(plan: PlanFacts): string {
  if (plan.installs) return 'What it installs is taken away again if it fails.'
  const after = afterwards(plan)
  return `${promiseEn(plan.promise)} ${after.charAt(0).toUpperCase()}${after.slice(1)}.`
}

function afterwards({ action, restores }: PlanFacts): string {
  switch (action) {
    case 'update':
      return 'the way back is kept'
    case 'adopt':
      return 'to make it a plain folder again, there is belay forget'
    case 'forget':
      return 'versions kept to go back to are removed'
    case 'rollback':
    case 'restore':
      return restores ? 'data goes back to the backup, and what is there now is kept aside' : 'data stays as it is'
  }
}

function current({ component, action, from, problem }: OutcomeFacts): string {
  const at = from === null ? '' : ` at ${from}`
  if (problem !== null) return `${component} stays${at === '' ? ' as it is' : at}. Nothing was changed.`
  const has = action === 'update' ? 'is up to date' : 'needs nothing'
  return `${component} ${has}${at}. Nothing was changed.`
}

function committed(report: OutcomeFacts): string {
  const { component } = report
  const to = report.to ?? 'its new version'
  const down = report.downtime_ms > 0 ? `, down ${duration(report.downtime_ms)}` : ''
  switch (report.action) {
    case 'update':
    case 'rollback':
      return report.restart_required
        ? `${component} ${to} is in place, but nothing here can see it run yet.`
        : `${component} is at ${to} and verified${down}.`
    case 'adopt':
      return `${component} is taken over${down}. Updates now switch between kept versions.`
    case 'forget':
      return `${component} is a plain folder again and no longer in belay's care. What it runs was not changed.`
    case 'restore':
      return `The backup of ${component} is restored and verified${down}.`
  }
}

function notDone(report: OutcomeFacts): string {
  switch (report.action) {
    case 'update':
      return wasFirst(report) ? 'not installed' : 'not updated'
    case 'rollback':
      return 'not rolled back'
    case 'adopt':
      return 'not taken over'
    case 'forget':
      return 'not released'
    case 'restore':
      return 'not restored'
  }
}

const verbs: Readonly<Record<ItemFacts['action'], Readonly<Record<ItemFacts['outcome'], string>>>> = {
  update: outcomes('updated', 'update'),
  rollback: outcomes('rolled back', 'rollback'),
  adopt: outcomes('taken over', 'taking over'),
  forget: outcomes('released', 'release'),
  restore: outcomes('data restored', 'restoring of data'),
}

function outcomes(done: string, what: string): Readonly<Record<ItemFacts['outcome'], string>> {
  return {
    committed: done,
    'rolled-back': `${what} failed and was put back`,
    failed: `${what} failed before anything was changed`,
    stuck: `${what} is stuck`,
    unfinished: `${what} is not over`,
  }
}

function versions({ from, to }: ItemFacts): string {
  return from === to ? '' : `: ${from ?? 'nothing'} → ${to ?? 'nothing'}`
}
