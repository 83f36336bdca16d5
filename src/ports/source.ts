import type { ZodType } from 'zod'
import type { Artifact, Release } from '../core/model/release.ts'

/** Bytes of an artifact. `offset` is where they really start: 0 when the server ignored the range. */
export interface ByteStream {
  readonly offset: number
  /** The artifact's whole size, null when the server does not say. */
  readonly totalBytes: number | null
  readonly chunks: AsyncIterable<Uint8Array>
}

export interface Listing {
  readonly releases: readonly Release[]
  /** ISO 8601: when the server was really asked. */
  readonly checkedAt: string
  readonly fromCache: boolean
}

export interface ListOptions {
  /** false: an answer younger than the component's cache age may be given without asking. */
  readonly force: boolean
  readonly cacheMs: number
  readonly signal: AbortSignal
  /** The one tag of an image that is followed by its digest; null or absent: versions are. */
  readonly tag?: string | null
}

/** What a registry is shown. An identity token is what `docker login` keeps for registries that give one. Never journaled. */
export type RegistryAuth = { readonly username: string; readonly password: string } | { readonly identityToken: string }

/** One entry of a git tree. `blob`: its object id, hex. Mode 160000 is a submodule. */
export interface TreeEntry {
  readonly path: string
  readonly mode: '100644' | '100755' | '120000' | '160000'
  readonly blob: string
  readonly bytes: number | null
}

/** The whole tree of one commit. */
export interface SourceTree {
  readonly commit: string
  readonly entries: readonly TreeEntry[]
  /** What `open` takes to give the content of one entry, as git has it. */
  file(entry: TreeEntry): Artifact
  /** The whole tree as one `.tar.gz` of this very commit; null: there is none. */
  readonly archive: Artifact | null
}

/**
 * Where releases come from. Reads only.
 * - `list` gives every release that the pages within the limits hold, in any order, drafts left out. Releases whose
 *   assets do not fit the config's `asset` are listed with `artifact: null`. It fails (BelayError: E_NETWORK, E_TIMEOUT,
 *   E_HTTP_STATUS, E_HTTP_INSECURE, E_NOT_FOUND, E_UNAUTHORIZED, E_RATE_LIMITED, E_RESPONSE_INVALID,
 *   E_RESPONSE_TOO_LARGE) rather than give an empty list for a server that could not be asked.
 * - `pin` completes what a listing leaves out, for the one release that was decided for: digest and bytes of its
 *   artifact. A source without it lists whole releases.
 * - `tree` gives every file of a release. A source of archives or images has none.
 * - `open` starts at `offset` bytes when it can. The caller ends the stream by leaving the loop or by the signal.
 * - Secrets in the config are references; they are resolved at each call and never sent to another origin.
 */
export interface Source<C> {
  readonly kind: string
  readonly config: ZodType<C>
  /** One line for people: `github marco-svitol/dunebugger`. */
  describe(config: C): string
  list(config: C, options: ListOptions): Promise<Listing>
  pin?(config: C, release: Release, signal: AbortSignal): Promise<Release>
  tree?(config: C, release: Release, signal: AbortSignal): Promise<SourceTree>
  /** Of an image: its manifests, its config and its layers for this host, each by its digest, for `open`. */
  parts?(config: C, release: Release, signal: AbortSignal): Promise<readonly Artifact[]>
  /** What a program that fetches by itself (a container engine) must show; null: nothing. */
  credentials?(config: C, signal: AbortSignal): Promise<RegistryAuth | null>
  /** A file at the root of the repository as it was at the release, for `open`; whether it is there is not asked. Absent or null: there is no repository. */
  atRoot?(config: C, release: Release, name: string, signal: AbortSignal): Promise<Artifact | null>
  open(config: C, artifact: Artifact, offset: number, signal: AbortSignal): Promise<ByteStream>
}
