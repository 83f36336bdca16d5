import { problemOf } from '../../core/model/problem.ts'
import type { Audit, AuditEvent } from '../../ports/access.ts'
import type { Asker, Begun } from '../runs/start.ts'

/** Begins something and writes down who did, what refused it, and how it ended. E_IO: that it began cannot be written. */
export async function recordedBegin(
  audit: Audit,
  by: Pick<AuditEvent, 'action' | 'target' | 'who' | 'from'>,
  start: (asker: Asker) => Promise<Begun>,
): Promise<Begun> {
  const ended: Asker['ended'] = async (outcome, run) => audit.record({ ...by, outcome, run })
  try {
    const begun = await start({ who: by.who, ended })
    const started = 'started' in begun ? begun.started : null
    await audit.record({ ...by, outcome: started === null ? 'current' : 'started', run: started?.run ?? null })
    return begun
  } catch (error) {
    await audit.record({ ...by, outcome: problemOf(error).code, run: null })
    throw error
  }
}
