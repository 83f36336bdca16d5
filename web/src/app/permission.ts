import type { Scope, Session } from '../api/types.ts'

const rank: Readonly<Record<Scope, number>> = { read: 0, operate: 1, admin: 2 }

/** Whether who is logged in may do what needs `scope`; else why not: it is their account, or where they are. */
export function permission(session: Session | undefined, scope: Scope): 'yes' | 'account' | 'place' {
  const user = session?.user ?? null
  if (session === undefined || user === null || rank[user.scope] < rank[scope]) return 'account'
  return session.read_only && scope !== 'read' ? 'place' : 'yes'
}
