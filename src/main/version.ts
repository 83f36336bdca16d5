import { createRequire } from 'node:module'

/** Belay's own version, from its package: two folders up, in the clone and in the packed library alike. */
export const version: string = readVersion()

function readVersion(): string {
  const read: unknown = createRequire(import.meta.url)('../../package.json')
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : '0.0.0'
}
