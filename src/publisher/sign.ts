import { join } from 'node:path'
import { fail } from '../core/model/problem.ts'
import { isoAt, type Envelope, type TargetsBody } from '../core/publish/documents.ts'
import { withFloor, withRelease } from '../core/publish/release.ts'
import { emptyTargets, keysFor, roleOf, withChannel } from '../core/publish/roles.ts'
import { signedWith, unsigned } from '../core/publish/signatures.ts'
import { compareVersions } from '../core/version/compare.ts'
import { atomicWrite } from '../host/tree/durable.ts'
import type { SignOptions, SignReport } from '../ports/publisher.ts'
import { requireKnown } from './build.ts'
import { type Build, buildFolder, readBuild } from './builds.ts'
import { expiryMsOf } from './config.ts'
import { writePending } from './folder.ts'
import type { SecretKey } from './keys.ts'
import { minisigOf, minisignIds } from './minisign.ts'
import { sha256Of } from './place.ts'
import {
  alsoFor,
  authoritiesFor,
  type Desk,
  pendingRoles,
  readState,
  roleNamed,
  type State,
  stateWith,
  unknownRole,
  versionAfter,
} from './state.ts'
import { withTurn } from './turn.ts'

/** A built release enters its channel's document, then everything that is pending is signed by the keys at hand. */
export function sign(desk: Desk, options: SignOptions): Promise<SignReport> {
  return withTurn(desk, async () => {
    let state = await readState(desk)
    const { product, channels } = state.config
    const { channel, version, floor } = options
    requireKnown(channels, channel)
    requireFitting(options)
    state = await withItsChannel(desk, state, channel)
    for (const role of options.renew) state = await renewed(desk, state, roleNamed(state.config, role))
    const role = roleOf({ product, channel })
    const before = bodyOf(state, role)
    if (version === null) {
      if (floor !== null) state = await pend(desk, state, role, withFloor(before, floor))
      return await withSignatures(desk, state, { release: null, dropped: [], files: [] })
    }
    const build = await builtVersion(desk, channel, version)
    const published = isoAt(desk.now())
    const words = { ...options, version, published, min_agent: options.minAgent }
    const files = build.files.map((file) => ({ ...file }))
    const added = withRelease(before, { product, channel }, files, words)
    if (added.changed) state = await pend(desk, state, role, added.body)
    const release = { version, seq: added.seq, floor: added.floor }
    const signatures = await minisigs(desk, state, { channel, build, seq: added.seq })
    return await withSignatures(desk, state, { release, dropped: added.dropped, files: signatures })
  })
}

/** Hosts fetch the notes of all releases of a channel at each change. */
const notesCharactersMax = 4096

function requireFitting({ notes, minAgent }: SignOptions): void {
  if (notes !== null && notes.length > notesCharactersMax) {
    throw fail('E_USAGE', `the notes have ${notes.length} characters, and ${notesCharactersMax} are allowed`, {
      hint: 'Nothing was signed. Say the most important, and link to the rest.',
    })
  }
  if (minAgent !== null && compareVersions(minAgent, minAgent, 'semver') === null) {
    throw fail('E_USAGE', `${minAgent} is no version of belay`, {
      hint: 'Nothing was signed. Write it as belay --version does, such as 1.2.0.',
    })
  }
}

const bodyOf = (state: State, role: string): TargetsBody => {
  const found = state.targets.get(role)
  if (found === undefined) throw unknownRole(role)
  return found.signed
}

/** The next version of a document, for nobody to have signed yet. */
export async function pend(desk: Desk, state: State, role: string, body: Envelope['signed']): Promise<State> {
  const expires = isoAt(desk.now() + expiryMsOf(state.config, role))
  const envelope = unsigned({ ...body, version: versionAfter(state, role), expires })
  await writePending(desk.places.pending, role, envelope)
  return stateWith(state.config, state.published, new Map([...state.pending, [role, envelope]]))
}

