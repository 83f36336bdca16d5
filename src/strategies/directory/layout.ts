import { basename, dirname, join } from 'node:path'
import type { RunId } from '../../core/model/names.ts'

/**
 * Names on disk. What a run creates carries its id behind a `~`, which no version contains, so that undo finds it
 * without facts and two runs never meet.
 *
 * slots:     PATH/current -> releases/1.1.0, PATH/releases/1.1.0, PATH/releases/.building~r-…, PATH/releases/.failed~r-…
 * in-place:  PATH itself; beside it .NAME.belay/ with new~r-…, failed~r-… and the kept trees 1.0.4~r-…
 */
export interface SlotPaths {
  readonly releases: string
  readonly link: string
}

export function slotPaths(path: string): SlotPaths {
  return { releases: join(path, 'releases'), link: join(path, 'current') }
}

export function sidecar(path: string): string {
  return join(dirname(path), `.${basename(path)}.belay`)
}

const safe = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/

/** A version as a folder name; anything unusual in a tag is replaced, so that it can never leave the folder. */
export function folderName(version: string | null): string {
  if (version === null) return 'unknown'
  return safe.test(version)
    ? version
    : version
        .replaceAll(/[^A-Za-z0-9._+-]/g, '_')
        .replace(/^[^A-Za-z0-9]+/, '')
        .slice(0, 100) || 'unknown'
}

export function ofRun(name: string, run: RunId): string {
  return `${name}~${run}`
}

/** The version that a kept folder's name tells; null when it was unknown. */
export function versionOfFolder(name: string): string | null {
  const version = name.split('~')[0] ?? name
  return version === 'unknown' ? null : version
}

/** Where a file transaction keeps what it replaced, beside the other backups of the component. */
export function keptFilesOf({ component, runDir }: { readonly component: string; readonly runDir: string }): string {
  return join(dirname(dirname(runDir)), 'backups', component, 'files')
}
