import { problemOf } from '../../core/model/problem.ts'
import type { Audit, AuditEvent } from '../../ports/access.ts'
import type { Begun } from '../runs/start.ts'

/** Begins something and writes down who did, and what refused it. E_IO: that cannot be written. */
export async function recordedBegin(
  audit: Audit,
  by: Pick<AuditEvent, 'action' | 'target' | 'who' | 'from'>,
  start: () => Promise<Begun>,
): Promise<Begun> {
  try {
    const begun = await start()
    const started = 'started' in begun ? begun.started : null
    await audit.record({ ...by, outcome: started === null ? 'current' : 'started', run: started?.run ?? null })
    return begun
  } catch (error) {
    await audit.record({ ...by, outcome: problemOf(error).code, run: null })
    throw error
  }
}
