import type { AuditEvent, Caller } from '../../ports/access.ts'
import type { Exchange } from '../route.ts'

/** What the audit log calls a caller: a token never looks like a user. */
export function whoOf(caller: Caller): string {
  switch (caller.kind) {
    case 'nobody':
      return 'nobody'
    case 'session':
      return caller.name
    case 'token':
      return `token ${caller.name} (${caller.id})`
  }
}

/** Writes down what a caller does. E_IO: it cannot be, and so it is not done, or not answered. */
export async function record(
  { ports, caller, head }: Pick<Exchange, 'ports' | 'caller' | 'head'>,
  event: Pick<AuditEvent, 'action' | 'target' | 'outcome' | 'run'>,
): Promise<void> {
  await ports.audit.record({ ...event, who: whoOf(caller), from: head.address })
}
