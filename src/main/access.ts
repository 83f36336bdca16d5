import { hostname } from 'node:os'
import { createGate } from '../api/access/gate.ts'
import { createLogins } from '../api/access/login.ts'
import type { AccessPorts } from '../api/ports.ts'
import { argon2Passwords } from '../host/password.ts'
import type { Audit, AuditHead, Gate } from '../ports/access.ts'
import type { SetupSecret } from '../ports/accounts.ts'
import type { SteadyClock } from '../ports/clock.ts'
import type { AccessSettings } from '../protocol/settings.ts'
import { fileAccounts } from '../storage/access.ts'
import { fileAudit } from '../storage/audit.ts'
import { fileSetupSecret } from '../storage/setup-secret.ts'

/** Who may come in, for the agent of one state folder. */
export interface OpenAccess {
  readonly gate: Gate
  readonly audit: Audit
  readonly access: AccessPorts
  /** What lets in the first user; null: there is one. */
  setupSecret(): string | null
  /** How far the audit log goes; `broken`: from where it is not as it was written. */
  auditHead(): Promise<AuditHead>
  close(): void
}

export function openAccess(stateDir: string, clock: SteadyClock, settings: () => Promise<AccessSettings>): OpenAccess {
  const accounts = fileAccounts(stateDir, clock)
  const audit = fileAudit(stateDir, clock)
  const passwords = argon2Passwords()
  const setupSecret: SetupSecret = fileSetupSecret(stateDir, clock)
  const logins = createLogins({ accounts, passwords, setupSecret, audit, clock, settings })
  return {
    gate: createGate({ accounts, settings }),
    audit,
    access: { accounts, passwords, logins, auditLog: audit, hostName: hostname() },
    setupSecret() {
      if (accounts.users().length === 0) return setupSecret.current()
      setupSecret.forget()
      return null
    },
    auditHead: () => audit.head(),
    close() {
      accounts.close()
      audit.close()
    },
  }
}
