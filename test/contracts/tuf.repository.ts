import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { canonicalize } from '@tufjs/canonical-json'

/** One key pair, as metadata names it. */
export interface TestKey {
  readonly id: string
  readonly json: { readonly keytype: string; readonly scheme: string; readonly keyval: { readonly public: string } }
  readonly privateKey: KeyObject
}

export type KeyKind = 'ed25519' | 'ecdsa' | 'rsa'

export function newKey(kind: KeyKind = 'ed25519'): TestKey {
  if (kind === 'ed25519') {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const hex = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex')
    return named(privateKey, 'ed25519', 'ed25519', hex)
  }
  const { publicKey, privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return kind === 'rsa'
    ? named(privateKey, 'rsa', 'rsassa-pss-sha256', pem)
    : named(privateKey, 'ecdsa', 'ecdsa-sha2-nistp256', pem)
}

function named(privateKey: KeyObject, keytype: string, scheme: string, text: string): TestKey {
  const json = { keytype, scheme, keyval: { public: text } }
  return { id: createHash('sha256').update(canonicalize(json)).digest('hex'), json, privateKey }
}

function signatureOf({ json, privateKey }: TestKey, message: Buffer): string {
  if (privateKey.asymmetricKeyType === 'ed25519') return sign(null, message, privateKey).toString('hex')
  // RSA_PKCS1_PSS_PADDING, with the salt as long as the digest.
  const how = json.keytype === 'rsa' ? { key: privateKey, padding: 6, saltLength: 32 } : privateKey
  return sign('sha256', message, how).toString('hex')
}

export interface Body {
  _type: string
  spec_version: string
  version: number
  expires: string
  [field: string]: unknown
}

export function signedBy(signed: object, keys: readonly TestKey[]): Buffer {
  const message = Buffer.from(canonicalize(signed))
  const signatures = keys.map((key) => ({ keyid: key.id, sig: signatureOf(key, message) }))
  return Buffer.from(JSON.stringify({ signatures, signed }))
}

/** A role's keys as they are named, and those that really sign. */
export interface TestRole {
  keys: TestKey[]
  signers: TestKey[]
  threshold: number
}

export const roleOf = (keys: TestKey[], threshold = 1): TestRole => ({ keys, signers: keys, threshold })

export interface TestDelegation {
  readonly name: string
  readonly by: string
  readonly role: TestRole
  readonly paths?: readonly string[]
  readonly prefixes?: readonly string[]
  readonly terminating?: boolean
}

export type TopRole = 'root' | 'timestamp' | 'snapshot' | 'targets'

interface TargetEntry {
  length: number
  hashes: Record<string, string>
  custom?: unknown
}

const day = 24 * 3_600_000
export const isoAt = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

/**
 * A repository in memory, correct until a test makes it wrong: bodies are plain, every publish signs them anew and puts
 * the files where a static host would have them.
 */
export class TestRepository {
  readonly files = new Map<string, Buffer>()
  readonly artifacts = new Map<string, Buffer>()
  readonly roles: Record<TopRole, TestRole>
  readonly bodies: { root: Body; timestamp: Body; snapshot: Body }
  readonly targets = new Map<string, Body & { targets: Record<string, TargetEntry>; delegations?: unknown }>()
  readonly delegations: TestDelegation[] = []
  /** Whether snapshot and timestamp state lengths and hashes. */
  hashed = true

  constructor(nowMs: number, keys: () => TestKey = newKey) {
    this.roles = {
      root: roleOf([keys()]),
      timestamp: roleOf([keys()]),
      snapshot: roleOf([keys()]),
      targets: roleOf([keys()]),
    }
    const body = (type: string, days: number): Body => ({
      _type: type,
      spec_version: '1.0.31',
      version: 1,
      expires: isoAt(nowMs + days * day),
    })
    this.bodies = {
      root: { ...body('root', 365), consistent_snapshot: true },
      timestamp: body('timestamp', 3),
      snapshot: body('snapshot', 7),
    }
    this.addTargets('targets', isoAt(nowMs + 90 * day))
    this.publishRoot()
    this.publish({ bump: false })
  }

  addTargets(name: string, expires: string): void {
    this.targets.set(name, { _type: 'targets', spec_version: '1.0.31', version: 1, expires, targets: {} })
  }

  delegate(delegation: TestDelegation): void {
    this.delegations.push(delegation)
    if (!this.targets.has(delegation.name)) this.addTargets(delegation.name, this.targetsOf('targets').expires)
  }

  targetsOf(name: string) {
    const body = this.targets.get(name)
    if (body === undefined) throw new Error(`no role ${name}`)
    return body
  }

  addArtifact(role: string, path: string, content: Buffer | string, custom?: unknown): void {
    const bytes = Buffer.from(content)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    this.targetsOf(role).targets[path] = {
      length: bytes.length,
      hashes: { sha256 },
      ...(custom === undefined ? {} : { custom }),
    }
    const parts = path.split('/')
    this.artifacts.set([...parts.slice(0, -1), `${sha256}.${parts.at(-1)}`].join('/'), bytes)
  }

  /** The root as it is now, signed; not yet served. */
  rootBody(): Body {
    const all = Object.values(this.roles).flatMap(({ keys }) => keys)
    return {
      ...this.bodies.root,
      keys: { ...Object.fromEntries(all.map(({ id, json }) => [id, json])), ...(this.bodies.root['keys'] as object) },
      roles: Object.fromEntries(
        Object.entries(this.roles).map(([name, { keys, threshold }]) => [
          name,
          { keyids: keys.map(({ id }) => id), threshold },
        ]),
      ),
    }
  }

  publishRoot(signers: readonly TestKey[] = this.roles.root.signers): Buffer {
    const bytes = signedBy(this.rootBody(), signers)
    this.files.set(`${this.bodies.root.version}.root.json`, bytes)
    return bytes
  }

  /** The next root; `also` signs besides its own keys, as those of the one before must. */
  nextRoot(also: readonly TestKey[] = []): Buffer {
    this.bodies.root.version++
    return this.publishRoot([...new Set([...this.roles.root.signers, ...also])])
  }

  publishTargets(name: string): void {
    const body = this.targetsOf(name)
    const given = this.delegations.filter(({ by }) => by === name)
    if (given.length > 0) {
      body.delegations = {
        keys: Object.fromEntries(given.flatMap(({ role }) => role.keys.map(({ id, json }) => [id, json]))),
        roles: given.map((one) => ({
          name: one.name,
          keyids: one.role.keys.map(({ id }) => id),
          threshold: one.role.threshold,
          terminating: one.terminating ?? false,
          ...(one.prefixes === undefined ? { paths: one.paths ?? ['*'] } : { path_hash_prefixes: one.prefixes }),
        })),
      }
    }
    const signers =
      name === 'targets'
        ? this.roles.targets.signers
        : this.delegations.filter((one) => one.name === name).flatMap(({ role }) => role.signers)
    const bytes = signedBy(body, [...new Set(signers)])
    this.put(name, body.version, bytes)
    this.meta('snapshot')[`${name}.json`] = this.describe(body.version, bytes)
  }

  publishSnapshot(): void {
    const { snapshot } = this.bodies
    const bytes = signedBy(snapshot, this.roles.snapshot.signers)
    this.put('snapshot', snapshot.version, bytes)
    this.meta('timestamp')['snapshot.json'] = this.describe(snapshot.version, bytes)
  }

  publishTimestamp(): void {
    this.files.set('timestamp.json', signedBy(this.bodies.timestamp, this.roles.timestamp.signers))
  }

  /** Targets, snapshot and timestamp, each one version higher. */
  publish({ bump = true }: { readonly bump?: boolean } = {}): void {
    for (const [name, body] of this.targets) {
      if (bump) body.version++
      this.publishTargets(name)
    }
    if (bump) this.bodies.snapshot.version++
    this.publishSnapshot()
    if (bump) this.bodies.timestamp.version++
    this.publishTimestamp()
  }

  meta(role: 'snapshot' | 'timestamp'): Record<string, { version: number; [more: string]: unknown }> {
    const body = this.bodies[role]
    body['meta'] ??= {}
    return body['meta'] as Record<string, { version: number }>
  }

  describe(version: number, bytes: Buffer): { version: number; [more: string]: unknown } {
    if (!this.hashed) return { version }
    return { version, length: bytes.length, hashes: { sha256: createHash('sha256').update(bytes).digest('hex') } }
  }

  put(name: string, version: number, bytes: Buffer): void {
    const encoded = `${encodeURIComponent(name)}.json`
    this.files.set(this.bodies.root['consistent_snapshot'] === true ? `${version}.${encoded}` : encoded, bytes)
  }
}
