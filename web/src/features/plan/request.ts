import { type Api, path } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import type { Planned, RunReport, Started } from '../../api/types.ts'

/** What somebody is about to do. */
export interface Wish {
  readonly component: string
  readonly action: 'update' | 'rollback' | 'restore'
  /** null: the newest, or the last good one. */
  readonly to: string | null
  readonly now: boolean
  readonly data: 'restore' | 'keep' | null
  /** Of which backup, for `restore`. */
  readonly backup: string | null
}

function body({ to, now, data, backup }: Wish): object {
  return {
    ...(to === null ? {} : { to }),
    ...(now ? { now } : {}),
    ...(data === null ? {} : { data }),
    ...(backup === null ? {} : { backup }),
  }
}

export async function askPlan(api: Api, wish: Wish): Promise<Planned> {
  return api.post<Planned>(path('components', wish.component, 'plan'), { action: wish.action, ...body(wish) })
}

/** Starts it; a report: there was nothing to do. */
export async function start(api: Api, wish: Wish): Promise<Started | RunReport> {
  const { component, action, to, now, data, backup } = wish
  const version = to === null ? {} : { to }
  switch (action) {
    case 'update':
      return api.post(path('components', component, 'update'), { ...version, ...(now ? { now } : {}) })
    case 'rollback':
      return api.post(path('components', component, 'rollback'), { ...version, ...(data === null ? {} : { data }) })
    case 'restore':
      return api.post(path('components', component, 'backups', backup ?? '', 'restore'))
  }
}

/** Whether somebody's word passes over what stops it. */
export function isWaiting(error: unknown): boolean {
  return error instanceof ApiProblem && error.document.code === 'E_HELD'
}
