/**
 * The client's workflow of the TUF specification 1.0 (section 5), as a machine that does nothing itself: it says what to
 * fetch, recall and keep, and is given the bytes. What it refuses it throws (BelayError E_METADATA_…, E_CLOCK_SUSPECT);
 * by then everything that was trusted before it is kept, and nothing else.
 *
 * Parties: the server and the way to it, trusted with nothing; the holders of the role keys, each trusted with what root
 * names them for; this host's store, trusted to be old or damaged but not to lie, for who writes there needs no update.
 */
import { hash } from 'node:crypto'
import type { Root, Snapshot, Targets, Timestamp } from '@tufjs/models'
import { contradicts, malformed, rolledBack, saysOther, tooManyRoots, withdrawn } from './failures.ts'
import type { Signers } from './keys.ts'
import { tufLimits, type TufLimits } from './limits.ts'
import { effectiveNow, noMemory, type Seen, type TrustMemory, underRoot } from './memory.ts'
import {
  type Document,
  parseRoot,
  parseSnapshot,
  parseTimestamp,
  requireBytes,
  requireFresh,
  requireSigned,
} from './metadata.ts'

export type Ask =
  /** What the store holds of a role, newest first; damaged copies may be among it. */
  | { readonly do: 'recall'; readonly role: string }
  /** Below the metadata's address; `[]` when it is absent and may be, else the fetch fails by itself. */
  | { readonly do: 'fetch'; readonly file: string; readonly bytesMax: number; readonly mayBeAbsent: boolean }
  /** Must be on disk before the next answer; `bytes` first, so that the memory never knows less than the files. */
  | { readonly do: 'keep'; readonly role: string; readonly bytes: Uint8Array; readonly memory: TrustMemory }
  | { readonly do: 'remember'; readonly memory: TrustMemory }

export type Answer = readonly Uint8Array[]
/** `next(answer)` gives what to do, or the result. */
export type Cycle<T> = Generator<Ask, T, Answer>

export interface Start {
  /** The root that the config pins: trusted without proof. */
  readonly pinned: Uint8Array
  readonly memory: TrustMemory | null
  /** The machine's clock. */
  readonly systemMs: number
  /** When this program was built: no clock is right that is before it. */
  readonly builtMs: number
  readonly limits?: TufLimits
}

export interface Loaded {
  readonly document: Document<Targets>
  /** What was asked already: the roles of delegators, by which it is signed well enough. */
  readonly signedFor: Set<Signers['role']>
}

/** Metadata that was proven whole in one cycle. */
export interface Trusted {
  readonly root: Document<Root>
  readonly timestamp: Document<Timestamp>
  readonly snapshot: Document<Snapshot>
  readonly memory: TrustMemory
  /** The one time of the cycle. */
  readonly nowMs: number
  readonly limits: TufLimits
  /** Roles of targets that were read; who may have signed one is asked again of each that delegates to it. */
  readonly loaded: Map<string, Loaded>
}

/** Root, timestamp and snapshot; targets are read as they are searched (`search.ts`). */
export function* refreshTop(start: Start): Cycle<Trusted> {
  const limits = start.limits ?? tufLimits
  const pinned = hash('sha256', start.pinned)
  const last = start.memory ?? noMemory
  const nowMs = effectiveNow(start.systemMs, start.builtMs, last)
  const repinned = last.pinned !== null && last.pinned !== pinned
  const before = { ...last, pinned, root: repinned ? 0 : last.root }
  const anchor = repinned ? yield* newAnchor(start.pinned, before) : yield* trustedRoot(start.pinned, before)
  const root = yield* walkRoots(anchor, before, limits)
  requireFresh(root, nowMs)
  const known = { ...underRoot(before, root), root: root.signed.version }
  // A thief of the snapshot key may have driven its version up in a timestamp that still stands (spec 5.3.11).
  const snapshotRotated = before.snapshot !== null && known.snapshot === null
  const [timestamp, afterTimestamp] = yield* loadTimestamp(root, known, snapshotRotated, nowMs, limits)
  const [snapshot, memory] = yield* loadSnapshot(root, timestamp, afterTimestamp, nowMs, limits)
  return { root, timestamp, snapshot, memory, nowMs, limits, loaded: new Map() }
}

const bySelf = (root: Document<Root>): Signers => signersIn(root, 'root')

