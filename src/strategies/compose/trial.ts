import type { Problem } from '../../core/model/problem.ts'
import { type Installed, noPhases, type SlotPhases, type StrategyContext } from '../../ports/strategy.ts'
import { sidesOf } from './inspect.ts'
import type { ComposeConfig } from './schema.ts'
import { inSlots, inTwoSlots, servingSlot } from './slots.ts'

/** The other service as its file says: its image is not moved for a trial. */
export async function planTrial(
  config: ComposeConfig,
  now: Installed,
  context: StrategyContext,
): Promise<SlotPhases | Problem | null> {
  if (!inTwoSlots(config) || now.tree === null) return null
  const sides = await sidesOf(config, context)
  const active = await servingSlot(config, sides, context)
  const phases = await inSlots(config, sides, active, async () => ({ steps: [], stands: false }), noPhases, context)
  return 'code' in phases ? phases : phases.slots
}
