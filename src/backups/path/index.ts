import { buildBackup, verifyBackup } from '../../host/data/build-backup.ts'
import { copyFor, placeOf } from '../../host/data/restore-path.ts'
import { bytesOf, hashData, savePath } from '../../host/data/save-path.ts'
import { swapBack, swapIn } from '../../host/data/swap.ts'
import type { Backup } from '../../ports/backup.ts'
import { type PathBackupConfig, pathBackupSchema } from './schema.ts'

const never = new AbortController().signal

/** A folder or a file, with modes, owners, times and links; databases in it by SQLite's own online backup. */
export function pathBackup(): Backup<PathBackupConfig> {
  return {
    kind: 'path',
    config: pathBackupSchema,
    describe: ({ path }) => path,
    source: ({ path }) => path,
    paths: ({ path }) => [path],
    needBytes: (config) => bytesOf(config, never),
    create: (config, input) =>
      buildBackup(
        {
          kind: 'path',
          source: config.path,
          hash: hashData,
          save: (data, signal) => savePath(config, data, signal),
        },
        input,
      ),
    verify: (_, ref) => verifyBackup({ hash: hashData }, ref.dir),
    restore: async (config, ref, signal) => {
      const record = await verifyBackup({ hash: hashData }, ref.backup.dir)
      await swapIn(await placeOf(config.path, ref), copyFor(config, record, ref, signal), signal)
    },
    unrestore: async (config, ref, signal) => swapBack(await placeOf(config.path, ref), signal),
  }
}
