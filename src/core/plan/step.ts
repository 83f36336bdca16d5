import type { FileChange } from '../files/change.ts'
import type { BaseFile } from '../files/local.ts'
import type { Digest, Spec } from '../model/names.ts'
import type { Artifact } from '../model/release.ts'

/**
 * Steps are data. A plan outlives both the code and the config that made it, so a step carries everything its
 * handler needs, including every path that it will create (derived from the run id): `undo` needs no facts.
 * Kinds are only ever added; fields of a released kind never change their meaning.
 */

/** `before`: while the old version runs. `stopped`: inside the outage. `after`: the new one runs, not yet committed. */
export type Phase = 'before' | 'stopped' | 'after' | 'cleanup' | 'back'

/** A service and what its adapter needs to find it. `cwd`: where a `process` service runs. */
export interface ServiceRef {
  readonly component: string
  readonly spec: Spec
  readonly cwd: string
  readonly user: string | null
}

/** How to read the installed version: `spec.type` is file, command, http, package or none; `dir` the tree it is read in. */
export interface ProbeRef {
  readonly component: string
  readonly spec: Spec
  readonly dir: string
  readonly user: string | null
  readonly scheme: string
}

/** A backup as a place on disk: `dir` is created by the step and holds the data and `backup.json`. */
export interface BackupRef {
  readonly component: string
  readonly data: Spec
  readonly dir: string
}

interface Base {
  readonly phase: Phase
  /** One short phrase for people: a file name, a path, a unit. English, no secrets. */
  readonly detail: string
}

export interface CheckStep extends Base {
  readonly kind: 'check'
  readonly check: Spec
  readonly service: ServiceRef | null
  readonly probe: ProbeRef | null
  readonly expectedVersion: string | null
  /** Folders that must be writable or have room, for `permissions` and `disk_space`. */
  readonly paths: readonly string[]
  readonly needBytes: number
  readonly wayBack: WayBackRef
}

/** Where `backup_exists` looks: places of backups, and trees that are kept to go back to. */
export interface WayBackRef {
  readonly component: string
  readonly places: readonly string[]
  readonly trees: readonly string[]
}

export interface DownloadStep extends Base {
  readonly kind: 'download'
  readonly source: Spec
  readonly artifact: Artifact
  /** null only on the rung `tls`. */
  readonly digest: Digest | null
  /** Who stated the digest, for the message when it does not fit. */
  readonly statedBy: string | null
  readonly to: string
  readonly bytesMax: number
}

export interface UnpackStep extends Base {
  readonly kind: 'unpack'
  readonly archive: string
  readonly archiveName: string
  readonly to: string
  /** The tree grows here and is renamed to `to` when it is whole. */
  readonly building: string
  /** Where `undo` keeps a tree that was already whole: the failed version is evidence. */
  readonly failed: string
  readonly user: string | null
}

export interface CarryStep extends Base {
  readonly kind: 'carry'
  readonly from: string
  readonly to: string
  readonly patterns: readonly string[]
}

export interface CommandStep extends Base {
  readonly kind: 'prepare' | 'migrate'
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  readonly user: string | null
  readonly timeoutMs: number
  /** For `migrate`: the backups taken after the stop; `undo` restores them and keeps the data as it was then aside. */
  readonly restore: readonly RestoreRef[]
}

/** `aside`: where the present data goes before the backup's copy takes its place. */
export interface RestoreRef {
  readonly backup: BackupRef
  readonly aside: string
  /** Where the present data is kept, for people, when that is not in `aside` itself. */
  readonly kept?: string
}

export interface BackupStep extends Base {
  readonly kind: 'backup'
  readonly backup: BackupRef
  /** The version whose data it is. */
  readonly version: string | null
  readonly copies: readonly string[]
}

export interface RestoreStep extends Base {
  readonly kind: 'restore'
  readonly restore: RestoreRef
}

export interface SyncStep extends Base {
  readonly kind: 'sync'
  readonly path: string
}

/** Environments of Python that `prepare` made in `tree` are told that they will stand in `to`. */
export interface RehomeStep extends Base {
  readonly kind: 'rehome'
  readonly tree: string
  readonly to: string
}

