import { join } from 'node:path'
import type { AnyBody } from '../core/publish/documents.ts'
import { type Finding, lint } from '../core/publish/lint.ts'
import { type Authority, authorityOf, keysOfRole, nameOfKey, topRoles } from '../core/publish/roles.ts'
import { isSigned } from '../core/publish/signatures.ts'
import { listed } from '../core/publish/release.ts'
import { readBuild } from './builds.ts'
import { expiryMsOf } from './config.ts'
import { as, type Published, readRoots } from './folder.ts'
import { type Desk, pendingRoles, readState, type State } from './state.ts'

export async function lintFolder(desk: Desk): Promise<readonly Finding[]> {
  const state = await readState(desk)
  const { published, config } = state
  const roles = rolesIn(published)
  const root = roles.get('root')
  const here = new Set((await desk.keys.known()).map(nameOfKey))
  return lint({
    nowMs: desk.now(),
    profile: config.profile,
    documents: documentsIn(published),
    expiryMs: (role) => expiryMsOf(config, role),
    roles,
    pending: pendingRoles(state),
    brokenRoots: await brokenRoots(join(desk.places.repo, 'metadata')),
    rootKeysHere: (root === undefined ? [] : keysOfRole(root)).map(nameOfKey).filter((name) => here.has(name)),
    packed: await packedFiles(desk, state),
  })
}

function rolesIn({ root, targets }: Published): ReadonlyMap<string, Authority> {
  const top = targets.get('targets')?.signed ?? null
  const names = [...topRoles, ...(top?.delegations?.roles ?? []).map(({ name }) => name)]
  return new Map(
    names.flatMap((name) => {
      const authority = authorityOf(root.signed, top, name)
      return authority === null ? [] : [[name, authority] as const]
    }),
  )
}

function documentsIn({ root, timestamp, snapshot, targets }: Published): ReadonlyMap<string, AnyBody> {
  const all = [['root', root], ['snapshot', snapshot], ['timestamp', timestamp], ...targets] as const
  return new Map(all.map(([role, { signed }]) => [role, signed] as const))
}

async function brokenRoots(metadata: string): Promise<readonly number[]> {
  const roots = await readRoots(metadata)
  return roots.flatMap((envelope, index) => {
    const before = roots[index - 1]
    if (before === undefined) return []
    const { keys, roles } = as(before, 'root', metadata).signed
    const follows = envelope.signed.version === before.signed.version + 1
    return follows && isSigned(envelope, { keys, role: roles.root }) ? [] : [envelope.signed.version]
  })
}

/** Of the newest release of each channel, where it was built here. */
async function packedFiles({ places }: Desk, { targets }: State) {
  const found: { name: string; files: readonly string[] }[] = []
  for (const { signed } of targets.values()) {
    const newest = listed(signed).toSorted((a, b) => b.fields.seq - a.fields.seq)[0]?.fields
    const build = newest === undefined ? null : await readBuild(places, newest.channel, newest.version)
    found.push(...(build?.files ?? []).map(({ name, packed }) => ({ name, files: packed })))
  }
  return found
}