/** The same content for a longer time. */
async function renewed(desk: Desk, state: State, role: string): Promise<State> {
  if (role === 'snapshot' || role === 'timestamp') throw refreshed(role)
  const found = role === 'root' ? state.root : state.targets.get(role)
  if (found === undefined) throw unknownRole(role)
  return await pend(desk, state, role, found.signed)
}

/** A channel that the config names and the repository does not know gets a role with keys of its own. */
async function withItsChannel(desk: Desk, state: State, channel: string): Promise<State> {
  const { product, profile } = state.config
  const place = { product, channel }
  const role = roleOf(place)
  if (state.targets.has(role)) return state
  const { keys: count, threshold } = keysFor(profile, channel)
  const made = await desk.keys.make(channel, count, [])
  const targets = withChannel(bodyOf(state, 'targets'), place, { keys: made.map(({ json }) => json), threshold })
  const after = await pend(desk, state, 'targets', targets)
  return await pend(desk, after, role, emptyTargets(0))
}

async function builtVersion({ places }: Desk, channel: string, version: string): Promise<Build> {
  const build = await readBuild(places, channel, version)
  if (build === null || build.files.length === 0) {
    throw fail('E_NOT_FOUND', `version ${version} was not built for the channel ${channel}`, {
      hint: `Build it first: belay release build TREE --version ${version} --channel ${channel}`,
      facts: { version, channel },
    })
  }
  for (const { name, sha256 } of build.files) {
    const found = await sha256Of(join(buildFolder(places, channel, version), name)).catch(() => null)
    if (found !== sha256) throw changedSince(name)
  }
  return build
}

/** A signature that stands on its own beside each file, where the key for that lies here. */
async function minisigs(
  desk: Desk,
  { config }: State,
  { channel, build, seq }: { readonly channel: string; readonly build: Build; readonly seq: number },
): Promise<readonly string[]> {
  const key = await minisignKey(desk)
  if (key === null) return []
  const folder = buildFolder(desk.places, channel, build.version)
  const written: string[] = []
  for (const file of [...build.files.map(({ name }) => name), 'SHA256SUMS']) {
    const comment = { file, product: config.product, version: build.version, seq }
    const path = join(folder, `${file}.minisig`)
    await atomicWrite(path, await minisigOf(join(folder, file), key, comment), { mode: 0o644 })
    written.push(path)
  }
  return written
}

async function minisignKey({ keys }: Desk): Promise<SecretKey | null> {
  return (await keys.open(minisignIds(await keys.known()))).keys[0] ?? null
}

/** Adds to each pending document what the keys at hand can sign. */
export async function withSignatures(
  desk: Desk,
  state: State,
  more: Pick<SignReport, 'release' | 'dropped' | 'files'>,
): Promise<SignReport> {
  const authorities = (role: string) => [...authoritiesFor(state, role), ...alsoFor(state, role)]
  const ids = [...state.pending.keys()].flatMap((role) => authorities(role).flatMap((one) => one.role.keyids))
  const { keys, locked } = await desk.keys.open(ids)
  const signed = new Map<string, Envelope>()
  for (const [role, envelope] of state.pending) {
    const next = signedWith(envelope, keys, authorities(role))
    if (next.signatures.length > envelope.signatures.length) await writePending(desk.places.pending, role, next)
    signed.set(role, next)
  }
  return { pending: pendingRoles(stateWith(state.config, state.published, signed)), locked, ...more }
}

function refreshed(role: string) {
  return fail('E_USAGE', `${role} is not renewed by hand`, {
    hint: 'Nothing was signed. "belay release refresh" signs snapshot and timestamp again.',
    facts: { role },
  })
}

function changedSince(name: string) {
  return fail('E_CHECKSUM_MISMATCH', `${name} is not what was built, or is missing`, {
    hint: 'Nothing was signed. Build it again.',
    facts: { file: name },
  })
}
