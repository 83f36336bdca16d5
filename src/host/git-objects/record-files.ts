import { join } from 'node:path'

/** The record of what a set installs, beside the set's list: the transaction puts it in place with the files. */
export function nextRecordFile(set: string): string {
  return join(set, 'record.json')
}

/** The record as it was, beside what a transaction keeps: it belongs to the version that one goes back to. */
export function keptRecordFile(saved: string): string {
  return join(saved, 'record.json')
}
