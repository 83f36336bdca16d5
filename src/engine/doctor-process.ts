import type { ProcessSeen } from '../core/doctor/report.ts'
import type { ServiceRef } from '../core/plan/step.ts'
import type { EnginePorts } from './ports.ts'

/** null: it does not run, or cannot be seen from here. */
export async function seenProcess(ports: EnginePorts, ref: ServiceRef): Promise<ProcessSeen | null> {
  const service = await ports.adapters.service(ref)
  const { pid } = await service.inspect()
  const signals = pid === null ? null : (await ports.witness()).signals(pid)
  if (pid === null || signals === null) return null
  return { pid, ...signals, patience_ms: (await service.patienceMs?.()) ?? null }
}