/**
 * `keep-folder`, while the old version runs: a second tree of the same files beside a folder that `prepare` will work in
 * where it stands (`kept`, in the same folder). `bring-back`, after the stop: nothing forward; its undo puts that tree in the
 * folder's place. Two steps, because the way back ends before the old version starts.
 */
export interface KeepFolderStep extends Base {
  readonly kind: 'keep-folder' | 'bring-back'
  readonly path: string
  readonly kept: string
}

export interface ServiceStep extends Base {
  readonly kind: 'stop' | 'start'
  readonly service: ServiceRef
  /** What it was before the run: a service that was down is not started by an undo. */
  readonly wasRunning: boolean
}

export interface LinkStep extends Base {
  readonly kind: 'link'
  readonly link: string
  /** Link texts, relative to the link's folder. null: there was no link. */
  readonly to: string
  readonly from: string | null
  readonly temporary: string
}

export interface RenameStep extends Base {
  readonly kind: 'rename'
  readonly from: string
  readonly to: string
}

/** Folders from the outermost to the innermost; `undo` removes those that are empty again. */
export interface MkdirStep extends Base {
  readonly kind: 'mkdir'
  readonly paths: readonly string[]
}

export interface WriteStep extends Base {
  readonly kind: 'write'
  readonly path: string
  /** null removes the file. */
  readonly content: string | null
  readonly previous: string | null
  readonly mode: number
  readonly temporary: string
  /** Units' definitions changed: the service manager must read them again. */
  readonly reload: ServiceRef | null
}

/** Installs (or takes away again) `belay-resume.service` and the unit's drop-in, so that nothing starts on a half-switched tree. */
export interface GuardStep extends Base {
  readonly kind: 'guard' | 'unguard'
  readonly service: ServiceRef
}

export interface SoakStep extends Base {
  readonly kind: 'soak'
  readonly ms: number
}

export interface RemoveStep extends Base {
  readonly kind: 'remove'
  readonly path: string
}

/** Applies the retention of backups of one component. */
export interface PruneBackupsStep extends Base {
  readonly kind: 'prune-backups'
  readonly component: string
  readonly places: readonly string[]
  readonly keep: number
  /** Older ones go, too; absent or null: however old. */
  readonly keepForMs?: number | null
  /** Kinds that keep something outside of `aside` take it away when that goes; absent: none does. */
  readonly data?: readonly Spec[]
}

/** Further copies of a backup that could not be made while everything waited for it. */
export interface CopyBackupStep extends Base {
  readonly kind: 'copy-backup'
  readonly backup: BackupRef
  readonly copies: readonly string[]
}

/**
 * Brings an image by its digest while the old version runs, and proves that this very one came.
 * `engine`: its address, as DOCKER_HOST spells it. `repository`: `ghcr.io/o/app`. `source`: whose credentials are used.
 */
export interface PullStep extends Base {
  readonly kind: 'pull'
  readonly engine: string
  readonly repository: string
  readonly digest: Digest
  readonly statedBy: string | null
  readonly source: Spec
  /** Compressed layers, null where the registry does not say. */
  readonly bytes: number | null
}

/** Points the local name `to` at the image that `from` (a name, `repo@digest` or an image id) names. */
export interface TagStep extends Base {
  readonly kind: 'tag'
  readonly engine: string
  readonly from: string
  readonly to: string
  /** The image id that `to` named before; null: none, and `undo` takes the name away again. */
  readonly previous: string | null
}

/** The one scalar of a file that says an image, or a version of it: of a service in a compose file, of a variable in an environment file. */
export type EditPlace =
  | { readonly kind: 'yaml'; readonly service: string }
  | { readonly kind: 'env'; readonly variable: string }

/**
 * Changes one scalar of a text file and nothing else. `from` and `to` are as they are written, quotes included; the place
 * is found again in whatever the file is by then. `temporary` lies beside the file.
 */
export interface EditStep extends Base {
  readonly kind: 'edit'
  readonly path: string
  readonly place: EditPlace
  readonly from: string
  readonly to: string
  readonly temporary: string
  /** The file is mounted by itself into a container, which would go on seeing the old one after a rename. */
  readonly inPlace: boolean
  /** Both texts, while the file itself is written: lies in the run's folder. */
  readonly saved: string
}

