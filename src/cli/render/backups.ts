import type { BackupItem } from '../../ports/engine.ts'
import type { Reader } from './problem.ts'
import { table } from './table.ts'
import { bytes, moment } from '../../protocol/words/units.ts'

export function backupLines(items: readonly BackupItem[], { look }: Reader): string[] {
  if (items.length === 0) return ['There are no backups yet. Make one: belay backups create NAME']
  const rows = items.map((item) => [
    { text: item.id },
    { text: item.component, tone: 'strong' } as const,
    { text: moment(item.created) },
    { text: item.version ?? 'unknown' },
    { text: bytes(item.bytes) },
    { text: `${item.kind} ${item.source}` },
    { text: item.place },
  ])
  return table(rows, look, { head: ['backup', 'component', 'made', 'version', 'size', 'of', 'kept in'] })
}
