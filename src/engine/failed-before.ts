import type { ComponentName } from '../core/model/names.ts'
import { blamesRelease } from '../core/policy/blame.ts'
import { fold } from '../core/run/fold.ts'
import type { EnginePorts } from './ports.ts'

const lookedAtMax = 100

/**
 * Versions that were put back here for a reason that speaks against them, by a run or by a person, with that run: what
 * somebody went back from must not return by itself the next night.
 */
export async function failedBefore(
  { journal }: Pick<EnginePorts, 'journal'>,
  component: ComponentName,
): Promise<readonly { readonly version: string; readonly run: string }[]> {
  const failed = new Map<string, string>()
  const runs = await journal.runs({ component, limit: lookedAtMax })
  for (const { action, outcome, from, to, run } of runs.toReversed()) {
    if (action === 'rollback' && outcome === 'committed' && from !== null) failed.set(from, run)
    if (action !== 'update' || to === null) continue
    if (outcome === 'committed') failed.delete(to)
    if (outcome === 'rolled-back' && blamesRelease(fold(await journal.read(run)).problem)) failed.set(to, run)
  }
  return [...failed].map(([version, by]) => ({ version, run: by }))
}