/** Nothing forward. Its undo starts again what ran before: for a `start` that replaces what runs by itself. */
export interface ReviveStep extends Base {
  readonly kind: 'revive'
  readonly service: ServiceRef
  readonly wasRunning: boolean
}

/** Nothing forward. Its undo restores the backups taken after the stop: a new version may change data at its start. */
export interface ProtectStep extends Base {
  readonly kind: 'protect'
  readonly restore: readonly RestoreRef[]
}

/** Takes old images away: all but the `keep` newest ones kept under `belay.local/<component>`, never one in use. */
export interface PruneImagesStep extends Base {
  readonly kind: 'prune-images'
  readonly engine: string
  readonly component: string
  readonly repository: string
  readonly keep: number
}

/** What stands at a path, as much as must be known so that nobody else's change is replaced. null: nothing. */
export type SeenFile = { readonly sha256: string } | { readonly link: string } | null

/** `to`: an entry of the commit, and where its content is had; null: the path goes. */
export interface FetchChange {
  readonly path: string
  readonly from: SeenFile
  readonly to: { readonly mode: BaseFile['mode']; readonly blob: string; readonly file: Artifact } | null
  /** Its lines end with CR LF on this host, where the attributes of the tree do not say otherwise. */
  readonly crlf: boolean
}

/**
 * Brings the files of one commit that differ, each proven by its git object id, and makes the file set `set` of them.
 * `archive`: the whole commit, where that costs less than single files; what it lacks comes one by one all the same.
 */
export interface FetchFilesStep extends Base {
  readonly kind: 'fetch-files'
  readonly source: Spec
  readonly commit: string
  readonly root: string
  readonly set: string
  readonly archive: Artifact | null
  readonly changes: readonly FetchChange[]
  /** The commit's `.gitattributes`, by path. */
  readonly attributes: readonly string[]
  readonly record: RecordChange
}

/**
 * What becomes of the record of what is installed. `base`: the commit of the present record, which `files` changes; null:
 * `files` is all of it. A file without an entry in `files` that the step fetches gets one from what it fetched.
 */
export interface RecordChange {
  readonly path: string
  readonly base: string | null
  readonly files: readonly (readonly [path: string, file: BaseFile | null])[]
}

/** Makes a file set of contents that are kept on this host: the way back, without any network. */
export interface GatherFilesStep extends Base {
  readonly kind: 'gather-files'
  readonly root: string
  readonly set: string
  readonly changes: readonly { readonly change: FileChange; readonly content: string | null }[]
  /** The record that belongs to that version; null: none was kept. */
  readonly record: string | null
}

/** A folder with a git repository, and the user that git runs as in it; null: whoever runs belay. */
interface GitStep extends Base {
  readonly repository: string
  readonly user: string | null
  /** Whether submodules are brought along. */
  readonly submodules: boolean
}

/**
 * Brings a commit's objects into a repository while the old version runs, and proves that nothing of it is missing.
 * `create`: the repository is made first, in a folder that is not there or empty. `have`: a commit that it has already.
 */
export interface GitFetchStep extends GitStep {
  readonly kind: 'git-fetch'
  readonly source: Spec
  readonly artifact: Artifact
  readonly commit: string
  /** Where tags are followed: the tag that is meant. */
  readonly tag: string | null
  readonly have: string | null
  readonly create: 'bare' | 'checkout' | null
  /** For a repository that is made: what its branch follows. */
  readonly origin: { readonly url: string; readonly branch: string | null } | null
  /** What the checkout knows of its remote's branch: moved along, as a fetch by hand would. null: it follows another one. */
  readonly tracking: string | null
  /** Of earlier runs, so many ways back stay. */
  readonly keep: number
}

/** A second work tree of a repository, at one commit; null: it is taken away. */
export interface GitWorktreeStep extends GitStep {
  readonly kind: 'git-worktree'
  readonly commit: string | null
  readonly path: string
}

/**
 * Moves a work tree, and the branch that it is on, to another commit. `from` null: nothing was checked out yet; `branch`
 * null: detached. `preserve`: tracked paths that stay as they are. `exchange`: folders made ready elsewhere that take the
 * place of those that stand there.
 */
