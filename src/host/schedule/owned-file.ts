import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type BelayError, fail } from '../../core/model/problem.ts'
import { atomicWrite, fsyncDir } from '../tree/durable.ts'
import { ownerOf } from './mark.ts'

/** null: there is no such file. Throws E_FILE_CHANGED when what is there is not ours any more, or never was. */
export async function readOwned(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw error
  })
  if (text === null) return null
  const owner = ownerOf(text)
  if (owner !== 'ours') throw notOurs(path, owner)
  return text
}

export function notOurs(path: string, owner: 'edited' | 'foreign'): BelayError {
  const what = owner === 'edited' ? 'was edited since belay wrote it' : 'is there, and belay did not write it'
  return fail('E_FILE_CHANGED', `${path} ${what}. It was left as it is.`, {
    hint: 'Keep what you need of it and remove it; then run the command again.',
    facts: { path },
  })
}

/** true when it was not yet as it is to be. */
export async function putOwned(path: string, text: string): Promise<boolean> {
  if ((await readOwned(path)) === text) return false
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  await atomicWrite(path, text, { mode: 0o644 })
  return true
}

export async function removeOwned(path: string): Promise<boolean> {
  if ((await readOwned(path)) === null) return false
  await rm(path)
  await fsyncDir(dirname(path))
  return true
}
