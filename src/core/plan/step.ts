import type {
  BackupStep,
  CommandStep,
  CopyBackupStep,
  ProtectStep,
  PruneBackupsStep,
  RestoreStep,
} from './steps/data.ts'
import type { FetchFilesStep, FilesStep, GatherFilesStep, TreeDiffStep } from './steps/files.ts'
import type { GitCheckoutStep, GitFetchStep, GitWorktreeStep } from './steps/git.ts'
import type { EditStep, PruneImagesStep, PullStep, TagStep } from './steps/images.ts'
import type { ManifestStep } from './steps/manifest.ts'
import type { ConfirmStep, TrialStep } from './steps/self.ts'
import type { HoldStep, RetireStep, SlotStartStep, SwitchStep, VerifyStep, WarmUpStep } from './steps/traffic.ts'
import type { CheckStep, GuardStep, ReviveStep, ServiceStep, SoakStep } from './steps/services.ts'
import type {
  CarryStep,
  DownloadStep,
  KeepFolderStep,
  LinkStep,
  MkdirStep,
  RehomeStep,
  RemoveStep,
  RenameStep,
  SyncStep,
  UnpackStep,
  WriteStep,
} from './steps/trees.ts'
export type * from './steps/base.ts'
export type * from './steps/services.ts'
export type * from './steps/data.ts'
export type * from './steps/trees.ts'
export type * from './steps/images.ts'
export type * from './steps/files.ts'
export type * from './steps/git.ts'
export type * from './steps/self.ts'
export type * from './steps/manifest.ts'
export type * from './steps/traffic.ts'

/**
 * Steps are data. A plan outlives both the code and the config that made it, so a step carries everything its
 * handler needs, including every path that it will create (derived from the run id): `undo` needs no facts.
 * Kinds are only ever added; fields of a released kind never change their meaning.
 */

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
  | TrialStep
  | ConfirmStep
  | ManifestStep
  | SlotStartStep
  | WarmUpStep
  | SwitchStep
  | VerifyStep
  | RetireStep
  | HoldStep

export type StepKind = Step['kind']
/** Distributes, so that a kind of a shape with several kinds (prepare, migrate) finds it too. */
export type StepOf<K extends StepKind> = Step extends infer S
  ? S extends { readonly kind: infer Q }
    ? K extends Q
      ? S & { readonly kind: K }
      : never
    : never
  : never

/** What a crash between intent and result means for a kind. */
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
  trial: 'reapply',
  confirm: 'reapply',
  manifest: 'reapply',
  'slot-start': 'reapply',
  'warm-up': 'reapply',
  switch: 'reapply',
  verify: 'reapply',
  retire: 'reapply',
  hold: 'reapply',
  release: 'reapply',
}
