import { join } from 'node:path'
import { fail } from '../core/model/problem.ts'
import type { KeyJson } from '../core/publish/documents.ts'
import {
  authorityOf,
  isTopRole,
  keysOfRole,
  nameOfKey,
  rekeyChannel,
  rekeyRoot,
  type Given,
} from '../core/publish/roles.ts'
import type { RotateOptions, SignReport } from '../ports/publisher.ts'
import { keyNamesEver } from './folder.ts'
import { pend, withSignatures } from './sign.ts'
import { type Desk, readState, roleNamed, type State, unknownRole } from './state.ts'
import { withTurn } from './turn.ts'

/**
 * New keys for a role, and what that makes necessary: a root that the old root's keys and its own sign, or targets with
 * another delegation. Snapshot and timestamp are signed by the new keys at the next publish.
 */
export function rotate(desk: Desk, { role: typed, replace }: RotateOptions): Promise<SignReport> {
  return withTurn(desk, async () => {
    const state = await readState(desk)
    const { channels } = state.config
    const role = roleNamed(state.config, typed)
    const targets = state.targets.get('targets')
    const authority = authorityOf(state.root.signed, targets?.signed ?? null, role)
    if (authority === null || targets === undefined) throw unknownRole(typed)
    const before = keysOfRole(authority)
    const kept = replace.length === 0 ? [] : before.filter((key) => !replace.includes(nameOfKey(key)))
    requireKnownKeys(typed, before, replace)
    // A name that a lost key had is never given again: people look for keys by their names.
    const names = [...before.map(nameOfKey), ...(await keyNamesEver(join(desk.places.repo, 'metadata')))]
    const channel = channels.find((name) => roleNamed(state.config, name) === role)
    const made = await desk.keys.make(channel ?? role, before.length - kept.length, names)
    const given: Given = { keys: [...kept, ...made.map(({ json }) => json)], threshold: authority.role.threshold }
    const after = await rekeyed(desk, state, role, given)
    return await withSignatures(desk, after, { release: null, dropped: [], files: [] })
  })
}

async function rekeyed(desk: Desk, state: State, role: string, given: Given): Promise<State> {
  if (isTopRole(role)) {
    const after = await pend(desk, state, 'root', rekeyRoot(state.root.signed, role, given))
    // Hosts that see the new root ask for targets that the new keys have signed.
    const targets = after.targets.get('targets')
    return role === 'targets' && targets !== undefined ? await pend(desk, after, role, targets.signed) : after
  }
  const targets = state.targets.get('targets')
  const mine = state.targets.get(role)
  if (targets === undefined || mine === undefined) throw unknownRole(role)
  const after = await pend(desk, state, 'targets', rekeyChannel(targets.signed, role, given))
  return await pend(desk, after, role, mine.signed)
}

function requireKnownKeys(role: string, before: readonly KeyJson[], replace: readonly string[]): void {
  const names = before.map(nameOfKey)
  const unknown = replace.find((name) => !names.includes(name))
  if (unknown === undefined) return
  throw fail('E_USAGE', `${role} has no key ${unknown}`, { hint: `Its keys are ${names.join(', ')}.` })
}
