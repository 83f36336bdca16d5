import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../core/model/problem.ts'
import { fileBytes, metaOf, type Envelope } from '../core/publish/documents.ts'
import { isHalfOver, snapshotOf, timestampOf } from '../core/publish/online.ts'
import { listed, otherBytes } from '../core/publish/release.ts'
import type { Authority } from '../core/publish/roles.ts'
import { isSigned, signedWith, unsigned } from '../core/publish/signatures.ts'
import type { PendingRole, PublishReport } from '../ports/publisher.ts'
import { atomicWrite } from '../host/tree/durable.ts'
import { builtFile } from './builds.ts'
import { expiryMsOf } from './config.ts'
import { highestVersion, readPending, removePending } from './folder.ts'
import { damagedKeys } from './keyring.ts'
import { filesOf, otherOfName, place, type Placed, requirePlaceable } from './place.ts'
import { alsoFor, authoritiesFor, type Desk, pendingRoles, readState, type State, versionAfter } from './state.ts'
import { requireAcceptable } from './verify.ts'
import { withTurn } from './turn.ts'

/** Pending documents, with the targets that they name, a snapshot and a timestamp over all; then the mirror. */
export function publish(desk: Desk, to: string | null): Promise<PublishReport> {
  return withTurn(desk, async () => {
    const state = await readState(desk)
    requireReady(state)
    await atomicWrite(desk.places.pinned, fileBytes(state.published.root), { mode: 0o644 })
    if (state.pending.size > 0 || !isCovered(state)) {
      const report = await release(desk, state, to, true)
      await removePending(desk.places.pending, [...(await readPending(desk.places.pending)).keys()])
      return report
    }
    return reportOf([], state, placesOf(desk, to), to === null ? 0 : await mirror(desk, state, to))
  })
}

/** A crash may have left a root whose keys have not signed the rest yet. */
function isCovered({ published }: State): boolean {
  const { keys, roles } = published.root.signed
  return (['snapshot', 'timestamp'] as const).every((role) => isSigned(published[role], { keys, role: roles[role] }))
}

/** A new timestamp, and a new snapshot when its time is half over. Nothing that is pending goes with it. */
export function refresh(desk: Desk, to: string | null): Promise<PublishReport> {
  return withTurn(desk, async () => {
    const all = await readState(desk)
    const { published, config } = all
    const state = { ...all, pending: new Map<string, Envelope>(), root: published.root, targets: published.targets }
    const half = isHalfOver(published.snapshot, expiryMsOf(config, 'snapshot'), desk.now())
    return await release(desk, state, to, half)
  })
}

async function release(desk: Desk, state: State, to: string | null, anew: boolean): Promise<PublishReport> {
  const { places, wrote } = desk
  const files = [...(await documentsOf(desk, state, anew)), ...(await targetsOf(desk, state))]
  requireAcceptable(files, places.repo, state, desk.now())
  if (to !== null) {
    // What the served folder would refuse is published nowhere.
    await requireSameReleases(state, to)
    await requirePlaceable(files, to)
  }
  let written = await place(files, places.repo, wrote)
  await atomicWrite(places.pinned, fileBytes(state.root), { mode: 0o644 })
  if (to !== null) written += await mirror(desk, state, to)
  return reportOf(files, state, placesOf(desk, to), written)
}

const placesOf = ({ places }: Desk, to: string | null): readonly string[] =>
  to === null ? [places.repo] : [places.repo, to]

async function mirror({ places, wrote }: Desk, state: State, to: string): Promise<number> {
  await requireSameReleases(state, to)
  return await place(await filesOf(places.repo), to, wrote)
}

async function requireSameReleases(state: State, to: string): Promise<void> {
  for (const [, { signed }] of state.targets) {
    for (const { path, entry, fields } of listed(signed)) {
      if (await otherOfName(to, path, entry.hashes['sha256'] ?? '')) throw otherBytes(fields.version, path)
    }
  }
}

async function documentsOf(desk: Desk, state: State, anew: boolean): Promise<readonly Placed[]> {
  const { pending, published, config, root, targets } = state
  const { repo } = desk.places
  const files: Placed[] = [...pending].map(([role, envelope]) => document(role, envelope))
  const online = [...rolesOf(state, 'snapshot'), ...rolesOf(state, 'timestamp')]
  const { keys } = await desk.keys.open(online.flatMap(({ role }) => role.keyids))
  const damaged = await desk.keys.damaged()
  const sign = (role: 'snapshot' | 'timestamp', body: Envelope['signed']): Envelope => {
    const envelope = signedWith(unsigned(body), keys, rolesOf(state, role))
    const { keys: known, roles } = root.signed
    if (!isSigned(envelope, { keys: known, role: roles[role] })) throw noOnlineKey(role, desk.keys.dir, damaged)
    return envelope
  }
  const now = desk.now()
  let snapshot: Envelope = published.snapshot
  if (anew || !isSigned(snapshot, { keys: root.signed.keys, role: root.signed.roles.snapshot })) {
    const version = Math.max(snapshot.signed.version, await highestVersion(repo, 'snapshot')) + 1
    const meta = Object.fromEntries(
      [...targets].map(([role, envelope]) => [`${role}.json`, metaOf(envelope.signed.version, fileBytes(envelope))]),
    )
    const expires = now + expiryMsOf(config, 'snapshot')
    snapshot = sign('snapshot', snapshotOf(published.snapshot.signed, version, meta, expires))
    files.push(document('snapshot', snapshot))
  }
  const { signed } = published.timestamp
  const named = metaOf(snapshot.signed.version, fileBytes(snapshot))
  const stamp = timestampOf(signed, signed.version + 1, named, now + expiryMsOf(config, 'timestamp'))
  files.push({ path: 'metadata/timestamp.json', bytes: fileBytes(sign('timestamp', stamp)) })
  return files
}

