import { slots } from '../../core/traffic/slots.ts'
import { bootId, processInfo } from '../../host/process/find.ts'
import { type ServiceFolder, readRecord, serviceFolder } from './record.ts'

/**
 * Whether the service of a component, or that of one of its slots, is meant to run and seems not to: it was started, nobody stopped
 * it or told it to end, and its process is gone. Reads small files, so that it can be asked every few seconds; who acts on it looks
 * closer first.
 */
export function hasDied(stateDir: string, component: string): boolean {
  return [null, ...slots].some((slot) => diedIn(serviceFolder(stateDir, component, slot)))
}

function diedIn(folder: ServiceFolder): boolean {
  const record = readRecord(folder)
  if (record === null || record === 'stopped' || record.ending === true) return false
  return record.bootId !== bootId() || processInfo(record.pid)?.startTicks !== record.startTicks
}