export function signersIn({ file, signed }: Document<Root>, name: string): Signers {
  const role = Object.hasOwn(signed.roles, name) ? signed.roles[name] : undefined
  if (role === undefined) throw malformed(file, `names no keys for the role ${name}`)
  return { keys: signed.keys, role }
}

/** The newest of what is stored and what is pinned; the pinned one is the last resort, and only ever moves forward. */
function* trustedRoot(pinned: Uint8Array, memory: TrustMemory): Cycle<Document<Root>> {
  const copies = yield { do: 'recall', role: 'root' }
  const newest = copies
    .flatMap((bytes) => quietly(() => selfSigned(bytes, 'the stored root.json')) ?? [])
    // Written, but not yet remembered: it is walked to again.
    .filter(({ signed }) => signed.version <= memory.root)
    .toSorted((a, b) => b.signed.version - a.signed.version)[0]
  if (newest === undefined) return selfSigned(pinned, 'the pinned root.json')
  const given = quietly(() => selfSigned(pinned, 'the pinned root.json'))
  return given !== null && given.signed.version >= newest.signed.version ? given : newest
}

/**
 * Another root was pinned: the keys of the one before may have been stolen, so that nothing of its chain counts any
 * more; its copies are higher than what is remembered from now on, or not higher than the pinned one. What was signed by keys that the new one trusts too is still remembered (`underRoot`).
 */
function* newAnchor(pinned: Uint8Array, before: TrustMemory): Cycle<Document<Root>> {
  const root = selfSigned(pinned, 'the pinned root.json')
  const memory = { ...before, root: root.signed.version }
  yield { do: 'keep', role: 'root', bytes: pinned, memory }
  return root
}

function selfSigned(bytes: Uint8Array, file: string): Document<Root> {
  const root = parseRoot(bytes, file)
  requireSigned(root, 'root', bySelf(root))
  return root
}

/** Spec 5.3: each next root is signed by enough keys of the one before it and by enough of its own. */
function* walkRoots(first: Document<Root>, memory: TrustMemory, limits: TufLimits): Cycle<Document<Root>> {
  let root = first
  for (let walked = 0; ; walked++) {
    if (walked === limits.rootRotationsMax) throw tooManyRoots(root.signed.version, limits.rootRotationsMax)
    const version = root.signed.version + 1
    const file = `${version}.root.json`
    const [bytes] = yield { do: 'fetch', file, bytesMax: limits.rootBytesMax, mayBeAbsent: true }
    if (bytes === undefined) break
    const next = parseRoot(bytes, file)
    requireSigned(next, 'root', bySelf(root))
    requireSigned(next, 'root', bySelf(next))
    if (next.signed.version !== version) throw contradicts(file, `holds version ${next.signed.version}`)
    root = next
    yield { do: 'keep', role: 'root', bytes, memory: { ...memory, root: Math.max(memory.root, version) } }
  }
  const { version } = root.signed
  if (version < memory.root) throw rolledBack('the newest root.json', 'root', version, memory.root)
  return root
}

/** Spec 5.4. */
function* loadTimestamp(
  root: Document<Root>,
  memory: TrustMemory,
  snapshotRotated: boolean,
  nowMs: number,
  limits: TufLimits,
): Cycle<readonly [Document<Timestamp>, TrustMemory]> {
  const by = signersIn(root, 'timestamp')
  const file = 'timestamp.json'
  const stored = newestOf(yield { do: 'recall', role: 'timestamp' }, (bytes) => {
    const document = parseTimestamp(bytes, 'the stored timestamp.json')
    requireSigned(document, 'timestamp', by)
    return document
  })
  const [bytes] = yield { do: 'fetch', file, bytesMax: limits.timestampBytesMax, mayBeAbsent: false }
  if (bytes === undefined) throw malformed(file, 'is absent')
  const next = parseTimestamp(bytes, file)
  const signers = requireSigned(next, 'timestamp', by)
  const { version, snapshotMeta } = next.signed
  const seen = Math.max(stored?.signed.version ?? 0, memory.timestamp?.version ?? 0)
  if (version < seen) throw rolledBack(file, 'timestamp', version, seen)
  if (version === stored?.signed.version) {
    // The one that was trusted stays, whatever the other says (spec 5.4.3.1).
    requireFresh(stored, nowMs)
    return [stored, { ...memory, timestamp: seenAs(stored, requireSigned(stored, 'timestamp', by)) }]
  }
  if (version === memory.timestamp?.version && next.digest !== memory.timestamp.digest) {
    throw saysOther(file, version)
  }
  const namedSnapshot = snapshotRotated ? 0 : (stored?.signed.snapshotMeta.version ?? 0)
  const seenSnapshot = Math.max(namedSnapshot, memory.snapshot?.version ?? 0)
  if (snapshotMeta.version < seenSnapshot) {
    throw rolledBack(file, 'snapshot', snapshotMeta.version, seenSnapshot)
  }
  requireFresh(next, nowMs)
  const after = { ...memory, timestamp: seenAs(next, signers) }
  yield { do: 'keep', role: 'timestamp', bytes, memory: after }
  return [next, after]
}

