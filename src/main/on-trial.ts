import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** While a version is on trial, whichever: what this process changes has to be good for the one before, too. */
export function isOnTrial(stateDir: string): boolean {
  return existsSync(join(stateDir, 'self', 'trial'))
}

/**
 * Says in the record of a trial, where there is one, that this program has started well. Not before it has read what this
 * host remembers of signed repositories: one that cannot would never again install anything, its own successor neither.
 */
export async function answer(stateDir: string): Promise<void> {
  if (!isOnTrial(stateDir)) return
  const [{ answerTrial, selfDir }, { ownIdentity }, { version }] = await Promise.all([
    import('../host/self/record.ts'),
    import('./self-parts.ts'),
    import('./version.ts'),
  ])
  await (await import('../host/trust/readable.ts')).requireReadable(join(stateDir, 'trust'))
  answerTrial(selfDir(stateDir), { identity: await ownIdentity(), version, pid: process.pid })
}
