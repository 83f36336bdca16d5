import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../api/queries.ts'
import type { Scope, Session } from '../api/types.ts'
import { useApp } from './context.ts'
import { permission } from './permission.ts'

export function useSession(): Session | undefined {
  return useQuery(sessionQuery(useApp().api)).data
}

/** Who is logged in may do what needs `scope`, from here. */
export function useMay(scope: Scope): boolean {
  return permission(useSession(), scope) === 'yes'
}
