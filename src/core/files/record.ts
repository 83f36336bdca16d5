import type { BaseFile } from './local.ts'

/**
 * What strategy `files` installed last: `<state>/installed/<component>.json`. It is written with the files, by the same
 * transaction, and believed only where the tree agrees.
 */
export interface InstalledRecord {
  readonly v: 1
  /** The whole id. */
  readonly commit: string
  readonly files: Readonly<Record<string, BaseFile>>
}

/** null: it is no record that this version understands. Ten thousand entries are read at every start: no schema. */
export function parseRecord(text: string): InstalledRecord | null {
  try {
    const record = JSON.parse(text) as Partial<InstalledRecord> | null
    if (record?.v !== 1 || typeof record.commit !== 'string' || !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(record.commit))
      return null
    const { files } = record
    if (typeof files !== 'object' || files === null) return null
    for (const file of Object.values(files))
      if (typeof file?.blob !== 'string' || typeof file.mode !== 'string') return null
    return { v: 1, commit: record.commit, files }
  } catch {
    return null
  }
}

export function recordText(commit: string, files: ReadonlyMap<string, BaseFile>): string {
  const record: InstalledRecord = { v: 1, commit, files: Object.fromEntries(files) }
  return `${JSON.stringify(record)}\n`
}

/** With less of it left than this, a record is about another tree: then nobody knows what is installed. */
const shareMin = 0.1

export function agrees(equal: number, all: number): boolean {
  return equal >= all * shareMin
}
