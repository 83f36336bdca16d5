import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../core/model/problem.ts'
import {
  type AnyBody,
  type Envelope,
  type EnvelopeOf,
  envelopeSchema,
  fileBytes,
  type KeyJson,
  type RootBody,
  type SnapshotBody,
  type TargetsBody,
  type TimestampBody,
} from '../core/publish/documents.ts'
import { nameOfKey } from '../core/publish/roles.ts'
import { parseStrictJson } from '../core/trust/tuf/strict-json.ts'
import { atomicWrite } from '../host/tree/durable.ts'

/** What a repository's folder says now. */
export interface Published {
  readonly root: EnvelopeOf<RootBody>
  readonly timestamp: EnvelopeOf<TimestampBody>
  readonly snapshot: EnvelopeOf<SnapshotBody>
  /** `targets` and the roles of channels, by name. */
  readonly targets: ReadonlyMap<string, EnvelopeOf<TargetsBody>>
}

const documentBytesMax = 5_000_000
const rootsMax = 1000

/** null: there is nothing yet. */
export async function readPublished(repo: string): Promise<Published | null> {
  const dir = join(repo, 'metadata')
  const root = await newestRoot(dir)
  const timestamp = await readDocument(join(dir, 'timestamp.json'))
  if (root === null || timestamp === null) return null
  const stamp = as(timestamp, 'timestamp', dir)
  const snapshotVersion = stamp.signed.meta['snapshot.json']?.version
  if (snapshotVersion === undefined) throw damaged(join(dir, 'timestamp.json'), 'names no snapshot')
  const snapshot = as(await required(join(dir, `${snapshotVersion}.snapshot.json`)), 'snapshot', dir)
  const targets = new Map<string, EnvelopeOf<TargetsBody>>()
  for (const [name, { version }] of Object.entries(snapshot.signed.meta)) {
    const role = name.replace(/\.json$/, '')
    const file = join(dir, `${version}.${encodeURIComponent(role)}.json`)
    targets.set(role, as(await required(file), 'targets', file))
  }
  return { root: as(root, 'root', dir), timestamp: stamp, snapshot, targets }
}

async function newestRoot(dir: string): Promise<Envelope | null> {
  const newest = (await rootVersions(dir)).at(-1)
  return newest === undefined ? null : required(join(dir, `${newest}.root.json`))
}

/** All that there are, oldest first. */
export async function readRoots(dir: string): Promise<readonly Envelope[]> {
  const versions = await rootVersions(dir)
  return await Promise.all(versions.map((version) => required(join(dir, `${version}.root.json`))))
}

/** Names of all keys that the documents of this folder ever gave to a role. */
export async function keyNamesEver(dir: string): Promise<readonly string[]> {
  const names = (await namesIn(dir)).filter((name) => /^\d{1,9}\.(root|targets)\.json$/.test(name))
  const found = await Promise.all(names.map(async (name) => keysIn((await required(join(dir, name))).signed)))
  return found.flat().map(nameOfKey)
}

function keysIn(body: AnyBody): readonly KeyJson[] {
  if (body._type === 'root') return Object.values(body.keys)
  return body._type === 'targets' ? Object.values(body.delegations?.keys ?? {}) : []
}

async function rootVersions(dir: string): Promise<readonly number[]> {
  const found = (await namesIn(dir)).flatMap((name) => /^(\d{1,9})\.root\.json$/.exec(name)?.[1] ?? [])
  if (found.length > rootsMax) throw damaged(dir, 'holds too many roots')
  return found.map(Number).toSorted((a, b) => a - b)
}

/** The highest version of a role for which there is a file, whether anything names it or not: a crash may leave one. */
export async function highestVersion(repo: string, role: string): Promise<number> {
  const suffix = `.${encodeURIComponent(role)}.json`
  const names = (await namesIn(join(repo, 'metadata'))).filter((name) => name.endsWith(suffix))
  return Math.max(0, ...names.map((name) => Number(name.slice(0, -suffix.length))).filter(Number.isSafeInteger))
}

export type Pending = ReadonlyMap<string, Envelope>

/** Documents that are not published yet, by role. */
export async function readPending(dir: string): Promise<Pending> {
  const pending = new Map<string, Envelope>()
  for (const name of (await namesIn(dir)).filter((each) => each.endsWith('.json')).toSorted()) {
    pending.set(decodeURIComponent(name.slice(0, -'.json'.length)), await required(join(dir, name)))
  }
  return pending
}

export async function writePending(dir: string, role: string, envelope: Envelope): Promise<void> {
  await mkdir(dir, { recursive: true })
  await atomicWrite(join(dir, `${encodeURIComponent(role)}.json`), fileBytes(envelope), { mode: 0o644 })
}

export async function removePending(dir: string, roles: readonly string[]): Promise<void> {
  for (const role of roles) await rm(join(dir, `${encodeURIComponent(role)}.json`), { force: true })
}

export function parseEnvelope(bytes: Uint8Array, path: string): Envelope {
  const json = quietly(() => parseStrictJson(bytes))
  const parsed = envelopeSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw damaged(path, 'is not well-formed metadata')
}

async function readDocument(path: string): Promise<Envelope | null> {
  try {
    const bytes = await readFile(path)
    if (bytes.byteLength > documentBytesMax) throw damaged(path, 'is too large')
    return parseEnvelope(bytes, path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

async function required(path: string): Promise<Envelope> {
  const found = await readDocument(path)
  if (found === null) throw damaged(path, 'is missing')
  return found
}

type BodyOf<K extends AnyBody['_type']> = Extract<AnyBody, { _type: K }>

export function as<K extends AnyBody['_type']>(envelope: Envelope, kind: K, path: string): EnvelopeOf<BodyOf<K>> {
  const { signed, signatures } = envelope
  if (!isOf(signed, kind)) throw damaged(path, `holds metadata of the kind ${signed._type}, where ${kind} belongs`)
  return { signed, signatures }
}

const isOf = <K extends AnyBody['_type']>(body: AnyBody, kind: K): body is BodyOf<K> => body._type === kind

export async function namesIn(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
}

function quietly<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

function damaged(path: string, what: string) {
  return fail('E_METADATA_INVALID', `${path} ${what}`, {
    hint: 'Nothing was changed. Restore the folder from version control or a backup, or fetch what is served now.',
    facts: { file: path },
  })
}
