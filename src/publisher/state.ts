import { join } from 'node:path'
import { fail } from '../core/model/problem.ts'
import {
  type Envelope,
  type EnvelopeOf,
  fileBytes,
  type RootBody,
  type TargetsBody,
} from '../core/publish/documents.ts'
import { type Authority, authorityOf, roleOf } from '../core/publish/roles.ts'
import { standing } from '../core/publish/signatures.ts'
import type { PendingRole } from '../ports/publisher.ts'
import { readReleaseConfig, type ReleaseConfig } from './config.ts'
import { as, type Pending, type Published, readPending, readPublished } from './folder.ts'
import type { Keyring } from './keyring.ts'

export interface Places {
  readonly dir: string
  readonly repo: string
  readonly pending: string
  readonly builds: string
  readonly pinned: string
}

export const placesIn = (dir: string): Places => ({
  dir,
  repo: join(dir, 'repo'),
  pending: join(dir, 'pending'),
  builds: join(dir, 'builds'),
  pinned: join(dir, 'root.json'),
})

/** What every command of the publisher is given. */
export interface Desk {
  readonly places: Places
  readonly keys: Keyring
  readonly now: () => number
  /** After every file that is durable: a test stops here, as a power cut would. */
  readonly wrote: (path: string) => void
}

/** The folder as it stands. */
export interface State {
  readonly config: ReleaseConfig
  readonly published: Published
  readonly pending: Pending
  /** What holds once the pending is published. */
  readonly root: EnvelopeOf<RootBody>
  readonly targets: ReadonlyMap<string, EnvelopeOf<TargetsBody>>
}

export async function readState({ places }: Desk): Promise<State> {
  const config = await readReleaseConfig(places.dir)
  const published = await readPublished(places.repo)
  if (published === null) throw nothingThere(places.repo)
  const pending = await readPending(places.pending)
  return stateWith(config, published, new Map([...pending].filter(([role, one]) => !isPublished(published, role, one))))
}

/** A crash may leave what was published among what is pending. */
function isPublished({ root, targets }: Published, role: string, envelope: Envelope): boolean {
  const there = role === 'root' ? root : targets.get(role)
  return there !== undefined && fileBytes(there).equals(fileBytes(envelope))
}

export function stateWith(config: ReleaseConfig, published: Published, pending: Pending): State {
  const targets = new Map(published.targets)
  for (const [role, envelope] of pending) if (role !== 'root') targets.set(role, as(envelope, 'targets', role))
  const next = pending.get('root')
  return { config, published, pending, targets, root: next === undefined ? published.root : as(next, 'root', 'root') }
}

/** Who must have signed a document before it can be published. */
export function authoritiesFor({ root, published, targets }: State, role: string): readonly Authority[] {
  const now = authorityOf(root.signed, targets.get('targets')?.signed ?? null, role)
  if (now === null) throw unknownRole(role)
  if (role !== 'root' || root.signed.version === published.root.signed.version) return [now]
  return [{ keys: published.root.signed.keys, role: published.root.signed.roles.root }, now]
}

/**
 * Who should sign it as well, so that hosts which have not seen the new root yet take it meanwhile: the keys that the
 * published root names.
 */
export function alsoFor(state: State, role: string): readonly Authority[] {
  const before = authorityOf(state.published.root.signed, state.published.targets.get('targets')?.signed ?? null, role)
  return before === null ? [] : [before]
}

export function pendingRoles(state: State): readonly PendingRole[] {
  return [...state.pending].map(([role, envelope]) => ({
    role,
    version: envelope.signed.version,
    ...standing(envelope, authoritiesFor(state, role)),
  }))
}

export function versionAfter({ published }: State, role: string): number {
  const before = role === 'root' ? published.root : published.targets.get(role)
  return (before?.signed.version ?? 0) + 1
}

/** A role by its name, or by that of the channel it signs. */
export const roleNamed = ({ product, channels }: ReleaseConfig, typed: string): string =>
  channels.includes(typed) ? roleOf({ product, channel: typed }) : typed

export const envelopeOf = (state: State, role: string): Envelope | null =>
  role === 'root' ? state.root : (state.targets.get(role) ?? null)

export function unknownRole(role: string) {
  return fail('E_USAGE', `there is no role ${role} in this repository`, {
    hint: 'The roles are root, targets, snapshot, timestamp, and one for each of the channels in belay-release.yaml.',
    facts: { role },
  })
}

function nothingThere(repo: string) {
  return fail('E_NOT_FOUND', `there is no repository in ${repo}`, {
    hint: 'belay release init makes one. In CI: check out the folder that holds it first.',
    facts: { path: repo },
  })
}
