import type { Container } from './types.ts'

/**
 * The containers that count, one of each number of a service. While compose replaces one there are two of its number: the
 * old one until it has been taken away, and the new one, which is made before the old one ends. What runs counts, else
 * what ran last; one that never started is not there yet.
 */
export function standing(containers: readonly Container[]): readonly Container[] {
  const counts = new Map<string, Container>()
  for (const container of containers) {
    const place = `${container.service} ${container.number}`
    const other = counts.get(place)
    if (other === undefined || isBefore(other, container)) counts.set(place, container)
  }
  return [...counts.values()]
}

function isBefore(one: Container, other: Container): boolean {
  if (isAlive(one) !== isAlive(other)) return isAlive(other)
  return (one.startedMs ?? 0) < (other.startedMs ?? 0)
}

function isAlive({ state }: Container): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused'
}
