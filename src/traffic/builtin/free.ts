import { createServer } from 'node:net'
import type { SlotAddress } from '../../core/plan/step.ts'

export type Place = 'free' | 'taken' | 'foreign' | 'forbidden'

/** Whether this process could listen there, found out by doing so for a moment. */
export function placeAt({ host, port }: SlotAddress): Promise<Place> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const found = meaning[error.code ?? '']
      if (found === undefined) reject(error)
      else resolve(found)
    })
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve('free')))
  })
}

const meaning: Readonly<Record<string, Place>> = {
  EADDRINUSE: 'taken',
  EADDRNOTAVAIL: 'foreign',
  EAFNOSUPPORT: 'foreign',
  ENOTFOUND: 'foreign',
  EAI_AGAIN: 'foreign',
  EACCES: 'forbidden',
}
