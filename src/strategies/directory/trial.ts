import type { Problem } from '../../core/model/problem.ts'
import type { Installed, SlotPhases, StrategyContext } from '../../ports/strategy.ts'
import type { DirectoryConfig } from './schema.ts'
import { inTwoSlots } from './slots.ts'
import { planBack } from './update.ts'

/** What runs now, in the other slot as well. Its own tree serves both, so nothing is carried from one to the other. */
export async function planTrial(
  config: DirectoryConfig,
  now: Installed,
  context: StrategyContext,
): Promise<SlotPhases | Problem | null> {
  if (!inTwoSlots(config) || now.tree === null) return null
  const phases = await planBack(config, now, { version: now.version, path: now.tree, since: '' }, context)
  if ('code' in phases || phases.slots === null) return 'code' in phases ? phases : null
  return { ...phases.slots, fill: phases.slots.fill.filter(({ kind }) => kind !== 'carry') }
}
