import { buildBackup, verifyBackup } from '../../host/data/build-backup.ts'
import { endOfLinks, entryAt } from '../../host/data/copy-entry.ts'
import { swapBack, swapIn } from '../../host/data/swap.ts'
import type { Backup } from '../../ports/backup.ts'
import { copyFor, placeOf } from './restore.ts'
import { hashData, pathJob } from './save.ts'
import { type PathBackupConfig, pathBackupSchema } from './schema.ts'
import { survey } from './selection.ts'

const never = new AbortController().signal

async function needBytes(config: PathBackupConfig): Promise<number> {
  const from = endOfLinks(config.path)
  const entry = entryAt(from)
  if (entry === null) return 0
  return entry.isDirectory() ? (await survey(from, config, never)).bytes : entry.size
}

/** A folder or a file, with modes, owners, times and links; databases in it by SQLite's own online backup. */
export function pathBackup(): Backup<PathBackupConfig> {
  return {
    kind: 'path',
    config: pathBackupSchema,
    describe: ({ path }) => path,
    paths: ({ path }) => [path],
    needBytes,
    create: (config, input) => buildBackup(pathJob(config), input),
    verify: (_, ref) => verifyBackup({ hash: hashData }, ref.dir),
    restore: async (config, ref, signal) => {
      const record = await verifyBackup({ hash: hashData }, ref.backup.dir)
      await swapIn(await placeOf(config, ref), copyFor(config, record, ref, signal), signal)
    },
    unrestore: async (config, ref, signal) => swapBack(await placeOf(config, ref), signal),
  }
}
