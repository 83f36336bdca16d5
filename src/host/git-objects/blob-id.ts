import { createHash, hash } from 'node:crypto'
import type { ObjectFormat } from './work.ts'

/** The id that git gives a content (gitglossary: blob object). */
export function blobId(content: Uint8Array, format: ObjectFormat): string {
  return createHash(format).update(`blob ${content.length}\0`).update(content).digest('hex')
}

/** Which of the two an id is made by: 40 hex digits or 64. */
export function formatOfId(id: string): ObjectFormat {
  return id.length === 64 ? 'sha256' : 'sha1'
}

export function sha256Of(content: Uint8Array): string {
  return hash('sha256', content)
}
