import type { BackupRecord } from './backup.ts'

export interface FoundBackup {
  /** `<component>/<folder>` below its place. */
  readonly id: string
  readonly dir: string
  readonly place: string
  readonly record: BackupRecord
}

/** Questions to the host that belong to no adapter. Reads only, except `pruneBackups` and `copyBackup`. */
export interface Host {
  /** Free bytes for this user on the file system of the nearest existing folder. */
  freeBytes(path: string): Promise<number>
  /**
   * The first place that can be written, has room and lies in none of the trees `outside`, each tried by really
   * writing; E_BACKUP_FAILED names why none fits.
   */
  backupPlace(places: readonly string[], needBytes: number, outside: readonly string[]): Promise<string>
  listBackups(place: string, component: string): Promise<readonly FoundBackup[]>
  /** `discard`: takes away what a restore left outside of `aside`. Gives the ids that were removed, and what could not be. */
  pruneBackups(
    place: string,
    component: string,
    retention: { readonly keep: number; readonly keepForMs: number | null },
    discard: (record: BackupRecord, aside: string) => Promise<void>,
  ): Promise<{ readonly removed: readonly string[]; readonly failed: readonly string[] }>
  /** A second copy of a backup in another place, read back and compared. E_BACKUP_FAILED, system errors. */
  copyBackup(dir: string, place: string, component: string): Promise<void>
  /** A path with every link in it resolved, as far as it exists: two names of one folder must be one lock. */
  realPath(path: string): Promise<string>
}
