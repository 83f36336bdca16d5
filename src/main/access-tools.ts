import type { AccessTools } from '../cli/ports.ts'
import { systemClock } from '../host/clock.ts'
import { argon2Passwords } from '../host/password.ts'
import { fileAccounts } from '../storage/access.ts'
import { fileAudit } from '../storage/audit.ts'
import { fileSetupSecret } from '../storage/setup-secret.ts'
import { prepareStateDir } from '../storage/state-dir.ts'
import { type Record, recordAs } from './audited.ts'

/** Users and tokens of one state folder, for the command line. An agent that runs sees each change at once. */
export function accessTools(stateDir: string): AccessTools {
  prepareStateDir(stateDir)
  const clock = systemClock()
  const accounts = fileAccounts(stateDir, clock)
  const audit = fileAudit(stateDir, clock)
  return {
    accounts,
    passwords: argon2Passwords(),
    setupSecret: fileSetupSecret(stateDir, clock),
    record: recordAs(audit, 'command line'),
    randomHex: (bytes) => clock.randomHex(bytes),
    close() {
      accounts.close()
      audit.close()
    },
  }
}

/** Opened with the first change only: most commands make none. */
export function recordIn(stateDir: string, from: 'command line' | 'agent' = 'command line'): () => Promise<Record> {
  return async () => recordAs(fileAudit(stateDir, systemClock()), from)
}
