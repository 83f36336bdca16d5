import { useSyncExternalStore } from 'react'

/**
 * Whether somebody can see the page. What follows the agent stops while nobody can: a browser opens six connections to an
 * address, and a few forgotten tabs would hold them all.
 */
export function useVisible(): boolean {
  return useSyncExternalStore(subscribe, () => document.visibilityState === 'visible')
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}
