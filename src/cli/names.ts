import type { ComponentName } from '../core/model/names.ts'
import { type BelayError, fail } from '../core/model/problem.ts'
import type { Engine } from '../ports/engine.ts'

export function usage(message: string, hint: string): BelayError {
  return fail('E_USAGE', message, { hint })
}

/** Names and aliases, each once, in the order of the config; none means all. */
export function chosen(
  engine: Pick<Engine, 'components' | 'resolve'>,
  names: readonly string[],
): readonly ComponentName[] {
  if (names.length === 0) return engine.components()
  const wanted = new Set(names.map((name) => engine.resolve(name)))
  return engine.components().filter((name) => wanted.has(name))
}
