import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RestoreRef } from '../../core/plan/step.ts'
import { openEngine } from '../../host/containers/open.ts'
import type { ContainerEngine, Volume } from '../../host/containers/types.ts'
import { type BackupJob, buildBackup, verifyBackup } from '../../host/data/build-backup.ts'
import { copyFor, placeOf } from '../../host/data/restore-path.ts'
import { bytesOf, hashData, savePath } from '../../host/data/save-path.ts'
import { type BuildCopy, type DataPlace, swapBack, swapIn } from '../../host/data/swap.ts'
import { copyTree } from '../../host/tree/copy.ts'
import { atomicWrite } from '../../host/tree/durable.ts'
import type { Backup, BackupRecord } from '../../ports/backup.ts'
import { gone, inUse, noVolume } from './failures.ts'
import { findVolume, folderOf } from './find.ts'
import { type VolumeBackupConfig, volumeBackupSchema } from './schema.ts'

export interface VolumeDeps {
  /** Says where the engine is. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

interface Found {
  readonly engine: ContainerEngine
  readonly volume: Volume
  readonly folder: string
}

const never = new AbortController().signal
/** Beside the data of a backup: the whole name of the volume, since what a short one means may change. */
const nameFile = 'volume'

/**
 * A named volume: its folder on this machine, saved and restored as any folder is. The folder takes the place of the one
 * before by a rename, so no container may have it mounted meanwhile.
 */
export function volumeBackup({ environment }: VolumeDeps): Backup<VolumeBackupConfig> {
  const open = ({ engine }: VolumeBackupConfig, signal: AbortSignal) => openEngine({ engine, environment, signal })
  /** null: it is not there, and need not be. */
  const find = async (config: VolumeBackupConfig, signal: AbortSignal): Promise<Found | null> => {
    const engine = await open(config, signal)
    const volume = await findVolume(engine, config.name, signal)
    if (volume !== null) return { engine, volume, folder: folderOf(volume, engine) }
    if (config.optional === true) return null
    throw noVolume(config.name, engine.describe)
  }
  /** Where a backup goes back to; null: there was no volume then, and there is none now. */
  const placeFor = async (
    config: VolumeBackupConfig,
    ref: RestoreRef,
    signal: AbortSignal,
  ): Promise<DataPlace | null> => {
    const engine = await open(config, signal)
    const saved = await savedName(ref.backup.dir)
    const volume = await (saved === null ? findVolume(engine, config.name, signal) : engine.volume(saved, signal))
    if (volume === null && saved === null) return null
    if (volume === null) throw gone(saved ?? config.name)
    const users = await engine.volumeUsers(volume.name, signal)
    if (users.length > 0) throw inUse(volume.name, users)
    return placeOf(folderOf(volume, engine), ref)
  }
  return {
    kind: 'volume',
    config: volumeBackupSchema,
    describe: ({ name }) => `volume ${name}`,
    source: ({ name }) => name,
    paths: () => [],
    needBytes: async (config) => {
      const found = await find(config, never)
      return found === null ? 0 : bytesOf({ ...config, path: found.folder }, never)
    },
    create: async (config, input) => buildBackup(jobFor(config, await find(config, input.signal)), input),
    verify: (_, ref) => verifyBackup({ hash: hashData }, ref.dir),
    restore: async (config, ref, signal) => {
      const record = await verifyBackup({ hash: hashData }, ref.backup.dir)
      const place = await placeFor(config, ref, signal)
      if (place !== null) await swapIn(place, folderFor(config, place, record, ref, signal), signal)
    },
    unrestore: async (config, ref, signal) => {
      const place = await placeFor(config, ref, signal)
      if (place !== null) await swapBack(place, signal)
    },
  }
}

function jobFor(config: VolumeBackupConfig, found: Found | null): BackupJob {
  return {
    kind: 'volume',
    source: config.name,
    path: found?.folder ?? null,
    hash: hashData,
    save: async (data, signal) => {
      if (found === null) return { files: 0, bytes: 0, left: [] }
      await atomicWrite(join(dirname(data), nameFile), found.volume.name, { mode: 0o600 })
      return savePath({ ...config, path: found.folder }, data, signal)
    },
  }
}

async function savedName(dir: string): Promise<string | null> {
  try {
    return await readFile(join(dir, nameFile), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Where nothing was saved the volume gets empty again: an engine cannot mount one without a folder. */
function folderFor(
  config: VolumeBackupConfig,
  place: DataPlace,
  record: BackupRecord,
  ref: RestoreRef,
  signal: AbortSignal,
): BuildCopy {
  const copy = copyFor({ ...config, path: place.path }, record, ref, signal)
  return async (to, present) => {
    if (await copy(to, present)) return true
    if (present === null) await mkdir(to)
    else await copyTree(present, to, { filter: () => false, signal })
    return true
  }
}
