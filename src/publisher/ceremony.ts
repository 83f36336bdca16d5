import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { fail } from '../core/model/problem.ts'
import { difference } from '../core/publish/difference.ts'
import {
  type Envelope,
  envelopeSchema,
  type KeyJson,
  keyIdOf,
  keyJsonSchema,
  roleKeysSchema,
} from '../core/publish/documents.ts'
import { type Authority, nameOfKey } from '../core/publish/roles.ts'
import { isSigned, merged, signedWith, standing } from '../core/publish/signatures.ts'
import { parseStrictJson } from '../core/trust/tuf/strict-json.ts'
import { atomicWrite } from '../host/tree/durable.ts'
import type { PendingRole, SignReport } from '../ports/publisher.ts'
import { writePending } from './folder.ts'
import { damagedKeys } from './keyring.ts'
import {
  alsoFor,
  authoritiesFor,
  type Desk,
  envelopeOf,
  pendingRoles,
  readState,
  type State,
  stateWith,
} from './state.ts'
import { withTurn } from './turn.ts'

/**
 * What lacks signatures, as one file that is carried to a machine without a network, signed there, and carried back. The
 * file is trusted with nothing: who signs is shown what the documents say, and what comes back must be the very documents
 * that went out, with signatures that hold.
 */
const authoritySchema = z.strictObject({ keys: z.record(z.string(), keyJsonSchema), role: roleKeysSchema })
const ceremonySchema = z.strictObject({
  belay_signing: z.literal(1),
  product: z.string().max(64),
  documents: z
    .array(
      z.strictObject({
        role: z.string().max(200),
        before: envelopeSchema.nullable(),
        envelope: envelopeSchema,
        /** Whose signatures are needed. */
        needed: z.array(authoritySchema).max(2),
        /** Whose are welcome besides. */
        welcome: z.array(authoritySchema).max(2),
      }),
    )
    .min(1)
    .max(50),
})
type Ceremony = z.infer<typeof ceremonySchema>

const fileBytesMax = 20_000_000

export function exportSigning(desk: Desk, file: string): Promise<SignReport> {
  return withTurn(desk, async () => {
    const state = await readState(desk)
    const documents = [...state.pending].map(([role, envelope]) => ({
      role,
      before: publishedOf(state, role),
      envelope,
      needed: [...authoritiesFor(state, role)],
      welcome: [...alsoFor(state, role)],
    }))
    if (documents.length === 0) throw nothing()
    await writeCeremony(file, { belay_signing: 1, product: state.config.product, documents })
    return { ...empty, pending: pendingRoles(state), files: [file] }
  })
}

/** Needs no publisher's folder but its keys. */
export async function signFile(
  { keys }: Pick<Desk, 'keys'>,
  file: string,
  confirm: (shown: readonly string[]) => Promise<boolean>,
): Promise<SignReport> {
  const ceremony = await readCeremony(file)
  const here = await keys.known()
  const all = ceremony.documents.map((one) => ({ ...one, who: [...one.needed, ...one.welcome] }))
  const ids = all.flatMap(({ who }) => who.flatMap(({ role }) => role.keyids))
  const shown = all.flatMap(({ role, before, envelope, who }) => {
    const mine = here.filter((key) => who.some((authority) => authority.role.keyids.includes(keyIdOf(key))))
    // Only what one of these very keys has signed tells what is new: the file could bring a past that never was.
    const past = before !== null && mine.some((key) => isSigned(before, alone(key))) ? before.signed : null
    const { version, expires } = envelope.signed
    return [
      `${ceremony.product}: ${role}.json version ${version}, good until ${expires}, with ${mine.map(nameOfKey).join(', ') || 'no key of this folder'}`,
      ...(past === null ? ['  all that it says, for none of these keys signed what was before:'] : []),
      ...difference(past, envelope.signed).map((line) => `  ${line}`),
    ]
  })
  if (!(await confirm(shown))) {
    throw fail('E_CANCELLED', 'Nothing was signed.', { hint: 'Ask whoever made the file what it is for.' })
  }
  const opened = await keys.open(ids)
  if (opened.keys.length === 0) throw noKeyHere(keys.dir, all, await keys.damaged())
  const documents = all.map(({ who, ...one }) => ({ ...one, envelope: signedWith(one.envelope, opened.keys, who) }))
  await writeCeremony(file, { ...ceremony, documents })
  return { ...empty, pending: documents.map(standingOf), locked: opened.locked, files: [file] }
}

export function importSigning(desk: Desk, file: string): Promise<SignReport> {
  return withTurn(desk, async () => {
    const state = await readState(desk)
    const pending = new Map(state.pending)
    for (const { role, envelope } of (await readCeremony(file)).documents) {
      const mine = pending.get(role)
      if (mine === undefined) continue
      const result = merged(mine, envelope, [...authoritiesFor(state, role), ...alsoFor(state, role)])
      if (result === null) throw otherDocument(role)
      pending.set(role, result.envelope)
      if (result.added > 0) await writePending(desk.places.pending, role, result.envelope)
    }
    return { ...empty, pending: pendingRoles(stateWith(state.config, state.published, pending)) }
  })
}

const alone = (key: KeyJson): Authority => {
  const id = keyIdOf(key)
  return { keys: { [id]: key }, role: { keyids: [id], threshold: 1 } }
}

const empty = { release: null, dropped: [], files: [], locked: [] }

const publishedOf = ({ config, published }: State, role: string): Envelope | null =>
  envelopeOf(stateWith(config, published, new Map()), role)

function standingOf({ role, envelope, needed }: Ceremony['documents'][number]): PendingRole {
  return { role, version: envelope.signed.version, ...standing(envelope, needed) }
}

async function writeCeremony(file: string, ceremony: Ceremony): Promise<void> {
  await atomicWrite(file, `${JSON.stringify(ceremony, null, 1)}\n`, { mode: 0o644 })
}

async function readCeremony(file: string): Promise<Ceremony> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw fail('E_NOT_FOUND', `${file} cannot be read`, { hint: 'Name the file that --export wrote.', cause: error })
  })
  const parsed = bytes.byteLength > fileBytesMax ? null : ceremonySchema.safeParse(quietly(bytes))
  if (parsed?.success === true) return parsed.data
  throw fail('E_USAGE', `${file} is no file for signing`, {
    hint: 'Name the file that "belay release sign --export FILE" wrote. Nothing was signed.',
  })
}

function quietly(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes)
  } catch {
    return null
  }
}

function nothing() {
  return fail('E_USAGE', 'nothing waits for a signature', {
    hint: 'belay release sign --version V prepares a release; belay release rotate ROLE new keys.',
  })
}

function noKeyHere(
  dir: string,
  all: readonly { readonly role: string; readonly who: readonly Authority[] }[],
  damaged: readonly string[],
) {
  const roles = all.map(({ role }) => role).join(', ')
  return fail('E_KEY_MISSING', `no key in ${dir} may sign ${roles}${damagedKeys(damaged)}`, {
    hint: 'Nothing was signed. Name the folder that holds the key: --keys DIR.',
  })
}

function otherDocument(role: string) {
  return fail('E_CONFLICT', `the file holds another ${role}.json than the one that is pending here`, {
    hint: 'Nothing was taken over. Export again, and have that file signed.',
    facts: { role },
  })
}
