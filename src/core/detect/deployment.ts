/** What was concluded from the readings: codes and values, no sentences. Those are `cli/render/detect`'s. */

export type DeploymentKind =
  | 'docker'
  | 'podman'
  | 'lxc'
  | 'nspawn'
  | 'vm'
  | 'bare-metal'
  | 'wsl'
  | 'windows'
  | 'macos'
  | 'container-other'
  /** What would tell could not be read. */
  | 'unknown'

export type Finding =
  | DeploymentKind
  | 'systemd'
  | 'unprivileged'
  | 'privileged'
  | 'container-id'
  | 'wsl-version'
  | 'system'
  | 'development'
  | 'proxy'
  | CandidateFinding

/** Why a folder may be an application's, the strongest first. */
export const candidateFindings = ['unit', 'process', 'git', 'compose', 'mount', 'known'] as const
export type CandidateFinding = (typeof candidateFindings)[number]

/** What says so: a file, or a program that was asked, and what it said. */
export type Evidence =
  | { readonly finding: Finding; readonly file: string; readonly value: string }
  | { readonly finding: Finding; readonly program: string; readonly value: string }

/** Something that speaks for `claim`, and what speaks against it. */
export interface Conflict {
  readonly claim: DeploymentKind
  readonly evidence: readonly Evidence[]
  readonly against: readonly Evidence[]
}

export interface Unreadable {
  readonly what: string
  readonly errno: string
}

/** A git work tree with changes that nothing runs from. */
export interface Development {
  readonly path: string
  readonly changes: number
  readonly evidence: readonly Evidence[]
}

/** `refused`: it is there and does not talk to us. */
export type Reach = 'reachable' | 'refused' | 'absent'

export interface EngineAccess {
  readonly address: string
  readonly usable: boolean
  /** null: it never said. */
  readonly name: 'docker' | 'podman' | null
  readonly version: string | null
  readonly errno: string | null
}

export interface Privileges {
  readonly uid: number | null
  readonly root: boolean
  /** Without a password. null: nobody could be asked, or root, who need not. */
  readonly sudo: boolean | null
  readonly engines: readonly EngineAccess[]
  readonly systemd: { readonly system: Reach; readonly user: Reach }
  /** null: not known. */
  readonly noNewPrivileges: boolean | null
  /** Mount points of the system that nobody here can write to. */
  readonly readOnly: readonly string[]
}

/** A folder that may be an application's. */
export interface Candidate {
  readonly path: string
  readonly evidence: readonly Evidence[]
  readonly unit: string | null
  /** A unit, a process or a container of it runs. */
  readonly running: boolean
  readonly git: boolean
  /** Its compose file, by its whole path. */
  readonly compose: string | null
  /** null: not known. */
  readonly writable: boolean | null
  readonly parentWritable: boolean | null
}

/** Something that would not work here; each has its sentence and what to do about it in `cli/render/detect`. */
export type Limit =
  | { readonly code: 'engine-absent' }
  | { readonly code: 'engine-refused'; readonly address: string; readonly errno: string }
  | { readonly code: 'engine-silent'; readonly address: string; readonly errno: string }
  | { readonly code: 'compose-absent'; readonly engine: 'docker' | 'podman' }
  | { readonly code: 'git-absent'; readonly path: string }
  | { readonly code: 'systemd-absent' }
  | { readonly code: 'systemd-refused' }
  | { readonly code: 'restart-refused'; readonly unit: string; readonly uid: number }
  | { readonly code: 'sudo-blocked' }
  | { readonly code: 'path-closed'; readonly path: string; readonly errno: string }
  | { readonly code: 'parent-closed'; readonly path: string; readonly parent: string; readonly errno: string }
  | { readonly code: 'system-read-only'; readonly paths: readonly string[]; readonly unit: string | null }
  | { readonly code: 'home-hidden'; readonly unit: string; readonly value: string }
  | { readonly code: 'memory-limit'; readonly bytes: number; readonly unit: string | null }
  | { readonly code: 'cpu-limit'; readonly percent: number; readonly unit: string }
  | { readonly code: 'file-mount'; readonly path: string }

export type StrategyType = 'directory' | 'files' | 'git' | 'compose'

/** Why a strategy is the default, or fits: one sentence each in `cli/render/detect`. */
export type StrategyReason =
  | 'development'
  | 'container-image'
  | 'system-container'
  | 'closed-container'
  | 'own-machine'
  | 'windows'
  | 'unknown-host'
  | 'engine-here'
  | 'git-here'
  | 'any-tree'
  | 'any-archive'

export interface StrategyChoice {
  readonly type: StrategyType
  /** Of `directory`. */
  readonly layout?: 'slots' | 'in-place'
  /** Of `git`: what becomes of edits that are not committed. */
  readonly localChanges?: 'stash'
  /** Of `compose`: where the data is that is backed up with it. */
  readonly data?: 'volumes'
  /** The service that goes with it. */
  readonly service?: 'systemd' | 'process' | 'windows'
  readonly why: StrategyReason
}

/** What this host is, what may be done on it, and what fits it. */
export interface Deployment {
  readonly kind: DeploymentKind
  /** Booted by systemd. */
  readonly systemd: boolean
  /** Its root is another user outside (a user namespace). null: not known, or the platform knows no such thing. */
  readonly unprivileged: boolean | null
  /** The name and version of the operating system, where it says. */
  readonly system: string | null
  /** Our own container, where it says. */
  readonly containerId: string | null
  readonly wsl: 1 | 2 | null
  readonly development: Development | null
  readonly evidence: readonly Evidence[]
  readonly conflicts: readonly Conflict[]
  readonly unreadable: readonly Unreadable[]
  readonly privileges: Privileges
  /** Proxies that run here: they could lead traffic from one version to another. */
  readonly proxies: readonly string[]
  /** The most likely first. */
  readonly applications: readonly Candidate[]
  /** The default for this kind of host. */
  readonly strategy: StrategyChoice
  /** What else would work here. */
  readonly fits: readonly StrategyChoice[]
  readonly limits: readonly Limit[]
}
