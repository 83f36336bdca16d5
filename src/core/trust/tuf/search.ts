import type { TargetFile, Targets } from '@tufjs/models'
import { type Cycle, quietly, refreshTop, signersIn, type Start, type Trusted } from './cycle.ts'
import { delegationsFor, signersFor } from './delegation.ts'
import { contradicts, malformed } from './failures.ts'
import type { Signers } from './keys.ts'
import { type Document, knownHashes, parseTargets, requireBytes, requireFresh, requireSigned } from './metadata.ts'

/** A file that the repository vouches for. */
export interface Target {
  readonly path: string
  readonly bytes: number
  /** The known ones, best known first; never none. */
  readonly hashes: readonly { readonly algorithm: 'sha256' | 'sha512'; readonly hex: string }[]
  /** The signed custom fields, unread. */
  readonly custom: unknown
  /** The role that vouches for it. */
  readonly role: string
}

/** All four roles of the root: what the spec calls an update, short of the target itself. */
export function* refresh(start: Start): Cycle<Trusted> {
  const trusted = yield* refreshTop(start)
  yield* loadTargets(trusted, top(trusted))
  return trusted
}

const top = ({ root }: Trusted): Stop => ({ role: 'targets', by: signersIn(root, 'targets') })

export type Visit = (document: Document<Targets>, role: string) => void

interface Stop {
  readonly role: string
  readonly by: Signers
}

/**
 * Spec 5.6.7: depth first, most trusted first, each role once. null: nobody whom the repository trusts with this path
 * vouches for it.
 */
export function* findTarget(trusted: Trusted, path: string, visit: Visit = () => {}): Cycle<Target | null> {
  const visited = new Set<string>()
  const stack = [top(trusted)]
  for (let stop = stack.pop(); stop !== undefined; stop = stack.pop()) {
    const { role } = stop
    if (visited.has(role)) continue
    if (visited.size === trusted.limits.rolesVisitedMax) {
      throw malformed(
        `${role}.json`,
        `is the role number ${visited.size + 1} to be asked for ${path}: that is too many`,
      )
    }
    visited.add(role)
    const document = yield* loadTargets(trusted, stop)
    visit(document, role)
    const { targets } = document.signed
    const found = Object.hasOwn(targets, path) ? targets[path] : undefined
    if (found !== undefined) return targetOf(found, document, role)
    const next = nextStops(document, path)
    // A terminating role is asked last: what others say of this path no longer counts.
    if (next.ends) stack.length = 0
    stack.push(...next.stops.toReversed())
  }
  return null
}

function nextStops(document: Document<Targets>, path: string): { stops: readonly Stop[]; ends: boolean } {
  const stops: Stop[] = []
  for (const { role, terminating } of delegationsFor(document, path)) {
    const by = signersFor(document, role)
    if (by !== null) stops.push({ role, by })
    if (terminating) return { stops, ends: true }
  }
  return { stops, ends: false }
}

function targetOf(found: TargetFile, { file }: Document<Targets>, role: string): Target {
  const hashes = knownHashes(found.hashes, `${found.path} in ${file}`)
  return { path: found.path, bytes: found.length, hashes, custom: found.custom, role }
}

/** Spec 5.6.1–5.6.6. The keys are those of the role that delegates, whoever else delegates to it too. */
function* loadTargets(trusted: Trusted, { role, by }: Stop): Cycle<Document<Targets>> {
  const { snapshot, root, loaded, limits, nowMs } = trusted
  const name = `${role}.json`
  const meta = Object.hasOwn(snapshot.signed.meta, name) ? snapshot.signed.meta[name] : undefined
  if (meta === undefined) throw contradicts(snapshot.file, `does not name ${name}`)
  const known = loaded.get(role)
  if (known !== undefined) {
    if (!known.signedFor.has(by.role)) requireSigned(known.document, role, by)
    known.signedFor.add(by.role)
    return known.document
  }
  const checked = (bytes: Uint8Array, file: string): Document<Targets> => {
    requireBytes(bytes, file, meta)
    const document = parseTargets(bytes, file)
    requireSigned(document, role, by)
    const { version } = document.signed
    if (version !== meta.version) {
      throw contradicts(file, `has version ${version}, and ${snapshot.file} names version ${meta.version}`)
    }
    requireFresh(document, nowMs)
    return document
  }
  const copies = yield { do: 'recall', role }
  const stored = copies.map((bytes) => quietly(() => checked(bytes, `the stored ${name}`))).find((one) => one !== null)
  if (stored !== undefined) {
    loaded.set(role, { document: stored, signedFor: new Set([by.role]) })
    return stored
  }
  const encoded = `${encodeURIComponent(role)}.json`
  const file = root.signed.consistentSnapshot ? `${meta.version}.${encoded}` : encoded
  const bytesMax = Math.min(meta.length ?? limits.targetsBytesMax, limits.targetsBytesMax)
  const [bytes] = yield { do: 'fetch', file, bytesMax, mayBeAbsent: false }
  if (bytes === undefined) throw malformed(file, 'is absent')
  const document = checked(bytes, file)
  yield { do: 'keep', role, bytes, memory: trusted.memory }
  loaded.set(role, { document, signedFor: new Set([by.role]) })
  return document
}
