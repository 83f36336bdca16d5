import { bootId, processInfo } from '../../host/process/find.ts'
import { readRecord, serviceFolder } from './record.ts'

/**
 * Whether the service of a component is meant to run and seems not to: it was started, nobody stopped it, and its process
 * is gone. Reads two small files, so that it can be asked every few seconds; who acts on it looks closer first.
 */
export function hasDied(stateDir: string, component: string): boolean {
  const record = readRecord(serviceFolder(stateDir, component))
  if (record === null || record === 'stopped') return false
  return record.bootId !== bootId() || processInfo(record.pid)?.startTicks !== record.startTicks
}
