import type { Finding } from '../core/publish/lint.ts'
import type { Profile } from '../core/publish/profile.ts'

/**
 * The publisher's side of a signed repository. All of it works in one folder:
 * - `belay-release.yaml` product, channels, expiries
 * - `keys/NAME.key` private keys, each encrypted by a passphrase
 * - `root.json` what hosts pin
 * - `builds/CHANNEL/VERSION/` what `build` made and is not signed yet, or was
 * - `pending/ROLE.json` documents that are not published yet, with the signatures that they have so far
 * - `repo/` what a static host serves
 * Every method throws BelayError; what it did before stays whole, and calling it again goes on from there.
 */
export interface Publisher {
  init(options: InitOptions): Promise<InitReport>
  build(options: BuildOptions, signal: AbortSignal): Promise<BuildReport>
  /** Signs a built release, or what is pending, with the keys at hand. */
  sign(options: SignOptions): Promise<SignReport>
  /** Writes what lacks signatures into one file, for a machine without a network. */
  exportSigning(file: string): Promise<SignReport>
  /** On that machine: adds what its keys can sign. `confirm` is shown what that is. */
  signFile(file: string, confirm: (shown: readonly string[]) => Promise<boolean>): Promise<SignReport>
  importSigning(file: string): Promise<SignReport>
  rotate(options: RotateOptions): Promise<SignReport>
  /** Brings what is pending into the repository, and the repository to `to`: whole or not at all for every client. */
  publish(to: string | null): Promise<PublishReport>
  /** Signs timestamp, and snapshot when half of its time is over, again. */
  refresh(to: string | null): Promise<PublishReport>
  /** Another passphrase for keys at hand; none named: all that the present one opens. Their names. */
  changePassphrase(names: readonly string[], next: () => Promise<string>): Promise<readonly string[]>
  lint(): Promise<LintReport>
  /** Reads it as a host would, from the pinned root. `where`: an address, a folder, or null for the own repository. */
  verify(where: string | null, root: string | null, signal: AbortSignal): Promise<VerifyReport>
}

export interface PublisherOptions {
  /** The publisher's folder. */
  readonly dir: string
  /** Where the key files lie. */
  readonly keysDir: string
  /** Asked when a key must be opened, once; `fresh`: for new keys. */
  readonly passphrase: (fresh: boolean) => Promise<string>
}

export interface InitOptions {
  readonly product: string
  readonly profile: Profile
  readonly channels: readonly string[]
  readonly url: string | null
}

export interface KeyPlace {
  readonly role: string
  readonly file: string
  readonly online: boolean
}

export interface InitReport {
  readonly keys: readonly KeyPlace[]
  readonly root: string
  readonly minisign: string
  /** For `belay.yaml`. */
  readonly source: string
}

export interface BuildOptions {
  readonly tree: string
  readonly version: string
  readonly channel: string
  readonly platform: string | null
  /** Seconds since the epoch: the time of every file. */
  readonly epochSeconds: number
  /** Called now and then: level 19 takes its time. */
  readonly progress: (bytes: number, ofBytes: number) => void
}

export interface BuildReport {
  readonly file: string
  readonly sums: string
  readonly bytes: number
  readonly sha256: string
  readonly files: number
  /** Programs that are compressed by themselves: no delta can help them. */
  readonly packed: readonly string[]
}

export interface SignOptions {
  readonly channel: string
  /** null: what is pending alone. */
  readonly version: string | null
  readonly floor: number | null
  readonly minAgent: string | null
  /** Roles that are signed again as they are, for a longer time. */
  readonly renew: readonly string[]
  readonly notes: string | null
  readonly prerelease: boolean
  readonly reboot: boolean
  readonly migration: boolean
}

/** A document that is not published yet. */
export interface PendingRole {
  readonly role: string
  readonly version: number
  readonly signedBy: readonly string[]
  /** Keys that could sign and did not. */
  readonly missing: readonly string[]
  /** How many more signatures it needs; 0: it can be published. */
  readonly needs: number
}

export interface SignReport {
  readonly pending: readonly PendingRole[]
  readonly release: { readonly version: string; readonly seq: number; readonly floor: number } | null
  readonly dropped: readonly string[]
  /** Files that were written, for the reader. */
  readonly files: readonly string[]
  /** Keys that the passphrase did not open. */
  readonly locked: readonly string[]
}

export interface RotateOptions {
  readonly role: string
  /** The keys to replace; none: all of the role. */
  readonly replace: readonly string[]
}

export interface PublishReport {
  readonly roles: Readonly<Record<string, number>>
  readonly to: readonly string[]
  /** Files that were written. */
  readonly written: number
  /** When the first of its signatures runs out. */
  readonly expires: string
  /** Whose that is. */
  readonly expiring: string
}

export interface LintReport {
  readonly findings: readonly Finding[]
}

export interface VerifyReport {
  readonly where: string
  readonly root: number
  readonly timestamp: number
  /** Roles of channels whose signature has run out: hosts install nothing of them. */
  readonly expired: readonly string[]
  readonly releases: readonly {
    readonly channel: string
    readonly version: string
    readonly seq: number
    readonly floor: number
    readonly files: readonly string[]
    /** Whether its bytes were read and compared, not its entry alone. */
    readonly read: boolean
  }[]
}
