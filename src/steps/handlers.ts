import type { StepHandlers } from '../ports/step.ts'
import { backupHandler, copyBackupHandler, pruneBackupsHandler, restoreHandler } from './backup.ts'
import { checkHandler } from './check.ts'
import { migrateHandler, prepareHandler, protectHandler } from './command.ts'
import { downloadHandler } from './download.ts'
import { editHandler } from './edit.ts'
import { filesHandler, treeDiffHandler } from './files.ts'
import { fetchFilesHandler } from './fetch-files.ts'
import { gatherFilesHandler } from './gather-files.ts'
import { gitCheckoutHandler, gitFetchHandler, gitWorktreeHandler } from './git.ts'
import { bringBackHandler, keepFolderHandler } from './keep-folder.ts'
import { manifestHandler } from './manifest.ts'
import { pruneImagesHandler, pullHandler, tagHandler } from './image.ts'
import { guardHandler, reviveHandler, soakHandler, startHandler, stopHandler, unguardHandler } from './service.ts'
import { linkHandler, mkdirHandler, removeHandler, renameHandler, writeHandler } from './switch.ts'
import { confirmHandler, trialHandler } from './self.ts'
import type { StepPorts } from './ports.ts'
import { holdHandler, releaseHandler, slotStartHandler, switchHandler } from './traffic.ts'
import { retireHandler } from './retire.ts'
import { verifyHandler, warmUpHandler } from './front-door.ts'
import { carryHandler, rehomeHandler, syncHandler, unpackHandler } from './tree.ts'

/** One handler for every kind of step; a kind without one does not compile. */
export function stepHandlers(ports: StepPorts): StepHandlers {
  return {
    check: checkHandler(ports),
    download: downloadHandler(ports),
    unpack: unpackHandler(),
    carry: carryHandler(),
    prepare: prepareHandler(),
    migrate: migrateHandler(ports),
    backup: backupHandler(ports),
    restore: restoreHandler(ports),
    sync: syncHandler(),
    rehome: rehomeHandler(),
    'keep-folder': keepFolderHandler(),
    'bring-back': bringBackHandler(),
    stop: stopHandler(ports),
    start: startHandler(ports),
    link: linkHandler(),
    rename: renameHandler(),
    write: writeHandler(ports),
    mkdir: mkdirHandler(),
    guard: guardHandler(ports),
    unguard: unguardHandler(ports),
    soak: soakHandler(),
    remove: removeHandler(),
    'prune-backups': pruneBackupsHandler(ports),
    'copy-backup': copyBackupHandler(),
    pull: pullHandler(ports),
    tag: tagHandler(),
    edit: editHandler(),
    revive: reviveHandler(ports),
    protect: protectHandler(ports),
    'prune-images': pruneImagesHandler(),
    'git-fetch': gitFetchHandler(ports),
    'git-worktree': gitWorktreeHandler(),
    'git-checkout': gitCheckoutHandler(),
    'fetch-files': fetchFilesHandler(ports),
    'gather-files': gatherFilesHandler(),
    files: filesHandler(),
    'tree-diff': treeDiffHandler(),
    trial: trialHandler(),
    confirm: confirmHandler(ports),
    manifest: manifestHandler(ports),
    'slot-start': slotStartHandler(ports),
    'warm-up': warmUpHandler(),
    switch: switchHandler(ports),
    verify: verifyHandler(ports),
    retire: retireHandler(ports),
    hold: holdHandler(ports),
    release: releaseHandler(ports),
  }
}
