import { isBranch } from '../../core/policy/follows.ts'
import { isGenerated } from '../../core/release/asset.ts'
import { type Finding, valueAt } from './finding.ts'

/** Proofs that cannot be had: every release would be refused, and nobody would know why until then. Takes raw config. */
export function trustFindings(name: string, component: unknown): readonly Finding[] {
  const at = (key: string, message: string | null): readonly Finding[] =>
    message === null ? [] : [{ path: ['components', name, 'trust', key], at: 'value', message }]
  const has = (...keys: readonly string[]) => valueAt(component, ['trust', ...keys]) !== undefined
  const source = valueAt(component, ['source', 'type'])
  const misplaced = ([...owners.keys()] as const).flatMap((key) => (has(key) ? at(key, misplacedKey(key, source)) : []))
  const written = has('require') ? 'require' : 'checksum'
  const required = valueAt(component, ['trust', written])
  if (required === undefined || required === 'tls') {
    const keys = ['keys', 'attestation'].find((key) => has(key))
    return keys === undefined || has('require') ? misplaced : [...misplaced, ...at(keys, unprovable(component, source))]
  }
  const none = source === 'git' && has('git') ? null : unprovable(component, source)
  const message = none ?? (misplaced.length > 0 ? null : missingKeys(required, source, has))
  return [...misplaced, ...at(written, message)]
}

/** Sources whose proof each key is; what is not named here fits every source of files. */
const owners: ReadonlyMap<string, { readonly source: string; readonly message: string }> = new Map([
  ['cosign', { source: 'oci', message: 'cosign signs images. Use it with source: { type: oci, … }' }],
  ['git', { source: 'git', message: 'signed tags and commits are of source: { type: git, … }' }],
])

function misplacedKey(key: string, source: unknown): string | null {
  const owner = owners.get(key)
  return owner === undefined || typeof source !== 'string' || owner.source === source ? null : owner.message
}

/** Archives that the server makes on request have no published checksum: asking for one would refuse every release. */
function unprovable(component: unknown, source: unknown): string | null {
  const asset = valueAt(component, ['source', 'asset'])
  if (isGenerated(asset))
    return `${asset} has no checksum to compare with. Write require: tls, or name a published file as asset`
  if (source === 'git')
    return 'nothing is published beside a commit to compare it with. Write require: tls, or name those who sign: git: { allowed_signers: … }'
  return isBranch(source) ? 'nothing is published beside a commit to compare it with. Write require: tls' : null
}

function missingKeys(required: unknown, source: unknown, has: (...keys: readonly string[]) => boolean): string | null {
  if (source === 'belay') return null
  if (required === 'tuf')
    return 'only a signed repository is proven so. Use source: { type: belay, … }, or ask for less'
  if (required === 'attestation')
    return has('attestation')
      ? null
      : 'say which build counts. Add attestation: { repo: owner/name, workflow: release.yml } under trust'
  if (required !== 'signature' || has('attestation')) return null
  if (has('keys', 'minisign', '0') || has('cosign') || has('git')) return null
  const add =
    source === 'oci'
      ? 'cosign: { key: /etc/belay/keys/app.pub }'
      : source === 'git'
        ? 'git: { allowed_signers: /etc/belay/keys/signers }'
        : 'keys: { minisign: [ RW… ] }'
  return `say whose signature counts. Add ${add} under trust`
}
