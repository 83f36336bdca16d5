import type { Facts } from '../../core/model/problem.ts'

const logLinesMax = 40

/** The lines that a service or command printed, as checks and steps keep them in their facts. */
export function logLines(facts: Facts): readonly string[] {
  const found = ['log', 'lines', 'output', 'stderr', 'stdout'].flatMap((key) => {
    const value = facts[key]
    if (typeof value === 'string') return value.split('\n')
    return Array.isArray(value) ? value.map(String) : []
  })
  return found.filter((line) => line.trim() !== '').slice(-logLinesMax)
}