/** Spec 5.5. */
function* loadSnapshot(
  root: Document<Root>,
  timestamp: Document<Timestamp>,
  memory: TrustMemory,
  nowMs: number,
  limits: TufLimits,
): Cycle<readonly [Document<Snapshot>, TrustMemory]> {
  const by = signersIn(root, 'snapshot')
  const meta = timestamp.signed.snapshotMeta
  const stored = newestOf(yield { do: 'recall', role: 'snapshot' }, (bytes) => {
    const document = parseSnapshot(bytes, 'the stored snapshot.json')
    requireSigned(document, 'snapshot', by)
    return document
  })
  if (stored?.signed.version === meta.version) {
    requireFresh(stored, nowMs)
    return [stored, remembering(memory, stored, requireSigned(stored, 'snapshot', by))]
  }
  const file = root.signed.consistentSnapshot ? `${meta.version}.snapshot.json` : 'snapshot.json'
  const bytesMax = Math.min(meta.length ?? limits.snapshotBytesMax, limits.snapshotBytesMax)
  const [bytes] = yield { do: 'fetch', file, bytesMax, mayBeAbsent: false }
  if (bytes === undefined) throw malformed(file, 'is absent')
  requireBytes(bytes, file, meta)
  const next = parseSnapshot(bytes, file)
  const signers = requireSigned(next, 'snapshot', by)
  if (next.signed.version !== meta.version) {
    throw contradicts(file, `has version ${next.signed.version}, and timestamp.json names version ${meta.version}`)
  }
  if (meta.version === memory.snapshot?.version && next.digest !== memory.snapshot.digest)
    throw saysOther(file, meta.version)
  requireNoneOlder(next, { ...memory.named, ...namedBy(stored) })
  requireFresh(next, nowMs)
  const after = remembering(memory, next, signers)
  yield { do: 'keep', role: 'snapshot', bytes, memory: after }
  return [next, after]
}

/** Spec 5.5.5: no file that was named before is missing, or older than it was. */
function requireNoneOlder(next: Document<Snapshot>, seen: Readonly<Record<string, number>>): void {
  const { meta } = next.signed
  for (const [name, version] of Object.entries(seen)) {
    const found = Object.hasOwn(meta, name) ? meta[name] : undefined
    if (found === undefined) throw withdrawn(next.file, name)
    if (found.version < version) throw rolledBack(next.file, name, found.version, version)
  }
}

const namedBy = (snapshot: Document<Snapshot> | null): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(snapshot?.signed.meta ?? {}).map(([name, { version }]) => [name, version]))

function remembering(memory: TrustMemory, snapshot: Document<Snapshot>, signers: ReadonlySet<string>): TrustMemory {
  return { ...memory, snapshot: seenAs(snapshot, signers), named: namedBy(snapshot) }
}

function seenAs(document: Document<Timestamp | Snapshot>, signers: ReadonlySet<string>): Seen {
  return { version: document.signed.version, digest: document.digest, signers: [...signers].toSorted() }
}

function newestOf<T extends Timestamp | Snapshot>(
  copies: Answer,
  read: (bytes: Uint8Array) => Document<T>,
): Document<T> | null {
  const good = copies.flatMap((bytes) => quietly(() => read(bytes)) ?? [])
  return good.toSorted((a, b) => b.signed.version - a.signed.version)[0] ?? null
}

/** What is stored may be torn, or signed by keys of the past: then it is fetched again, and the memory still counts. */
export function quietly<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
