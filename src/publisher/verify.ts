import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail, problemOf } from '../core/model/problem.ts'
import { fileBytes } from '../core/publish/documents.ts'
import { releaseFieldsSchema, type ReleaseFields } from '../core/trust/tuf/offers.ts'
import type { Cycle, Start, Trusted } from '../core/trust/tuf/cycle.ts'
import { findTarget, refresh, type Target } from '../core/trust/tuf/search.ts'
import type { HttpClient } from '../host/http/types.ts'
import { downloadTarget, targetUrl } from '../host/trust/download-target.ts'
import { drive } from '../host/trust/drive.ts'
import { openTrustStore } from '../host/trust/store.ts'
import type { VerifyReport } from '../ports/publisher.ts'
import { type Placed, sha256Of } from './place.ts'
import type { Desk, State } from './state.ts'

interface Vouched {
  readonly target: Target
  readonly fields: ReleaseFields
}

interface Seen {
  readonly trusted: Trusted
  readonly all: readonly Vouched[]
  /** Roles of channels that have run out: hosts of the others do not ask for them. */
  readonly expired: readonly string[]
}

/** Everything that a repository vouches for, as a client proves it. */
function* everything(start: Start): Cycle<Seen> {
  const trusted = yield* refresh(start)
  const top = trusted.loaded.get('targets')?.document.signed
  const paths = new Set<string>(Object.keys(top?.targets ?? {}))
  const expired: string[] = []
  for (const role of Object.values(top?.delegations?.roles ?? {})) {
    try {
      for (const folder of role.paths ?? []) {
        yield* findTarget(trusted, folder, ({ signed }) => {
          for (const path of Object.keys(signed.targets)) paths.add(path)
        })
      }
    } catch (error) {
      if (problemOf(error).code !== 'E_METADATA_EXPIRED') throw error
      expired.push(role.name)
    }
  }
  const all: Vouched[] = []
  for (const path of paths) {
    const target = yield* findTarget(trusted, path)
    if (target === null) throw orphan(path)
    const fields = releaseFieldsSchema.safeParse(target.custom)
    if (!fields.success) throw orphan(path)
    all.push({ target, fields: fields.data })
  }
  return { trusted, all, expired }
}

/** Before anything is written: a client that begins at the first root must take all of it. */
export function requireAcceptable(files: readonly Placed[], repo: string, { published }: State, nowMs: number): void {
  const fresh = new Map(files.flatMap((file) => ('bytes' in file ? [[file.path, file.bytes] as const] : [])))
  const read = (name: string): Uint8Array | null => fresh.get(`metadata/${name}`) ?? readQuietly(repo, name)
  const pinned = readQuietly(repo, '1.root.json') ?? fileBytes(published.root)
  const { expired } = walkThrough(everything({ pinned, memory: null, systemMs: nowMs, builtMs: 0 }), read)
  // One channel that nobody tends must not stop the timestamp of all others; what is new must be good.
  const stale = expired.find((role) => files.some(({ path }) => path.endsWith(`.${encodeURIComponent(role)}.json`)))
  if (stale !== undefined) throw runOut(stale)
}

/** A cycle without a store, on bytes that are at hand. */
function walkThrough<T>(cycle: Cycle<T>, read: (name: string) => Uint8Array | null): T {
  for (let step = cycle.next(); ; ) {
    if (step.done === true) return step.value
    const bytes = step.value.do === 'fetch' ? read(step.value.file) : null
    step = cycle.next(bytes === null ? [] : [bytes])
  }
}

function readQuietly(repo: string, name: string): Uint8Array | null {
  try {
    return readFileSync(join(repo, 'metadata', name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** A folder: every file that is vouched for is read. */
export async function verifyFolder(desk: Desk, repo: string, root: string): Promise<VerifyReport> {
  const start = { pinned: await readRoot(root), memory: null, systemMs: desk.now(), builtMs: 0 }
  const seen = walkThrough(everything(start), (name) => readQuietly(repo, name))
  for (const { target, fields } of seen.all) {
    if (fields.url !== null) continue
    const file = join(repo, decodeURIComponent(targetUrl({ targetsUrl: 'targets/', hashed: true, target })))
    const sha256 = await sha256Of(file).catch(() => null)
    if (sha256 !== target.hashes[0]?.hex) throw wrongFile(target.path, sha256 === null ? 'is missing' : 'was changed')
  }
  return reportOf(repo, seen, () => true)
}

/** An address: the newest release of each channel is downloaded and compared. */
export async function verifyUrl(
  desk: Desk,
  url: string,
  root: string,
  http: HttpClient,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-verify-'))
  try {
    const store = await openTrustStore(join(dir, 'trust'))
    const base = url.replace(/\/+$/, '')
    const start = { pinned: await readRoot(root), memory: null, systemMs: desk.now(), builtMs: 0 }
    const seen = await drive(everything(start), { http, store, metadataUrl: `${base}/metadata/`, signal })
    const newest = newestOf(seen.all)
    for (const { target } of newest) {
      const path = join(dir, 'target')
      await downloadTarget({ http, targetsUrl: `${base}/targets/`, hashed: true, target, path, signal })
      await rm(path)
    }
    return reportOf(url, seen, (one) => newest.includes(one))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function newestOf(all: readonly Vouched[]): readonly Vouched[] {
  const channels = Map.groupBy(all, ({ fields }) => `${fields.product}/${fields.channel}`)
  return [...channels.values()].flatMap((files) => {
    const newest = Math.max(...files.map(({ fields }) => fields.seq))
    return files.filter(({ fields }) => fields.seq === newest && fields.url === null)
  })
}

function reportOf(where: string, { trusted, all, expired }: Seen, isRead: (one: Vouched) => boolean): VerifyReport {
  const releases = Map.groupBy(all, ({ fields }) => `${fields.product}/${fields.channel} ${fields.version}`)
  return {
    where,
    root: trusted.root.signed.version,
    timestamp: trusted.timestamp.signed.version,
    expired,
    releases: [...releases.values()]
      .flatMap((files) => {
        const first = files[0]?.fields
        if (first === undefined) return []
        const names = files.map(({ target }) => target.path.split('/').at(-1) ?? '').toSorted()
        const { channel, version, seq, floor } = first
        return [{ channel, version, seq, floor, files: names, read: files.every(isRead) }]
      })
      .toSorted((a, b) => (a.channel === b.channel ? b.seq - a.seq : a.channel < b.channel ? -1 : 1)),
  }
}

const rootBytesMax = 512_000

async function readRoot(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fail('E_NOT_FOUND', `the pinned root ${path} cannot be read`, {
      hint: 'Name the root.json that hosts were given: --root FILE.',
      cause: error,
    })
  })
  return bytes.subarray(0, rootBytesMax)
}

function runOut(role: string) {
  return fail('E_METADATA_EXPIRED', `${role}.json has run out before it was published`, {
    hint: `Nothing was published. Sign it again: belay release sign --renew ${role}`,
    facts: { role },
  })
}

function wrongFile(path: string, how: string) {
  return fail('E_CHECKSUM_MISMATCH', `the file of ${path} ${how}`, {
    hint: 'Hosts refuse it. Remove it if it is there, then publish again from the folder where it was built.',
    facts: { path },
  })
}

function orphan(path: string) {
  return fail('E_METADATA_INVALID', `${path} is signed without a description that hosts take`, {
    hint: 'It was not made by belay release: remove that target with the tool that made it.',
    facts: { path },
  })
}
