import {
  isoAt,
  keyIdOf,
  type KeyJson,
  type Keys,
  type RoleKeys,
  type RootBody,
  type SnapshotBody,
  specVersion,
  type TargetsBody,
  type TimestampBody,
} from './documents.ts'
import type { Profile } from './profile.ts'

export const topRoles = ['root', 'targets', 'snapshot', 'timestamp'] as const
export type TopRole = (typeof topRoles)[number]

export const isTopRole = (name: string): name is TopRole => topRoles.some((role) => role === name)

export interface KeyCount {
  readonly keys: number
  readonly threshold: number
}

const one: KeyCount = { keys: 1, threshold: 1 }
const twoOfThree: KeyCount = { keys: 3, threshold: 2 }

/**
 * How many keys a role gets. Alone: root has two keys of which one is enough, so that the loss of one medium is no end.
 * A team: two people of three for what is signed rarely, and a channel that either of two can sign.
 */
export function keysFor(profile: Profile, role: string): KeyCount {
  if (role === 'snapshot' || role === 'timestamp') return one
  if (profile === 'team') {
    if (role === 'root' || role === 'targets') return twoOfThree
    return role.startsWith('nightly') ? one : { keys: 2, threshold: 1 }
  }
  return role === 'root' ? { keys: 2, threshold: 1 } : one
}

export interface Given {
  readonly keys: readonly KeyJson[]
  readonly threshold: number
}

const roleKeysOf = ({ keys, threshold }: Given): RoleKeys => ({ keyids: keys.map(keyIdOf), threshold })
const keysById = (given: readonly Given[]): Record<string, KeyJson> =>
  Object.fromEntries(given.flatMap(({ keys }) => keys.map((key) => [keyIdOf(key), key])))

export function firstRoot(roles: Readonly<Record<TopRole, Given>>, expiresMs: number): RootBody {
  return {
    _type: 'root',
    spec_version: specVersion,
    version: 1,
    expires: isoAt(expiresMs),
    consistent_snapshot: true,
    keys: keysById(Object.values(roles)),
    roles: {
      root: roleKeysOf(roles.root),
      targets: roleKeysOf(roles.targets),
      snapshot: roleKeysOf(roles.snapshot),
      timestamp: roleKeysOf(roles.timestamp),
    },
  }
}

export interface Place {
  readonly product: string
  readonly channel: string
}

/** The role that signs a channel of a product. */
export const roleOf = ({ product, channel }: Place): string => `${product}-${channel}`

export function emptyTargets(expiresMs: number): TargetsBody {
  return { _type: 'targets', spec_version: specVersion, version: 1, expires: isoAt(expiresMs), targets: {} }
}

/** The targets with one more channel, whose role is trusted with that folder and is the last to be asked about it. */
export function withChannel(body: TargetsBody, place: Place, given: Given): TargetsBody {
  const role = {
    name: roleOf(place),
    ...roleKeysOf(given),
    terminating: true,
    paths: [`${place.product}/${place.channel}/*`],
  }
  const before = body.delegations ?? { keys: {}, roles: [] }
  return {
    ...body,
    delegations: { ...before, keys: { ...before.keys, ...keysById([given]) }, roles: [...before.roles, role] },
  }
}

export function firstOnline(expiresMs: number): { snapshot: SnapshotBody; timestamp: TimestampBody } {
  const common = { spec_version: specVersion, version: 0, expires: isoAt(expiresMs), meta: {} }
  return { snapshot: { _type: 'snapshot', ...common }, timestamp: { _type: 'timestamp', ...common } }
}

/** Who may sign as a role, and how many must. */
export interface Authority {
  readonly keys: Keys
  readonly role: RoleKeys
}

export function authorityOf(root: RootBody, targets: TargetsBody | null, role: string): Authority | null {
  if (isTopRole(role)) return { keys: root.keys, role: root.roles[role] }
  const found = targets?.delegations?.roles.find(({ name }) => name === role)
  return found === undefined ? null : { keys: targets?.delegations?.keys ?? {}, role: found }
}

/** The root with other keys for one of its roles; a key that no role names any more is left out. */
export function rekeyRoot(root: RootBody, role: TopRole, given: Given): RootBody {
  const roles = { ...root.roles, [role]: { ...root.roles[role], ...roleKeysOf(given) } }
  const named = new Set(topRoles.flatMap((name) => roles[name].keyids))
  const keys = { ...root.keys, ...keysById([given]) }
  return { ...root, roles, keys: Object.fromEntries(Object.entries(keys).filter(([id]) => named.has(id))) }
}

export function rekeyChannel(targets: TargetsBody, role: string, given: Given): TargetsBody {
  const before = targets.delegations ?? { keys: {}, roles: [] }
  const roles = before.roles.map((one) => (one.name === role ? { ...one, ...roleKeysOf(given) } : one))
  const named = new Set(roles.flatMap(({ keyids }) => keyids))
  const keys = { ...before.keys, ...keysById([given]) }
  return {
    ...targets,
    delegations: { ...before, roles, keys: Object.fromEntries(Object.entries(keys).filter(([id]) => named.has(id))) },
  }
}

/** The keys that a role has, with their names. */
export function keysOfRole({ keys, role }: Authority): readonly KeyJson[] {
  return role.keyids.flatMap((id) => (Object.hasOwn(keys, id) ? (keys[id] ?? []) : []))
}

export const nameOfKey = (key: KeyJson): string => key['x-belay-name'] ?? `${keyIdOf(key).slice(0, 12)}…`