/** Whoever may sign it by the new root, and by the one before. */
const rolesOf = (state: State, role: string): readonly Authority[] => [
  ...authoritiesFor(state, role),
  ...alsoFor(state, role),
]

export const document = (role: string, envelope: Envelope): Placed => ({
  path: `metadata/${envelope.signed.version}.${encodeURIComponent(role)}.json`,
  bytes: fileBytes(envelope),
})

/** The files of releases that are new in what is pending. */
async function targetsOf({ places }: Desk, { pending, targets }: State): Promise<readonly Placed[]> {
  const files: Placed[] = []
  for (const role of pending.keys()) {
    const body = targets.get(role)?.signed
    for (const { path, entry, fields } of body === undefined ? [] : listed(body)) {
      const sha256 = entry.hashes['sha256'] ?? ''
      if (fields.url !== null) continue
      if (await otherOfName(places.repo, path, sha256)) throw otherBytes(fields.version, path)
      const parts = path.split('/')
      const at = ['targets', ...parts.slice(0, -1), `${sha256}.${parts.at(-1)}`].join('/')
      const there = await stat(join(places.repo, ...at.split('/'))).catch(() => null)
      if (there?.size === entry.length) continue
      const file = await builtFile(places, fields, parts.at(-1) ?? '', sha256)
      if (file === null) throw notBuilt(path)
      files.push({ path: at, file, sha256, length: entry.length })
    }
  }
  return files
}

function requireReady(state: State): void {
  for (const pending of pendingRoles(state)) {
    if (pending.needs > 0) throw tooFewSigned(pending)
    const expected = versionAfter(state, pending.role)
    if (pending.version !== expected) throw stale(pending, expected)
  }
}

function reportOf(files: readonly Placed[], state: State, to: readonly string[], written: number): PublishReport {
  const signed = files.flatMap((file) => {
    const name = /^metadata\/(?:\d+\.)?(.+)\.json$/.exec(file.path)?.[1]
    if (name === undefined || !('bytes' in file)) return []
    const body: { version: number; expires: string } = JSON.parse(Buffer.from(file.bytes).toString()).signed
    return [[decodeURIComponent(name), body] as const]
  })
  const { published } = state
  const before = { root: state.root, snapshot: published.snapshot, timestamp: published.timestamp }
  const expires = new Map<string, string>(
    [...Object.entries(before), ...state.targets].map(([role, one]) => [role, one.signed.expires]),
  )
  for (const [role, body] of signed) expires.set(role, body.expires)
  const [expiring = '', first = ''] = [...expires].toSorted(([, a], [, b]) => Date.parse(a) - Date.parse(b))[0] ?? []
  return {
    roles: Object.fromEntries(signed.map(([role, { version }]) => [role, version])),
    to,
    written,
    expires: first,
    expiring,
  }
}

function tooFewSigned({ role, needs, missing }: PendingRole) {
  return fail(
    'E_KEY_MISSING',
    `${role}.json needs ${needs} more ${needs === 1 ? 'signature' : 'signatures'}, by ${missing.join(' or ')}`,
    {
      hint: 'Nothing was published. Where those keys are: belay release sign; or hand it over: belay release sign --export FILE.',
      facts: { role, needs, missing },
    },
  )
}

function stale({ role, version }: PendingRole, expected: number) {
  return fail('E_CONFLICT', `${role}.json was prepared as version ${version}, and the next is ${expected}`, {
    hint: `Nothing was published. Remove pending/${encodeURIComponent(role)}.json, then sign again on what is published now.`,
    facts: { role, version, expected },
  })
}

function notBuilt(path: string) {
  return fail('E_NOT_FOUND', `the file of ${path} is not in the folder builds as it was signed`, {
    hint: 'Nothing was published. Build it again: the same content gives the same bytes.',
    facts: { path },
  })
}

function noOnlineKey(role: string, dir: string, damaged: readonly string[]) {
  return fail('E_KEY_MISSING', `no key in ${dir} may sign as ${role}${damagedKeys(damaged)}`, {
    hint: `Nothing was published. Put ${role}-….key there, or make a new one where the root keys are: belay release rotate ${role}.`,
    facts: { role },
  })
}