export interface GitCheckoutStep extends GitStep {
  readonly kind: 'git-checkout'
  readonly from: string | null
  readonly to: string
  readonly branch: string | null
  readonly local: 'refuse' | 'stash'
  readonly preserve: readonly string[]
  readonly exchange: { readonly from: string; readonly paths: readonly string[] } | null
}

/**
 * The file transaction: installs the file set `set` in `root`, all of it or nothing. `saved` is made by it: what the
 * files were, both for its undo and as the version to go back to. Patterns as everywhere.
 */
export interface FilesStep extends Base {
  readonly kind: 'files'
  readonly root: string
  readonly set: string
  readonly saved: string
  readonly versions: { readonly from: string | null; readonly to: string | null }
  /** Who owns what is new; what replaces a file has that one's owner. null: whoever runs belay. */
  readonly owner: string | null
  /** A program that may write what belay may not, with its first words; null: none. */
  readonly helper: readonly [string, ...string[]] | null
  /** What may be left out where nothing can write it. */
  readonly optional: readonly string[]
  /** What is neither old nor new by the set: refuse, or keep it in `saved` like an old file and go on. */
  readonly edited: 'refuse' | 'save'
  /** A file elsewhere that becomes the set's `record.json` with the files, and is kept as `record.json` in `saved`. */
  readonly record: string | null
}

/** Makes the file set `set`, which turns what is in `root` into the whole new tree `from`. */
export interface TreeDiffStep extends Base {
  readonly kind: 'tree-diff'
  readonly from: string
  readonly root: string
  readonly set: string
  /** Never touched, whatever `from` has. */
  readonly protect: readonly string[]
  /** What is there stays as it is; what is not, comes. */
  readonly keep: readonly string[]
  /** Of the transaction to come: what nothing may write is refused here, while the old version still runs. */
  readonly helper: boolean
  readonly optional: readonly string[]
}

export type Step =
  | CheckStep
  | DownloadStep
  | UnpackStep
  | CarryStep
  | CommandStep
  | BackupStep
  | RestoreStep
  | SyncStep
  | RehomeStep
  | KeepFolderStep
  | ServiceStep
  | LinkStep
  | RenameStep
  | WriteStep
  | MkdirStep
  | GuardStep
  | SoakStep
  | RemoveStep
  | PruneBackupsStep
  | CopyBackupStep
  | PullStep
  | TagStep
  | EditStep
  | ReviveStep
  | ProtectStep
  | PruneImagesStep
  | GitFetchStep
  | GitWorktreeStep
  | GitCheckoutStep
  | FetchFilesStep
  | GatherFilesStep
  | FilesStep
  | TreeDiffStep

export type StepKind = Step['kind']
/** Distributes, so that a kind of a shape with several kinds (prepare, migrate) finds it too. */
export type StepOf<K extends StepKind> = Step extends infer S
  ? S extends { readonly kind: infer Q }
    ? K extends Q
      ? S & { readonly kind: K }
      : never
    : never
  : never

/** What a crash between intent and result means for a kind (DESIGN §2). */
export const interruption: { readonly [K in StepKind]: 'reapply' | 'undo' } = {
  check: 'reapply',
  download: 'reapply',
  unpack: 'reapply',
  carry: 'reapply',
  prepare: 'undo',
  migrate: 'undo',
  backup: 'reapply',
  restore: 'reapply',
  sync: 'reapply',
  rehome: 'reapply',
  'keep-folder': 'reapply',
  'bring-back': 'reapply',
  stop: 'reapply',
  start: 'reapply',
  link: 'reapply',
  rename: 'reapply',
  write: 'reapply',
  mkdir: 'reapply',
  guard: 'reapply',
  unguard: 'reapply',
  soak: 'reapply',
  remove: 'reapply',
  'prune-backups': 'reapply',
  'copy-backup': 'reapply',
  pull: 'reapply',
  tag: 'reapply',
  edit: 'reapply',
  revive: 'reapply',
  protect: 'reapply',
  'prune-images': 'reapply',
  'git-fetch': 'reapply',
  'git-worktree': 'reapply',
  'git-checkout': 'reapply',
  'fetch-files': 'reapply',
  'gather-files': 'reapply',
  files: 'reapply',
  'tree-diff': 'reapply',
}
