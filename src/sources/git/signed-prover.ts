import type { Prover } from '../../core/trust/prover.ts'
import type { GitCaches } from '../../host/git/cache.ts'
import { proveCommit } from '../../host/git/signed.ts'
import { remoteOf } from './remote.ts'
import { gitConfigSchema } from './schema.ts'

/** Proves a commit by who signed the tag that names it, or where a branch is followed, the commit itself. */
export function gitProof(caches: GitCaches): Prover['prove'] {
  return async ({ trust, source, release, artifact, signal }) => {
    const config = gitConfigSchema.parse(source)
    const found = await proveCommit({
      place: caches.of(remoteOf(config)),
      commit: artifact.name,
      tag: typeof config.ref === 'object' ? release.tag : null,
      trust: trust.git ?? { allowedSigners: null, keyring: null },
      signal,
    })
    return 'code' in found ? found : { kind: 'commit', proof: { rung: 'signature', kind: 'git', by: found.by } }
  }
}
