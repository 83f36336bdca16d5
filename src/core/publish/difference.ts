import { releaseFieldsSchema } from '../trust/tuf/offers.ts'
import { type AnyBody, keyIdOf, type Keys, type RoleKeys } from './documents.ts'
import { nameOfKey } from './roles.ts'

/** What a document changes, in lines for whoever is asked to sign it. Texts are from outside. */
export function difference(before: AnyBody | null, after: AnyBody): readonly string[] {
  if (after._type === 'root') {
    const old = before?._type === 'root' ? before : null
    return Object.entries(after.roles).flatMap(([role, keys]) =>
      isRoleKeys(keys) ? signers(role, old?.roles[role], old?.keys ?? {}, keys, after.keys) : [],
    )
  }
  if (after._type !== 'targets') return ['names the files of the repository']
  const old = before?._type === 'targets' ? before : null
  const channels = (after.delegations?.roles ?? []).flatMap((role) => {
    const was = old?.delegations?.roles.find(({ name }) => name === role.name)
    const paths = `is trusted with ${(role.paths ?? []).join(', ')}`
    const moved = was !== undefined && String(was.paths) === String(role.paths) ? [] : [`${role.name} ${paths}`]
    return [...moved, ...signers(role.name, was, old?.delegations?.keys ?? {}, role, after.delegations?.keys ?? {})]
  })
  const gone = (old?.delegations?.roles ?? [])
    .filter(({ name }) => !after.delegations?.roles.some((role) => role.name === name))
    .map(({ name }) => `${name} is no longer trusted`)
  return [...channels, ...gone, ...files(old?.targets ?? {}, after.targets)]
}

type Targets = Extract<AnyBody, { _type: 'targets' }>['targets']

function files(before: Targets, after: Targets): readonly string[] {
  const added = Object.entries(after).flatMap(([path, entry]) => {
    const was = Object.hasOwn(before, path) ? before[path] : undefined
    if (JSON.stringify(was) === JSON.stringify(entry)) return []
    const fields = releaseFieldsSchema.safeParse(entry.custom).data
    const number =
      fields === undefined ? '' : `, release ${fields.version} (number ${fields.seq}, floor ${fields.floor})`
    return [
      `${was === undefined ? 'adds' : 'changes'} ${path}${number}, SHA-256 ${entry.hashes['sha256'] ?? 'unknown'}`,
    ]
  })
  const removed = Object.keys(before).filter((path) => !Object.hasOwn(after, path))
  return [...added, ...removed.map((path) => `removes ${path}`)]
}

function signers(role: string, was: unknown, oldKeys: Keys, now: RoleKeys, keys: Keys): readonly string[] {
  const named = ({ keyids, threshold }: RoleKeys, from: Keys): string =>
    `${threshold} of ${keyids.map((id) => (from[id] === undefined ? id.slice(0, 12) : named1(from, id))).join(', ')}`
  const text = named(now, keys)
  if (!isRoleKeys(was)) return [`${role} is signed by ${text}`]
  const same = was.threshold === now.threshold && was.keyids.toSorted().join() === now.keyids.toSorted().join()
  return same ? [] : [`${role} is signed by ${text}, where it was ${named(was, oldKeys)}`]
}

function named1(keys: Keys, id: string): string {
  const key = keys[id]
  return key === undefined ? id : `${nameOfKey(key)} (${keyIdOf(key).slice(0, 12)})`
}

function isRoleKeys(value: unknown): value is RoleKeys {
  return typeof value === 'object' && value !== null && 'keyids' in value && 'threshold' in value
}
